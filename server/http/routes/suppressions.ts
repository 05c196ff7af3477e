import { changeDocument, createDocument, endDocument, listedDocuments } from '../alertDocuments.ts';
import { DOCUMENT_BODIES, DOCUMENTS } from '../alertSchemas.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { resource } from '../openapi.ts';
import { documentRoutes } from './documentRoute.ts';
import { noticeCheck } from '../../core/incident/outages.ts';
import type { PlannedOutage } from '../../core/incident/settings.ts';

const silences = documentRoutes('/silences', DOCUMENT_BODIES.silences, DOCUMENTS.silences, 'silences');
const outages = documentRoutes('/outages', DOCUMENT_BODIES.outages, DOCUMENTS.outages, 'planned outages');

/** What keeps people from being told, for a time: silences and planned outages. */
export function suppressionRoutes(deps: HttpDeps) {
  return resource()
    .openapi(silences.list, (c) => c.json({ items: listedDocuments(deps, principalOf(c), 'silences') }, 200))
    .openapi(silences.create, async (c) => {
      const made = await createDocument(deps, principalOf(c), 'silences', c.req.valid('json'));
      return c.json(made, 201);
    })
    .openapi(silences.change, async (c) => {
      const { id } = c.req.valid('param');
      const kept = await changeDocument(deps, principalOf(c), 'silences', id, c.req.valid('json'));
      return c.json(kept, 200);
    })
    .openapi(silences.end, async (c) => {
      const { id } = c.req.valid('param');
      await endDocument(deps, principalOf(c), 'silences', id, c.req.valid('query').version);
      return c.json({ id }, 200);
    })
    .openapi(outages.list, (c) =>
      c.json({ items: listedDocuments(deps, principalOf(c), 'outages').map(withNotice) }, 200),
    )
    .openapi(outages.create, async (c) => {
      const made = await createDocument(deps, principalOf(c), 'outages', c.req.valid('json'));
      return c.json(withNotice(made), 201);
    })
    .openapi(outages.change, async (c) => {
      const { id } = c.req.valid('param');
      const kept = await changeDocument(deps, principalOf(c), 'outages', id, c.req.valid('json'));
      return c.json(withNotice(kept), 200);
    })
    .openapi(outages.end, async (c) => {
      const { id } = c.req.valid('param');
      await endDocument(deps, principalOf(c), 'outages', id, c.req.valid('query').version);
      return c.json({ id }, 200);
    });
}

/** Whether customers were told in time is worked out, not kept. */
function withNotice(outage: PlannedOutage) {
  return { ...outage, endCheck: outage.endCheck ?? null, notice: noticeCheck(outage) };
}
