import { createRoute, z } from '@hono/zod-openapi';
import { seesArea } from '../../core/access.ts';
import type { ReadinessRun } from '../../core/forecast/run.ts';
import type { TonightReport } from '../../core/forecast/tonight.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { jsonContent, resource } from '../openapi.ts';
import { PROBLEMS } from '../errors.ts';

/** The next three days: who may go low. */
export function tonightRoutes(deps: HttpDeps) {
  return resource().openapi(tonightRoute, async (c) => {
    const who = principalOf(c);
    // Each run carries every transformer: only the newest are read.
    const newest = (state: ReadinessRun['state']) =>
      deps.database.readiness.list({ kind: 'tonight', state, limit: 1 });
    const [[done], [failed]] = await Promise.all([newest('done'), newest('failed')]);
    const isFailedLater = failed !== undefined && (done === undefined || failed.startedMs > done.startedMs);
    const report = (done?.report ?? null) as TonightReport | null;
    const seen = (row: { areaId: string }): boolean => seesArea(who, row.areaId);
    return c.json(
      {
        runId: done?.id ?? null,
        originDay: report?.originDay ?? null,
        finishedMs: done?.finishedMs ?? null,
        simulated: done?.simulated ?? false,
        items: (report?.items ?? [])
          .filter(seen)
          .map((item) => ({ ...item, days: item.days.map((day) => ({ ...day })) })),
        unknown: (report?.unknown ?? []).filter(seen).map((row) => ({ ...row })),
        weather: (report?.weather ?? [])
          .filter(({ areaIds }) => areaIds.some((areaId) => seesArea(who, areaId)))
          .map(({ stationId, forecastOf, days }) => ({
            stationId,
            forecastOf,
            days: days.map((day) => ({ ...day })),
          })),
        unusedForecasts: [...(report?.unusedForecasts ?? [])],
        failed: isFailedLater ? failed.error : null,
      },
      200,
    );
  });
}

const number = z.number().nullable();

const tonightSchema = z
  .object({
    runId: z.string().nullable().openapi({ description: 'Null: no run of the next days is done' }),
    originDay: number.openapi({ description: 'Last local day (since 1970) of history that it knew' }),
    finishedMs: number,
    simulated: z.boolean(),
    items: z
      .array(
        z.object({
          transformerId: z.string(),
          areaId: z.string(),
          feederId: z.string(),
          customers: z.number(),
          days: z.array(
            z.object({
              day: z.number().int(),
              pLow: z.number().openapi({ description: 'Probability of a low clock hour on the day' }),
              p10V: z.number(),
              p50V: z.number(),
              p90V: z.number(),
            }),
          ),
        }),
      )
      .openapi({
        description:
          'Likeliest on the first day first; who is in neither list is unlikely, or was registered after the run',
      }),
    unknown: z.array(z.object({ transformerId: z.string(), areaId: z.string(), reason: z.string() })),
    weather: z
      .array(
        z.object({
          stationId: z.string(),
          forecastOf: z.string(),
          days: z.array(z.object({ day: z.number().int(), minC: number, maxC: number })),
        }),
      )
      .openapi({
        description:
          'Forecast for each measured station, °C; `forecastOf` is the station that it was published for',
      }),
    unusedForecasts: z.array(z.string()).openapi({
      description: 'Stations with a forecast only, of which cannot be told which measured one is near them',
    }),
    failed: z.string().nullable().openapi({ description: 'Why the newest run failed, if it did' }),
  })
  .openapi('Tonight');

const tonightRoute = createRoute({
  method: 'get',
  path: '/tonight',
  summary: 'Which transformers may go low in the next three days, from the weather forecast',
  responses: { 200: jsonContent(tonightSchema, 'By urgency'), ...PROBLEMS },
});
