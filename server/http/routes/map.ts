import { createRoute, z } from '@hono/zod-openapi';
import { replayInSight, rowsInSight, snapshotInSight } from '../../core/sight.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { jsonContent, resource } from '../openapi.ts';
import { mapSnapshotSchema, replaySchema, rollUpSchema } from '../schemas.ts';

/** The live picture: snapshot, past day, roll-ups. */
export function mapRoutes(deps: HttpDeps) {
  return resource()
    .openapi(
      createRoute({
        method: 'get',
        path: '/map',
        summary: 'Compact snapshot of every transformer, feeder and area',
        responses: { 200: jsonContent(mapSnapshotSchema, 'The picture now') },
      }),
      (c) => c.json(snapshotInSight(deps.live.snapshot(), principalOf(c).areaIds), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/map/replay',
        summary: 'Conditions and worst voltages of the past 24 hours',
        responses: { 200: jsonContent(replaySchema, 'Step-major columns in base64') },
      }),
      (c) => {
        const { areaIds } = principalOf(c);
        const { version, transformers } = deps.grid();
        const whole = deps.live.replayDay();
        const day =
          areaIds === null
            ? whole
            : replayInSight(
                whole,
                rowsInSight(
                  transformers.map((t) => t.areaId),
                  areaIds,
                ),
              );
        return c.json(
          {
            gridVersion: version,
            startMs: day.startMs,
            stepMs: day.stepMs,
            steps: day.steps,
            rows: day.rows,
            conditionBase64: base64(day.condition),
            worstDeciVBase64: base64(day.worstDeciV),
          },
          200,
        );
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/areas',
        summary: 'Areas with customers affected and worst voltage',
        responses: { 200: jsonContent(rollUpList, 'All areas') },
      }),
      (c) => c.json({ items: snapshotInSight(deps.live.snapshot(), principalOf(c).areaIds).areas }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/feeders',
        summary: 'Feeders with customers affected and worst voltage',
        responses: { 200: jsonContent(rollUpList, 'All feeders') },
      }),
      (c) => c.json({ items: snapshotInSight(deps.live.snapshot(), principalOf(c).areaIds).feeders }, 200),
    );
}

const rollUpList = z.object({
  items: z.array(z.object({ id: z.string(), name: z.string(), rollUp: rollUpSchema })),
});

function base64(array: Uint8Array | Uint16Array): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64');
}
