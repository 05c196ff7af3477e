import { z } from '@hono/zod-openapi';
import { CAUSE_KINDS, MEASURE_KINDS } from '../core/measures/finding.ts';
import { noticeSchema } from './noticeSchema.ts';
import { summarySchema } from './readinessSumSchemas.ts';

/** Answers about readiness; numbers that are not known are null. */

const number = z.number().nullable();
export const statusSchema = z.enum(['at_risk', 'watch', 'ready', 'unknown']);
const values = z.record(z.string(), z.union([z.number(), z.string()]));
const finding = z.object({ code: z.string(), values, en: z.string(), zh: z.string() });

const quantiles = z
  .object({ p05: number, p10: number, p50: number, p90: number, p95: number })
  .openapi('Quantiles', { description: 'V' });

const distribution = {
  pLow: number.openapi({ description: 'Probability that some clock hour of the season is low' }),
  expectedLowHours: number,
  minHourV: quantiles,
  highestV: number,
  peakLoadPct: z.object({ p50: number, p90: number }),
};

export const seasonSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['summer', 'winter']),
    year: z.number().int(),
    firstDay: z.number().int().openapi({ description: 'Local days since 1970' }),
    lastDay: z.number().int(),
    originDay: z.number().int(),
  })
  .openapi('Season');

export const runSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['forecast', 'backtest', 'tonight', 'sensitivity']),
    addedK: number.openapi({ description: 'Of a sensitivity run: added to every weather year, K' }),
    seasonId: z.string(),
    originDay: z.number().int(),
    state: z.enum(['running', 'done', 'failed']),
    startedMs: z.number(),
    finishedMs: number,
    error: z.string().nullable().openapi({ description: 'Why it failed' }),
    notice: noticeSchema,
    share: z.number(),
    simulated: z.boolean(),
    inputs: z.record(z.string(), z.unknown()).nullable().openapi({
      description: 'What it was made from; counts of transformers only for who sees all areas',
    }),
    /** Over what the asker may see. */
    summary: summarySchema.nullable(),
    report: z.record(z.string(), z.unknown()).nullable().openapi({
      description:
        'The back-test: scores of the model beside every baseline, of the whole grid. Who does not see all areas has the scores (`models`, `comparisons`, `published`, `beatsAll`) without any count of transformers',
    }),
  })
  .openapi('ReadinessRun');

const secondSchema = z
  .object({ kind: z.enum(MEASURE_KINDS), detail: values, cost: z.number() })
  .nullable()
  .openapi({ description: 'The other one of a pair; cost is that of both. Null: one measure by itself' });

const measureOutcomeSchema = z
  .object({
    kind: z.enum(MEASURE_KINDS),
    detail: values,
    second: secondSchema,
    cost: number,
    after: z.object(distribution),
    avoidedCustomerHours: number,
    suffices: z.boolean(),
    notes: z.array(finding),
  })
  .openapi('MeasureOutcome');

const causeSchema = z
  .object({
    kind: z.enum(CAUSE_KINDS),
    confidence: z.number(),
    evidence: z.array(finding),
    second: z
      .object({ kind: z.enum(CAUSE_KINDS), evidence: z.array(finding) })
      .nullable()
      .openapi({ description: 'What contributes beside it; null where it stands alone' }),
  })
  .openapi('ReadinessCause');

/** One line of the ranking. */
export const readinessItemSchema = z
  .object({
    rank: z.number().int().openapi({
      description:
        'Place in the whole run, 1 the most urgent; who does not see all areas, or narrows the ranking, sees gaps',
    }),
    transformerId: z.string(),
    areaId: z.string(),
    feederId: z.string(),
    customers: z.number().int(),
    importantCustomers: z.number().int(),
    status: statusSchema,
    unknownReason: z.string().nullable(),
    coveragePct: number,
    ...distribution,
    estimatedTailV: quantiles.nullable(),
    cause: causeSchema.nullable(),
    recommended: measureOutcomeSchema.nullable().openapi({ description: 'Cheapest measure that suffices' }),
    measuresTried: z.number().int(),
    notes: z.array(finding),
  })
  .openapi('ReadinessItem');

export const readinessDetailSchema = readinessItemSchema
  .extend({
    runId: z.string(),
    measures: z.array(measureOutcomeSchema),
    physics: z.record(z.string(), z.unknown()).nullable(),
    fan: z
      .object({
        weekDay: z.array(number),
        p10V: z.array(number),
        p50V: z.array(number),
        p90V: z.array(number),
      })
      .nullable(),
  })
  .openapi('ReadinessDetail');

