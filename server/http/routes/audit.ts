import { createRoute, z } from '@hono/zod-openapi';
import type { HttpDeps } from '../deps.ts';
import { PROBLEMS } from '../errors.ts';
import { jsonContent, resource } from '../openapi.ts';

const PAGE_MAX = 500;

/** Who did what, newest first, and whether the record is whole. */
export function auditRoutes(deps: HttpDeps) {
  return resource()
    .openapi(listRoute, async (c) => {
      const { before, action, limit } = c.req.valid('query');
      const items = await deps.database.access.audit.list({
        limit,
        ...(before === undefined ? {} : { before }),
        ...(action === undefined ? {} : { action }),
      });
      return c.json({ items: items.map((entry) => ({ ...entry, detail: { ...entry.detail } })) }, 200);
    })
    .openapi(verifyRoute, async (c) => c.json(await deps.database.access.audit.verify(), 200));
}

const entrySchema = z
  .object({
    seq: z.number(),
    tsMs: z.number(),
    actor: z.object({ id: z.string(), name: z.string() }),
    action: z.string(),
    subject: z.string(),
    detail: z.record(z.string(), z.unknown()),
    hash: z.string(),
  })
  .openapi('AuditEntry');

const listRoute = createRoute({
  method: 'get',
  path: '/audit',
  summary: 'Who did what, newest first',
  request: {
    query: z.object({
      before: z.coerce.number().int().min(1).optional(),
      action: z.string().max(80).optional(),
      limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
    }),
  },
  responses: { 200: jsonContent(z.object({ items: z.array(entrySchema) }), 'A page'), ...PROBLEMS },
});

const verifyRoute = createRoute({
  method: 'get',
  path: '/audit/verify',
  summary: 'Walk the chain of hashes',
  responses: {
    200: jsonContent(
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('whole'), entries: z.number() }),
        z.object({ kind: z.literal('broken'), seq: z.number(), reason: z.enum(['changed', 'missing']) }),
      ]),
      'Whole, or where it breaks first',
    ),
  },
});
