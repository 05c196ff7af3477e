import { z } from '@hono/zod-openapi';
import { CHANNELS } from '../core/incident/delivery.ts';

/** Shapes of what people configure of alerting; lists cannot be changed in place, as in the core. */

const id = z.string().min(1).max(200);
const name = z.string().trim().min(1).max(200);
const text = z.string().trim().max(2_000);
const ms = z.number().int().min(0).max(8.64e15);
const ids = z.array(id).max(20_000).readonly();
const minuteOfDay = z.number().int().min(0).max(1_440);
const monthDay = z.string().regex(/^\d{2}-\d{2}$/);
const timeZone = z.string().refine(isTimeZone, 'is not a time zone, such as Asia/Shanghai');
const nullableMs = z.number().nullable();

const dailySpan = z
  .object({
    fromMin: minuteOfDay,
    toMin: minuteOfDay,
    weekdays: z.array(z.number().int().min(1).max(7)).max(7).readonly(),
  })
  .openapi('DailySpan', { description: 'Local time; from > to passes midnight; no weekdays: every day' });

const matcher = z
  .object({
    areaIds: ids.optional(),
    feederIds: ids.optional(),
    transformerIds: ids.optional(),
    conditions: z.array(z.string().max(60)).max(50).readonly().optional(),
    severityMin: z.enum(['mild', 'serious', 'severe']).optional(),
    importantOnly: z.boolean().optional(),
  })
  .openapi('IncidentMatcher', { description: 'All that is given must match; an empty list matches all' });

const target = z.object({ kind: z.enum(['user', 'schedule']), id });
const step = z.object({
  targets: z.array(target).max(50).readonly(),
  waitS: z.number().int().min(0).max(604_800),
});

const rotation = z.object({
  name,
  userIds: z.array(id).max(200).readonly(),
  startDate: z.iso.date(),
  handOffMin: minuteOfDay,
  turnDays: z.number().int().min(1).max(366),
  during: dailySpan.optional(),
});

const override = z.object({ id, userId: id, fromMs: ms, toMs: ms });

/** What the author sends of each kind. */
export const DOCUMENT_BODIES = {
  routes: z.object({
    name,
    order: z.number().int(),
    match: matcher,
    during: dailySpan.optional(),
    policyId: id,
    mildToDigest: z.boolean(),
  }),
  policies: z.object({
    name,
    steps: z.array(step).max(20).readonly(),
    repeats: z.number().int().min(0).max(100),
  }),
  schedules: z.object({
    name,
    timeZone,
    rotations: z.array(rotation).max(20).readonly(),
    overrides: z.array(override).max(1_000).readonly(),
  }),
  silences: z.object({ match: matcher, reason: text.min(1), fromMs: ms, toMs: ms }),
  outages: z.object({
    title: name,
    feederIds: ids,
    transformerIds: ids,
    fromMs: ms,
    toMs: ms,
    noticedMs: ms.nullable(),
  }),
  seasons: z.object({
    name,
    fromDay: monthDay,
    toDay: monthDay,
    waitFactor: z.number().min(0.05).max(10),
    policyInstead: z.record(id, id),
    tellMild: z.boolean(),
  }),
  contactPoints: z.object({
    userId: id,
    channel: z.enum(CHANNELS),
    name,
    language: z.enum(['zh-CN', 'en']),
    settings: z
      .record(z.string().max(60), z.string().max(4_000))
      .openapi({ description: 'Secrets come back as ***, and are kept when *** is sent' }),
    priority: z.number().int().min(0).max(100),
    enabled: z.boolean(),
  }),
  people: z.object({ quietHours: dailySpan.nullable(), timeZone }),
};

const versioned = {
  id: z.string(),
  version: z.number().openapi({ description: 'A change names the version that its author saw' }),
};

/** What comes back. */
export const DOCUMENTS = {
  routes: DOCUMENT_BODIES.routes.extend(versioned).openapi('AlertRoute'),
  policies: DOCUMENT_BODIES.policies.extend(versioned).openapi('EscalationPolicy'),
  schedules: DOCUMENT_BODIES.schedules.extend(versioned).openapi('Schedule'),
  silences: DOCUMENT_BODIES.silences
    .extend({ ...versioned, author: z.string(), endedMs: nullableMs })
    .openapi('Silence'),
  outages: DOCUMENT_BODIES.outages
    .extend({
      ...versioned,
      author: z.string(),
      startedMs: nullableMs,
      endedMs: nullableMs,
      cancelledMs: nullableMs,
      endCheck: z
        .object({
          checkedMs: z.number(),
          transformerIds: z.array(z.string()).readonly(),
          incidentIds: z.array(z.string()).readonly(),
          backMs: nullableMs.openapi({ description: 'Since when all of it is back; null while it is not' }),
        })
        .nullable()
        .openapi({ description: 'What was still low or out after its end; null until it was looked' }),
      holds: z
        .object({
          count: z.number(),
          incidents: z.array(
            z.object({
              id: z.string(),
              number: z.number(),
              place: z.object({ zh: z.string(), en: z.string() }),
            }),
          ),
        })
        .openapi({ description: 'Active incidents that it suppresses now; the first of them by name' }),
      notice: z
        .object({ ok: z.boolean(), daysBefore: nullableMs })
        .openapi({ description: 'Whether customers were told seven days before' }),
    })
    .openapi('PlannedOutage'),
  seasons: DOCUMENT_BODIES.seasons.extend(versioned).openapi('PeakSeason'),
  contactPoints: DOCUMENT_BODIES.contactPoints.extend(versioned).openapi('ContactPoint'),
  people: z
    .object({
      ...versioned,
      name: z.string(),
      language: z.enum(['zh-CN', 'en']),
      enabled: z.boolean(),
      quietHours: dailySpan.nullable(),
      timeZone: z.string(),
      isMine: z
        .boolean()
        .openapi({ description: 'Whether who asks may set their hours and ways to reach them' }),
    })
    .openapi('Person', { description: 'Version 0: nothing was set yet' }),
};

const contactField = z
  .object({
    name: z.string(),
    isSecret: z.boolean(),
    isOptional: z.boolean(),
    form: z.string().openapi({ description: 'What its value must look like, e.g. `address`, `url`' }),
  })
  .openapi('ContactField');

export const alertingSchema = z
  .object({
    open: z.number(),
    unacknowledged: z.number(),
    warnings: z.array(
      z.object({ code: z.string(), values: z.record(z.string(), z.union([z.string(), z.number()])) }),
    ),
    onCall: z.array(
      z.object({
        scheduleId: z.string(),
        name: z.string(),
        userId: z.string().nullable(),
        userName: z.string().nullable(),
      }),
    ),
    channels: z.array(z.object({ channel: z.enum(CHANNELS), fields: z.array(contactField) })).openapi({
      description: 'Channels that can deliver here, with what a contact point must say of itself',
    }),
    outbox: z.object({ queued: z.number(), oldestDueMs: nullableMs, failed: z.number() }),
    vapidPublicKey: z
      .string()
      .nullable()
      .openapi({ description: 'What a browser subscribes to pushes with; null: no pushes' }),
    proof: z.object({
      lastProvenMs: nullableMs,
      lastSentMs: nullableMs,
      ok: z.boolean(),
      watchdog: z.object({
        configured: z.boolean(),
        lastPingMs: nullableMs,
        lastError: z.string().nullable(),
      }),
    }),
  })
  .openapi('Alerting');

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
