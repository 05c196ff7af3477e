import { z } from '@hono/zod-openapi';
import { CONDITIONS } from '../core/condition.ts';
import { REFUSAL_REASONS } from '../core/reading.ts';

/** Shapes of the API: camelCase, unit last, null where nothing was measured. */

const nullableNumber = z.number().nullable();
const count = z.number().int().min(0);
/** From the registry's `…_en` columns; null where it has none. */
const nameEn = z.string().nullable();
export const conditionSchema = z.enum(CONDITIONS).openapi('Condition');
export const idParam = z.object({ id: z.string().min(1).max(200) });

const epochMs = z.coerce
  .number()
  .int()
  .min(0)
  .max(8.64e15)
  .openapi({ description: 'UTC, milliseconds', example: 1_753_000_800_000 });

/** A stretch of time; `to` is exclusive. */
export const spanQuery = z.object({ from: epochMs, to: epochMs });

export const pageQuery = z.object({
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const rollUpSchema = z
  .object({
    transformers: count,
    customers: count,
    byCondition: z.array(count).openapi({ description: `Counts by condition: ${CONDITIONS.join(', ')}` }),
    customersLow: count,
    customersOut: count,
    worst: conditionSchema,
    isLowArea: z
      .boolean()
      .optional()
      .openapi({ description: 'Of an area: so large a share of its customers is behind low voltage' }),
    worstV: nullableNumber,
  })
  .openapi('RollUp');

const totalsSchema = rollUpSchema.extend({ completenessPct: z.number() }).openapi('LiveTotals');

export const mapSnapshotSchema = z
  .object({
    gridVersion: z.number(),
    generatedMs: z.number(),
    simulated: z.boolean(),
    areas: z.array(z.object({ id: z.string(), name: z.string(), nameEn, rollUp: rollUpSchema })),
    feeders: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        nameEn,
        substationName: z.string(),
        rollUp: rollUpSchema,
      }),
    ),
    transformers: z
      .object({
        id: z.array(z.string()),
        name: z.array(z.string()),
        nameEn: z
          .array(nameEn)
          .nullable()
          .openapi({ description: 'null when no transformer has an English name' }),
        lon: z.array(nullableNumber),
        lat: z.array(nullableNumber),
        area: z.array(z.number()),
        feeder: z.array(z.number()),
        customers: z.array(z.number()),
        important: z.array(z.number()),
        capacityKva: z.array(nullableNumber),
        kind: z.array(z.string()),
        nominalV: z
          .union([z.number(), z.array(z.number())])
          .openapi({ description: 'V; one number when it is that of all transformers' }),
        condition: z.array(z.number()),
        worstV: z.array(nullableNumber),
        loadPct: z.array(nullableNumber),
        tsMs: z.array(nullableNumber),
      })
      .openapi({ description: 'Parallel columns; a row is the same index in each.' }),
    totals: totalsSchema,
  })
  .openapi('MapSnapshot');

export const replaySchema = z
  .object({
    gridVersion: z.number(),
    startMs: z.number(),
    stepMs: z.number(),
    steps: count,
    rows: count,
    conditionBase64: z.string().openapi({ description: 'Uint8, step-major, 255 = nothing known' }),
    worstDeciVBase64: z
      .string()
      .openapi({ description: 'Uint16 little-endian, 0.1 V, 65535 = not measured' }),
  })
  .openapi('MapReplay');

const transformerSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    org: z.string(),
    areaId: z.string(),
    feederId: z.string(),
    lon: nullableNumber,
    lat: nullableNumber,
    capacityKva: nullableNumber,
    nominalV: z.number(),
    ukPct: nullableNumber,
    tapPosition: nullableNumber,
    tapStepPct: nullableNumber,
    tapCount: nullableNumber,
    customers: count,
    importantCustomers: count,
    lvRadiusM: nullableNumber,
    kind: z.string(),
    weatherStationId: z.string().nullable(),
    attributes: z.record(z.string(), z.string()),
  })
  .openapi('Transformer');

export const transformerRowSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    areaId: z.string(),
    areaName: z.string(),
    feederId: z.string(),
    feederName: z.string(),
    customers: count,
    importantCustomers: count,
    capacityKva: nullableNumber,
    condition: conditionSchema,
    worstV: nullableNumber,
    loadPct: nullableNumber,
    tsMs: nullableNumber,
  })
  .openapi('TransformerRow');

