import { z } from '@hono/zod-openapi';
import { MISSING_REASONS } from './nextDays.ts';
import { readinessDetailSchema, seasonSchema, statusSchema } from './readinessSchemas.ts';

/** Answers about the forecast as the map and the page of a transformer show it. */

const number = z.number().nullable();

/** Of which run it is. */
const originSchema = z
  .object({
    id: z.string(),
    seasonId: z.string(),
    originDay: z.number().int().openapi({ description: 'Last local day (since 1970) that it knew' }),
    finishedMs: number,
    simulated: z.boolean(),
    atRiskP: number.openapi({ description: 'Probability from which a transformer is at risk' }),
    watchP: number,
  })
  .openapi('ForecastOrigin');

const missing = z.enum(MISSING_REASONS).nullable().openapi({
  description:
    'Why there is no run to show: none is done, no weather forecast is stored, or all days of the newest are over',
});

export const mapForecastSchema = z
  .object({
    gridVersion: z.number(),
    season: seasonSchema,
    run: originSchema.nullable(),
    missing,
    firstDay: z.number().int().openapi({ description: 'Local days since 1970 that it is about' }),
    lastDay: z.number().int(),
    status: z.array(statusSchema),
    pLow: z.array(number).openapi({ description: 'Null: unknown; of the next days also: below 0.05' }),
  })
  .openapi('MapForecast', {
    description:
      'Parallel columns; a row is that of the map snapshot with the same gridVersion. Empty while there is no run.',
  });

export const transformerForecastSchema = z
  .object({
    season: seasonSchema,
    run: originSchema.nullable(),
    row: readinessDetailSchema
      .nullable()
      .openapi({ description: 'Null: no run, or the transformer is not in it' }),
    tonight: z.object({
      run: originSchema.nullable(),
      missing,
      status: statusSchema,
      unknownReason: z.string().nullable(),
      pLow: number.openapi({ description: 'Of the likeliest day' }),
      days: z
        .array(
          z.object({
            day: z.number().int(),
            pLow: z.number(),
            p10V: z.number(),
            p50V: z.number(),
            p90V: z.number(),
          }),
        )
        .openapi({ description: 'Empty where a low hour is unlikely on each of them, or nothing is known' }),
    }),
  })
  .openapi('TransformerForecast');
