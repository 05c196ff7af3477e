import { z } from '@hono/zod-openapi';

/** What a run says of the whole, of areas and of feeders. */

const weatherYears = z
  .array(z.object({ year: z.number().int(), lowHours: z.number(), customerHours: z.number() }))
  .readonly()
  .optional()
  .openapi({ description: 'What would be low with the weather of that season year' });

export const summarySchema = z.object({
  transformers: z.number().int(),
  atRisk: z.number().int(),
  watch: z.number().int(),
  ready: z.number().int(),
  unknown: z.number().int(),
  expectedLowHours: z.number(),
  customerHours: z.number(),
  weatherYears,
  published: z.string().openapi({ description: 'model, or the baseline that beat it in the back-test' }),
});

const sumFields = {
  areaId: z.string(),
  transformers: z.number().int(),
  atRisk: z.number().int(),
  watch: z.number().int(),
  ready: z.number().int(),
  unknown: z.number().int(),
  expectedLow: z.number().openapi({ description: 'Expected number of transformers that go low' }),
  expectedLowHours: z.number(),
  customerHours: z.number().openapi({ description: 'Expected low hours times customers' }),
  coveragePct: z.number(),
  weatherYears,
};

/** Areas and feeders of a run, and what past seasons were. */
export const readinessAreasSchema = z
  .object({
    areas: z.array(z.object(sumFields)),
    feeders: z.array(z.object({ ...sumFields, feederId: z.string() })),
    seasons: z
      .array(
        z.object({
          seasonId: z.string(),
          areaId: z.string(),
          transformers: z.number().int(),
          known: z.number().int(),
          low: z.number().int(),
          customerHours: z.number(),
        }),
      )
      .openapi({ description: 'What was measured, by area; the newest season first' }),
  })
  .openapi('ReadinessAreas');
