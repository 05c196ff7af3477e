import { createRoute, z } from '@hono/zod-openapi';
import { CONDITION_CODE } from '../../core/condition.ts';
import { snapshotInSight } from '../../core/sight.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { noticeSchema } from '../noticeSchema.ts';
import { jsonContent, resource } from '../openapi.ts';

const NO_DATA_SHOWN_MAX = 200;

/** How the program itself does: parts, flow, conservation, silent devices, configuration in force. */
export function systemRoutes(deps: HttpDeps) {
  return resource()
    .openapi(systemRoute, async (c) => {
      const snapshot = snapshotInSight(deps.live.snapshot(), principalOf(c).areaIds);
      const t = snapshot.transformers;
      const silent = t.condition.flatMap((code, row) => (code === CONDITION_CODE['no-data'] ? [row] : []));
      return c.json(
        {
          version: deps.info.version,
          uptimeS: Math.round((deps.clock.nowMs() - deps.info.startedMs) / 1000),
          nowMs: deps.clock.nowMs(),
          simulated: deps.info.simulated,
          timeZone: deps.info.timeZone,
          seasons: deps.info.seasons,
          transformers: t.id.length,
          pipeline: deps.pipeline.status(),
          components: await deps.components(),
          noDataCount: silent.length,
          noData: silent
            .slice(0, NO_DATA_SHOWN_MAX)
            .map((row) => ({ id: t.id[row]!, name: t.name[row]!, tsMs: t.tsMs[row]! })),
        },
        200,
      );
    })
    .openapi(configRoute, (c) => c.json(deps.info.config, 200));
}

const nullable = z.number().nullable();
const pipelineSchema = z.object({
  conservation: z.object({
    received: z.number(),
    stored: z.number(),
    spooled: z.number(),
    deadLettered: z.number(),
    duplicate: z.number(),
    error: z.number(),
  }),
  spool: z.object({
    entries: z.number(),
    bytes: z.number(),
    oldestAgeMs: nullable,
    refusal: z.string().nullable(),
  }),
  writer: z.object({
    state: z.enum(['idle', 'writing', 'retrying', 'parked']),
    reason: z.string().nullable(),
    remedy: z.string().nullable(),
    notice: noticeSchema,
    lastStoredMs: nullable,
    storedPerS: z.number(),
    retries: z.number(),
  }),
  ingest: z.object({ messagesPerS: z.number(), readingsPerS: z.number(), lastReadingMs: nullable }),
  detectionP99Ms: nullable,
  points: z.number(),
});

const systemSchema = z
  .object({
    version: z.string(),
    uptimeS: z.number(),
    nowMs: z.number(),
    simulated: z.boolean(),
    timeZone: z.string(),
    seasons: z.object({
      summer: z.object({ from: z.string(), to: z.string() }),
      winter: z.object({ from: z.string(), to: z.string() }),
    }),
    transformers: z.number(),
    pipeline: pipelineSchema,
    components: z.array(
      z.object({
        name: z.string(),
        ok: z.boolean(),
        product: z.string(),
        detail: z.string(),
        remedy: z.string().optional(),
        notice: noticeSchema,
      }),
    ),
    noDataCount: z.number(),
    noData: z.array(z.object({ id: z.string(), name: z.string(), tsMs: nullable })),
  })
  .openapi('System');

const systemRoute = createRoute({
  method: 'get',
  path: '/system',
  summary: 'Flow from broker to store, backlog, conservation sum, health of the parts',
  responses: { 200: jsonContent(systemSchema, 'Now') },
});

const configRoute = createRoute({
  method: 'get',
  path: '/config',
  summary: 'Configuration in force; secrets are replaced',
  responses: { 200: jsonContent(z.record(z.string(), z.unknown()), 'Configuration') },
});