const livePointSchema = z.object({
  point: z.string(),
  tsMs: nullableNumber,
  intervalS: nullableNumber,
  uaV: nullableNumber,
  ubV: nullableNumber,
  ucV: nullableNumber,
  iaA: nullableNumber,
  ibA: nullableNumber,
  icA: nullableNumber,
  inA: nullableNumber,
  pKw: nullableNumber,
  qKvar: nullableNumber,
  condition: conditionSchema,
});

export const transformerDetailSchema = z
  .object({
    transformer: transformerSchema,
    nameEn,
    areaName: z.string(),
    areaNameEn: nameEn,
    feederName: z.string(),
    feederNameEn: nameEn,
    substationName: z.string(),
    limits: z.object({ nominalV: z.number(), lowV: z.number(), highV: z.number() }),
    live: z.object({
      condition: conditionSchema,
      sinceMs: nullableNumber,
      tsMs: nullableNumber,
      loadPct: nullableNumber,
      points: z.array(livePointSchema),
    }),
    points: z.array(z.object({ point: z.string(), firstMs: z.number(), lastMs: z.number(), count })),
    versions: z.array(z.object({ validFromMs: z.number(), changed: z.array(z.string()) })),
  })
  .openapi('TransformerDetail');

const column = z.array(nullableNumber);
export const seriesSchema = z
  .object({
    stepMs: z.number(),
    tsMs: z.array(z.number()),
    uaV: column,
    ubV: column,
    ucV: column,
    uaMinV: column,
    ubMinV: column,
    ucMinV: column,
    uaMaxV: column,
    ubMaxV: column,
    ucMaxV: column,
    iaA: column,
    ibA: column,
    icA: column,
    pKw: column,
    qKvar: column,
    count: column,
    outageCount: column,
  })
  .openapi('SampledSeries', {
    description: 'Parallel columns, one row a step that holds data; gaps stay gaps.',
  });

export const eventSchema = z
  .object({
    transformerId: z.string(),
    point: z.string(),
    condition: z.string(),
    phase: z.enum(['a', 'b', 'c']).nullable(),
    kind: z.enum(['raised', 'changed', 'cleared']),
    severity: z.enum(['mild', 'serious', 'severe']).nullable(),
    tsMs: z.number(),
    detectedMs: z.number(),
    valueV: nullableNumber,
    limitV: nullableNumber,
    endedBy: z.enum(['recovery', 'outage']).optional().openapi({
      description: 'What ended it, of `cleared` alone: the voltage came back, or the supply went',
    }),
  })
  .openapi('ConditionEvent');

export const deadLetterSchema = z
  .object({
    id: z.string(),
    receivedMs: z.number(),
    topic: z.string(),
    payloadText: z
      .string()
      .openapi({ description: 'The payload as text, at most 8 KiB; binary as hexadecimal' }),
    payloadBytes: count,
    reason: z.enum(REFUSAL_REASONS),
    detail: z.string(),
    transformerId: z.string().nullable(),
  })
  .openapi('DeadLetter');

const qualificationShape = {
  ratePct: nullableNumber.openapi({
    description:
      'Time within the limits of the monitored time, %; null where less than completenessMinPct was monitored',
  }),
  completenessPct: z.number().openapi({ description: 'Monitored minutes of the minutes of the span, %' }),
  monitoredMin: z.number(),
  lowHours: count.openapi({ description: 'Clock hours with some phase under the lower limit' }),
  validHours: count,
  outageSharePct: nullableNumber.openapi({ description: 'Readings that were outages, of all readings, %' }),
};

export const complianceSchema = z
  .object({
    transformerId: z.string(),
    fromMs: z.number(),
    toMs: z.number(),
    completenessMinPct: z.number(),
    points: z.array(
      z.object({
        point: z.string(),
        total: z.object(qualificationShape),
        months: z.array(
          z.object({
            month: z.string().openapi({ example: '2026-07' }),
            fromMs: z.number(),
            toMs: z.number(),
            ...qualificationShape,
          }),
        ),
      }),
    ),
  })
  .openapi('Compliance', { description: 'The outlet first, then the line-end meters.' });

export const qualificationColumnsSchema = z
  .object({
    gridVersion: z.number(),
    days: count,
    ratePct: z.array(nullableNumber),
    completenessPct: z.array(z.number()),
  })
  .openapi('MapQualification', {
    description: 'Parallel columns; a row is that of the map snapshot with the same gridVersion.',
  });
