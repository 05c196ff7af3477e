import { z } from '@hono/zod-openapi';

/** Shapes of incidents in the API. */

const nullableNumber = z.number().nullable();
const nullableString = z.string().nullable();
const values = z.record(z.string(), z.union([z.number(), z.string()]));
const severitySchema = z.enum(['mild', 'serious', 'severe']).openapi('Severity');
const bothLanguages = z.object({ zh: z.string(), en: z.string() });
const phase = z.enum(['a', 'b', 'c']).nullable();

const evidenceSchema = z.object({
  code: z.string(),
  values,
  sentence: bothLanguages.openapi({ description: 'Empty for a code that has no sentence' }),
});

const memberSchema = z.object({
  transformerId: z.string(),
  name: bothLanguages,
  point: z.string(),
  condition: z.string(),
  phase,
  severity: severitySchema,
  sinceMs: z.number(),
  clearedMs: nullableNumber,
  valueV: nullableNumber,
  limitV: nullableNumber.openapi({ description: 'V; the limit that it was judged by then' }),
});

export const incidentSchema = z
  .object({
    id: z.string(),
    number: z.number(),
    version: z.number().openapi({ description: 'A command names the version that its author saw' }),
    state: z.enum(['open', 'acknowledged', 'resolved']),
    severity: severitySchema,
    peakSeverity: severitySchema,
    condition: z.string(),
    cause: z.object({
      kind: z.enum([
        'upstream',
        'overload',
        'tap',
        'unbalance',
        'neutral',
        'line',
        'phase-fault',
        'communication',
        'sensor',
        'unknown',
      ]),
      confidence: z.number(),
      evidence: z.array(evidenceSchema),
    }),
    place: bothLanguages,
    feederId: nullableString,
    stationId: nullableString.openapi({ description: 'The substation that is dead; null where none is' }),
    areaIds: z.array(z.string()),
    org: z.string(),
    members: z.array(memberSchema).openapi({ description: 'Those in sight of who asks' }),
    transformers: z.number(),
    customers: z.number(),
    importantCustomers: z.number(),
    worstV: nullableNumber,
    limitV: nullableNumber,
    judgedBy: z.object({ version: z.number(), sinceMs: z.number(), profile: z.string() }).nullable().openapi({
      description: 'The limits in force when it was opened: their number, since when, and profile',
    }),
    startedMs: z.number(),
    openedMs: z.number(),
    acknowledgedMs: nullableNumber,
    acknowledgedBy: nullableString,
    assignee: nullableString,
    snoozedUntilMs: nullableNumber,
    resolvedMs: nullableNumber,
    resolvedBy: nullableString,
    mergedInto: nullableString,
    reopened: z.number(),
    suppressions: z.array(
      z.object({
        kind: z.enum(['silence', 'planned-outage', 'inhibition', 'snooze', 'no-route']),
        id: nullableString,
        reason: z.string(),
      }),
    ),
    escalation: z
      .object({ policyId: z.string(), step: z.number(), round: z.number(), dueMs: z.number() })
      .nullable(),
    isTest: z.boolean(),
  })
  .openapi('Incident');

export const incidentPageSchema = z.object({
  items: z.array(incidentSchema),
  cursor: z.string().nullable(),
  counts: z
    .object({
      active: z.number(),
      waiting: z.number().openapi({ description: 'Not acknowledged, and nothing suppresses them' }),
      suppressed: z.number(),
    })
    .nullable()
    .openapi({ description: 'Of all active ones in sight; null where others are listed' }),
});

const timelineSchema = z.object({
  id: z.string(),
  atMs: z.number(),
  kind: z.string(),
  actor: nullableString.openapi({ description: 'User id; null: the program' }),
  actorName: nullableString,
  body: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
});

export const DELIVERY_STATES = z.enum(['queued', 'leased', 'sent', 'failed', 'skipped']);
export const attemptSchema = z.object({
  number: z.number(),
  startedMs: z.number(),
  endedMs: z.number(),
  result: z.enum(['sent', 'retry', 'refused']),
  detail: z.string(),
});

const deliverySchema = z.object({
  id: z.string(),
  kind: z.string(),
  userId: z.string(),
  userName: z.string(),
  contactPointId: z.string(),
  channel: nullableString.openapi({ description: 'null where the contact point is gone' }),
  state: DELIVERY_STATES,
  createdMs: z.number(),
  nextMs: z.number(),
  expiresMs: z.number(),
  insteadOf: nullableString,
  attempts: z.array(attemptSchema),
});

export const incidentDetailSchema = z
  .object({
    incident: incidentSchema,
    timeline: z.array(timelineSchema),
    deliveries: z.array(deliverySchema),
    names: z.record(z.string(), z.string()).openapi({ description: 'Names of the users that it speaks of' }),
  })
  .openapi('IncidentDetail');

const seen = {
  version: z
    .number()
    .int()
    .min(1)
    .nullable()
    .openapi({ description: 'The version that the author saw; null: whatever it is now' }),
};
const futureMs = z.number().int().min(0).max(8.64e15);

/** Bodies of the commands. */
export const COMMAND_BODIES = {
  acknowledge: z.object(seen),
  assign: z.object({ ...seen, userId: z.string().min(1).max(200).nullable() }),
  comment: z.object({ ...seen, text: z.string().trim().min(1).max(4_000) }),
  snooze: z.object({ ...seen, untilMs: futureMs }),
  unsnooze: z.object(seen),
  resolve: z.object({ ...seen, text: z.string().trim().max(4_000).nullable().default(null) }),
  merge: z.object({ ...seen, intoId: z.string().min(1).max(200) }),
  split: z.object({
    ...seen,
    transformerIds: z.array(z.string().min(1).max(200)).min(1).max(5_000).readonly(),
  }),
};
