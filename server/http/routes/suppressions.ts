import { changeDocument, createDocument, endDocument, listedDocuments } from '../alertDocuments.ts';
import { DOCUMENT_BODIES, DOCUMENTS } from '../alertSchemas.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { resource } from '../openapi.ts';
import { documentRoutes } from './documentRoute.ts';
import { heldBy } from '../activeIncidents.ts';
import { seesIncident, shownIncident } from '../incidentView.ts';
import type { Principal } from '../../core/access.ts';
import { noticeCheck } from '../../core/incident/outages.ts';
import type { PlannedOutage } from '../../core/incident/settings.ts';

/** Incidents that an outage suppresses, told by name. */
const HELD_MAX = 20;

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
      c.json(
        {
          items: listedDocuments(deps, principalOf(c), 'outages').map((one) =>
            shownOutage(deps, principalOf(c), one),
          ),
        },
        200,
      ),
    )
    .openapi(outages.create, async (c) => {
      const made = await createDocument(deps, principalOf(c), 'outages', c.req.valid('json'));
      return c.json(shownOutage(deps, principalOf(c), made), 201);
    })
    .openapi(outages.change, async (c) => {
      const { id } = c.req.valid('param');
      const kept = await changeDocument(deps, principalOf(c), 'outages', id, c.req.valid('json'));
      return c.json(shownOutage(deps, principalOf(c), kept), 200);
    })
    .openapi(outages.end, async (c) => {
      const { id } = c.req.valid('param');
      await endDocument(deps, principalOf(c), 'outages', id, c.req.valid('query').version);
      return c.json({ id }, 200);
    });
}

/** Whether customers were told in time, and what it suppresses now, is worked out, not kept. */
function shownOutage({ alerts, grid }: HttpDeps, who: Principal, outage: PlannedOutage) {
  const held = heldBy(alerts.active(), outage.id).filter((incident) => seesIncident(who, incident));
  const incidents = held.slice(0, HELD_MAX).map((incident) => {
    const { id, number, place } = shownIncident(incident, grid(), who);
    return { id, number, place };
  });
  const holds = { count: held.length, incidents };
  return { ...outage, endCheck: outage.endCheck ?? null, holds, notice: noticeCheck(outage) };
}
