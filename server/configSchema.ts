import { z } from 'zod';
import { accessConfigShape } from './accessConfigSchema.ts';
import { alertConfigShape } from './alertConfigSchema.ts';
import { planConfigShape } from './planConfigSchema.ts';

/** The shape of `peakvolt.yaml`: every key, its bounds and its documented default. Unknown keys are faults. */

const port = z.number().int().min(0).max(65_535);
const days = z.number().positive();
/** Points with limits of their own; more is a profile. */
const LIMIT_OVERRIDES_MAX = 10_000;
const monthDay = z.string().regex(/^\d{2}-\d{2}$/, 'expected MM-DD');

export const configSchema = z.strictObject({
  /** Where embedded parts keep their files. */
  dataDir: z.string().min(1).default('./data'),
  /** Zone of the grid: days, months and clock hours are cut in it. */
  timeZone: z.string().refine(isTimeZone, 'not an IANA time zone').default('Asia/Shanghai'),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: port.default(8080),
      /** Names that a browser may use for us besides the loopback ones (defence against DNS rebinding). */
      allowedHosts: z.array(z.string()).default([]),
      /** Scheme, host and port under which people reach the pages, behind a proxy: for links and for secure cookies. */
      publicUrl: z.url({ protocol: /^https?$/ }).optional(),
      /** Who may read /metrics without a token. */
      metrics: z.enum(['loopback', 'anyone', 'nobody']).default('loopback'),
      /** Gone with the release that has accounts; known only to be refused with a sentence. */
      exposeWithoutAccounts: z.unknown().optional(),
    })
    .prefault({}),
  ...accessConfigShape,
  /** A broker of your own. Without `url` the embedded broker is used. */
  mqtt: z
    .strictObject({
      url: z.string().url().optional(),
      username: z.string().optional(),
      password: z.string().optional(),
      /** PEM files. */
      ca: z.string().optional(),
      cert: z.string().optional(),
      key: z.string().optional(),
      protocolVersion: z.union([z.literal(4), z.literal(5)]).default(5),
      clientId: z.string().min(1).default('peakvolt-ingest'),
      subscriptions: z.array(z.string().min(1)).min(1).default([
        'pq/v1/#',
        'weather/v1/#',
        'spBv1.0/#',
        '+/notify/event/database/#',
        '+/+/+/notify/event/database/#',
        // A terminal's answer to a query, at its own broker and through a bridge (three levels in front).
        'database/get/response/+/realtime',
        '+/+/+/database/get/response/+/realtime',
      ]),
    })
    .prefault({}),
  embeddedBroker: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: port.default(1883),
      /** MQTT over WebSocket; off when absent. */
      websocketPort: port.optional(),
      /** Absent: on loopback only. */
      allowAnonymous: z.boolean().optional(),
      users: z.record(z.string(), z.string()).default({}),
    })
    .prefault({}),
  ingest: z
    .strictObject({
      /** topic filter → payload family, for devices that do not speak a topic we know. */
      routes: z
        .array(
          z.strictObject({
            filter: z.string().min(1),
            family: z.enum(['native', 'weather', 'terminal', 'sparkplug', 'flat', 'line']),
            /** Which topic level (from 0) names the transformer, where the payload does not. */
            idLevel: z.number().int().min(0).max(9).optional(),
            /** Factors to V, A and kW for devices that count steps: 0.1 V is `voltage: 0.1`. */
            scale: z
              .strictObject({
                voltage: z.number().positive().optional(),
                current: z.number().positive().optional(),
                power: z.number().positive().optional(),
              })
              .optional(),
            /** Zone of times without an offset, minutes east of UTC; default 480. */
            zoneOffsetMin: z.number().int().min(-720).max(840).optional(),
            /** Interval of the device, where its payload does not say. */
            intervalS: z.number().positive().max(86_400).optional(),
            /** Readings without a time take the time of arrival. */
            timeFromArrival: z.boolean().optional(),
          }),
        )
        .default([]),
      /** Device or terminal identity → transformer id. */
      aliases: z.record(z.string(), z.string()).default({}),
    })
    .prefault({}),
  influx: z
    .strictObject({
      url: z.string().url().optional(),
      token: z.string().optional(),
      username: z.string().optional(),
      password: z.string().optional(),
      org: z.string().default('peakvolt'),
      bucket: z.string().default('peakvolt'),
      version: z.union([z.literal(1), z.literal(2), z.literal(3)]).optional(),
      gzip: z.boolean().default(false),
      timeoutMs: z.number().int().min(100).default(30_000),
    })
    .prefault({}),
  database: z.strictObject({ url: z.string().optional() }).prefault({}),
  duckdb: z
    .strictObject({
      memoryLimitMb: z.number().int().min(128).default(1024),
      threads: z.number().int().min(1).default(2),
    })
    .prefault({}),
  limits: z
    .strictObject({
      /** Share of an area's customers behind low voltage, %, from which it is a low-voltage area (domain.md [L]: rules differ by province). */
      lowAreaSharePct: z.number().min(0.1).max(100).default(10),
      profile: z.enum(['gbt-12325', 'en-50160', 'ansi-c84.1']).default('gbt-12325'),
      /** Limits that differ from the profile. The most specific one applies alone: transformer, point, important customer, area, kind. */
      overrides: z
        .array(
          z
            .strictObject({
              transformerId: z.string().min(1).optional(),
              point: z.string().min(1).optional(),
              areaId: z.string().min(1).optional(),
              kind: z.string().min(1).optional(),
              /** Transformers that supply an important customer. */
              important: z.literal(true).optional(),
              lowV: z.number().positive().optional(),
              highV: z.number().positive().optional(),
            })
            .refine((o) => o.lowV !== undefined || o.highV !== undefined, 'lowV or highV is expected')
            .refine(
              ({ lowV: _low, highV: _high, ...chosenBy }) =>
                Object.values(chosenBy).some((value) => value !== undefined),
              'transformerId, point, areaId, kind or important is expected: limits of all are a profile',
            ),
        )
        .max(LIMIT_OVERRIDES_MAX)
        .default([]),
    })
    .prefault({}),
  detection: z
    .strictObject({
      /** Lower edges of the severity bands for a 220 V point, as a share of nominal (domain.md [L]: 198 / 187 / 176 V). */
      seriousBelowPu: z.number().min(0.1).max(1).default(0.85),
      severeBelowPu: z.number().min(0.1).max(1).default(0.8),
      /** Upper edges of the same above the limit ([L]: 235.4 / 242 / 253 V). */
      seriousAbovePu: z.number().min(1).max(1.5).default(1.1),
      severeAbovePu: z.number().min(1).max(1.5).default(1.15),
      deadbandV: z.number().min(0).max(20).default(2),
      /** Margin above the lower limit in which a point shows "watch". */
      watchMarginV: z.number().min(0).max(20).default(2),
      mildDelayS: z.number().int().min(0).default(3600),
      seriousDelayS: z.number().int().min(0).default(900),
      severeDelayS: z.number().int().min(0).default(60),
      clearDelayS: z.number().int().min(0).default(900),
      /** On-delay of an outage or a lost phase. */
      outageDelayS: z.number().int().min(0).default(0),
      /** Load rate above which a transformer is heavily loaded, and overloaded; for so long. */
      heavyLoadPct: z.number().min(1).max(300).default(80),
      overloadPct: z.number().min(1).max(300).default(100),
      loadDelayS: z.number().int().min(0).default(7200),
      loadDeadbandPct: z.number().min(0).max(50).default(5),
      /** Phases further apart than this share of nominal while the load rate is under the second: a bad neutral. */
      openNeutralSpreadPct: z.number().min(1).max(100).default(10),
      openNeutralLoadPct: z.number().min(0).max(300).default(50),
      /** Voltage unbalance, estimated from phase voltages: mild, serious. */
      voltageUnbalancePct: z.number().min(0.1).max(100).default(2),
      voltageUnbalanceSeriousPct: z.number().min(0.1).max(100).default(4),
      unbalanceDeadbandPct: z.number().min(0).max(20).default(0.3),
      /** Current unbalance, while the load rate is above the second. */
      currentUnbalancePct: z.number().min(1).max(100).default(25),
      currentUnbalanceLoadPct: z.number().min(0).max(300).default(60),
      /** On-delay of both unbalances. */
      unbalanceDelayS: z.number().int().min(0).default(7200),
      /** Steps and falls above this share of nominal, so many times in so long: unstable voltage. */
      unstableStepPct: z.number().min(0.5).max(50).default(4),
      unstableTimes: z.number().int().min(1).max(255).default(4),
      unstableWithinS: z.number().int().min(60).max(86_400).default(3600),
      /** Missing data up to this long, or one reading, leave a running delay running. */
      holeS: z.number().int().min(0).default(900),
      /** No data after this many of the device's own intervals. */
      graceIntervals: z.number().min(1).default(2),
      /** … and never sooner than this, so that a device sending each second does not flicker. */
      graceMinS: z.number().min(1).default(60),
      /** Values unchanged to the last digit for so long (and four readings) are flagged as frozen. */
      frozenAfterS: z.number().min(1).default(3600),
      /** Flagged for so long, it is a condition. */
      frozenDelayS: z.number().int().min(0).default(10_800),
    })
    .prefault({}),
  ...alertConfigShape,
  ...planConfigShape,
  seasons: z
    .strictObject({
      summer: z.strictObject({ from: monthDay, to: monthDay }).default({ from: '06-15', to: '09-15' }),
      winter: z.strictObject({ from: monthDay, to: monthDay }).default({ from: '12-01', to: '02-28' }),
    })
    .prefault({}),
  retention: z
    .strictObject({
      /** Raw readings and 10-minute means; daily summaries are kept. */
      readingsDays: days.default(1100),
      deadLettersMax: z.number().int().min(1000).default(200_000),
      eventsDays: days.default(1100),
    })
    .prefault({}),
  spool: z
    .strictObject({
      bytesMax: z
        .number()
        .int()
        .min(1 << 20)
        .default(64 * 2 ** 30),
    })
    .prefault({}),
});

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