export const readinessSchema = z
  .object({
    season: seasonSchema,
    /** The newest run that is done; null: none yet. */
    run: runSchema.nullable(),
    /** A run that is under way. */
    running: runSchema.nullable(),
    /** The newest that failed since. */
    failed: runSchema.nullable(),
    lastSeason: z
      .object({
        season: seasonSchema,
        run: runSchema.nullable(),
        running: runSchema.nullable(),
        failed: runSchema.nullable(),
      })
      .openapi({ description: 'Back-tests of the season of the same kind a year before' }),
    sensitivities: z.array(z.object({ run: runSchema, isSameInput: z.boolean() })).openapi({
      description:
        'Runs from the same origin with other weather, the newest of each shift and state; whether history, registry and options are those of the run',
    }),
  })
  .openapi('Readiness');

export const readinessQuery = z.object({
  season: z.string().optional().openapi({ description: 'summer-2027; default the season to come' }),
});

export const rowsQuery = z.object({
  area: z.string().optional(),
  feeder: z.string().optional(),
  status: statusSchema.optional(),
  cause: z.enum(CAUSE_KINDS).optional(),
  important: z.enum(['true', 'false']).optional(),
  cursor: z.string().regex(/^\d+$/).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

export const runParam = z.object({ runId: z.string().min(1).max(120) });

export const budgetQuery = z.object({
  crews: z.coerce.number().int().min(1).max(100_000).optional(),
  money: z.coerce.number().positive().optional(),
  area: z.string().optional(),
  feeder: z.string().optional(),
});

export const budgetCurveQuery = z.object({
  by: z.enum(['crews', 'money']),
  area: z.string().optional(),
  feeder: z.string().optional(),
});

export const budgetCurveSchema = z
  .object({
    currency: z.string(),
    by: z.enum(['crews', 'money']),
    expected: z.number().openapi({ description: 'Customer-hours of low voltage without any measure' }),
    items: z.array(
      z.object({
        id: z.string().openapi({ description: 'Transformer, or feeder: and the feeder' }),
        kind: z.enum(MEASURE_KINDS),
        detail: values,
        second: secondSchema,
      }),
    ),
    points: z.array(
      z.object({
        limit: z.number().openapi({ description: 'Measures, two for a pair; or money' }),
        cost: z.number(),
        works: z.number().int(),
        avoided: z.number(),
        coveredPct: z.number(),
        optimumAtMostPct: z
          .number()
          .openapi({ description: 'No set within the limit covers more of what is expected, %' }),
        chosen: z
          .array(z.object({ item: z.number().int(), gain: z.number() }))
          .openapi({ description: 'Indices of items, those first that pay most for what is short' }),
      }),
    ),
  })
  .openapi('ReadinessBudgetCurve');

export const budgetSchema = z
  .object({
    currency: z.string(),
    /** Customer-hours expected without any measure. */
    expected: z.number(),
    avoided: z.number(),
    cost: z.number(),
    optimumAtMost: z
      .number()
      .openapi({ description: 'No set of measures within the budget avoids more customer-hours than this' }),
    steps: z.array(
      z.object({
        id: z.string().openapi({ description: 'Transformer, or feeder: and the feeder' }),
        kind: z.enum(MEASURE_KINDS),
        detail: values,
        second: secondSchema,
        gain: z.number(),
        cost: z.number(),
        works: z.number().int().openapi({ description: 'Measures so far, two for a pair' }),
        avoided: z.number(),
        coveredPct: z.number(),
      }),
    ),
  })
  .openapi('ReadinessBudget');

export const protectionSchema = z
  .object({
    transformerId: z.string(),
    areaId: z.string(),
    importantCustomers: z.number().int(),
    status: statusSchema,
    pLow: number,
    minHourV: quantiles,
    cause: causeSchema.nullable(),
    recommended: measureOutcomeSchema.nullable(),
    secondSource: z.object({
      state: z.enum(['independent', 'same-feeder', 'unspecified', 'none', 'unknown']),
      text: z.string(),
      pLow: number,
    }),
  })
  .openapi('ProtectionEntry');

export const registeredMeasureSchema = z
  .object({
    id: z.string(),
    version: z.number().int(),
    transformerId: z.string(),
    areaId: z.string(),
    seasonId: z.string(),
    kind: z.enum(MEASURE_KINDS),
    detail: values,
    second: secondSchema,
    cost: z.number(),
    promised: z
      .object({
        runId: z.string(),
        pLowBefore: number,
        pLowAfter: number,
        minV: number,
        minAfterV: number,
      })
      .nullable(),
    state: z.enum(['planned', 'done', 'verified', 'failed', 'dropped']),
    plannedMs: z.number(),
    plannedBy: z.string(),
    doneMs: number,
    note: z.string(),
    verdict: z
      .object({
        kind: z.enum(['verified', 'failed', 'too-early', 'undecidable']),
        judgedMs: z.number(),
        effectV: number,
        effectLowV: number,
        effectHighV: number,
        daysBefore: z.number().int(),
        daysAfter: z.number().int(),
        lowHoursAfter: z.number(),
        evidence: z.array(finding),
      })
      .nullable(),
  })
  .openapi('RegisteredMeasure');
