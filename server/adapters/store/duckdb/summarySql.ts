import { LOW_TOLERANCE_V, UNKNOWN_INTERVAL_S } from '../../../core/aggregate.ts';
import { DEAD_PHASE_SHARE } from '../../../core/deadPhase.ts';
import { DAY_MS, dayStart, HOUR_MS, type ZoneOffset } from '../../../core/localTime.ts';
import { READING_FLAG } from '../../../core/reading.ts';
import { DAILY_COLUMNS, MEAN_COLUMNS, MEAN_INTERVAL_MS } from '../../../core/summary.ts';

/** Means and daily summaries in SQL, by the definitions of core/aggregate.ts (the store contract holds the two together). */

export const SERVED = `(flags & ${READING_FLAG.outage}) = 0`;
const PHASES = ['a', 'b', 'c'] as const;
const quoted = (columns: readonly string[]): string => columns.map((c) => `"${c}"`).join(', ');

/** Root mean square of the readings that are no outage. */
export function rms(column: string): string {
  return `sqrt(avg("${column}" * "${column}") FILTER (WHERE ${SERVED}))`;
}

/**
 * A source of readings with its dead phases not measured, as `withoutDeadPhases` has it: of such a phase the minimum alone
 * keeps the value.
 */
export function withoutDeadSql(source: string): string {
  const highest = `greatest(${PHASES.map((p) => `coalesce("u${p}V", -1)`).join(', ')})`;
  const replaced = PHASES.flatMap((p) => {
    const isDead = `"u${p}V" < ${DEAD_PHASE_SHARE} * ${highest}`;
    return [
      `CASE WHEN ${isDead} THEN NULL ELSE "u${p}V" END AS "u${p}V"`,
      `CASE WHEN ${isDead} THEN least("u${p}V", coalesce("u${p}MinV", "u${p}V")) ELSE "u${p}MinV" END AS "u${p}MinV"`,
    ];
  });
  return `SELECT * REPLACE (${replaced.join(', ')}) FROM (${source})`;
}

/** Voltages, currents and power of a group of readings, named as the columns of a mean. */
export function meanExpressions(): string {
  return [
    ...PHASES.map((p) => `${rms(`u${p}V`)} AS "u${p}V"`),
    ...PHASES.map((p) => `min(least("u${p}V", "u${p}MinV")) FILTER (WHERE ${SERVED}) AS "u${p}MinV"`),
    ...PHASES.map((p) => `max("u${p}V") FILTER (WHERE ${SERVED}) AS "u${p}MaxV"`),
    ...PHASES.map((p) => `avg("i${p}A") AS "i${p}A"`),
    'avg("pKw") AS "pKw"',
    'avg("qKvar") AS "qKvar"',
    'count(*) AS "count"',
  ].join(', ');
}

/** Inserts the 10-minute means of the readings in `source`. */
export function insertMeans(source: string): string {
  return `INSERT INTO means (pt, ts, ${quoted(MEAN_COLUMNS)})
    SELECT pt, (ts // ${MEAN_INTERVAL_MS}) * ${MEAN_INTERVAL_MS}, ${meanExpressions()}, bit_or(flags)
    FROM (${withoutDeadSql(source)}) GROUP BY pt, ts // ${MEAN_INTERVAL_MS}`;
}

/**
 * Local time of `ts` between two times as an expression of whole numbers: the zone's offset, by the changes that fall
 * in between. Exact, and far cheaper than a time-zone conversion a row.
 */
export function localTimeSql(offset: ZoneOffset, fromMs: number, toMs: number): string {
  const changes: { untilMs: number; offsetMs: number }[] = [];
  let current = offset(fromMs);
  for (let ms = Math.floor(fromMs / HOUR_MS) * HOUR_MS; ms <= toMs; ms += HOUR_MS / 2) {
    const next = offset(Math.max(ms, fromMs));
    if (next !== current) {
      changes.push({ untilMs: ms, offsetMs: current });
      current = next;
    }
  }
  if (changes.length === 0) return `(ts + ${current})`;
  return `(ts + CASE ${changes.map((c) => `WHEN ts < ${c.untilMs} THEN ${c.offsetMs}`).join(' ')} ELSE ${current} END)`;
}

/** Local days (number since 1970) that touch the span, with their beginnings in UTC. */
export function localDays(
  offset: ZoneOffset,
  fromMs: number,
  toMs: number,
): { day: number; dayMs: number }[] {
  const first = Math.floor((fromMs + offset(fromMs)) / DAY_MS);
  const last = Math.floor((toMs + offset(toMs)) / DAY_MS);
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    day: first + i,
    dayMs: dayStart(first + i, offset),
  }));
}

/**
 * Inserts the daily summaries of the readings in `source`. Needs temp tables `days(day, dayMs)` and
 * `limits(pt, lowV, highV)`; `lengthless` says whether some reading has no interval of its own.
 */
export function insertDailies(source: string, local: string, lengthless: boolean): string {
  const minutes = lengthless
    ? `CASE WHEN "intervalS" > 0 THEN "intervalS" ELSE least(coalesce((ts - lag(ts) OVER (PARTITION BY pt, ${local} // ${DAY_MS} ORDER BY ts)) / 1000.0, ${UNKNOWN_INTERVAL_S}), ${UNKNOWN_INTERVAL_S}) END / 60`
    : '"intervalS" / 60';
  const anyPhase = PHASES.map((p) => `"u${p}V" IS NOT NULL`).join(' OR ');
  const outside = PHASES.map((p) => `coalesce("u${p}V" < lowV OR "u${p}V" > highV, false)`).join(' OR ');
  const lowHour = PHASES.map((p) => `coalesce(u${p} < lowV - ${LOW_TOLERANCE_V}, false)`).join(' OR ');
  return `INSERT INTO dailies (pt, ts, ${quoted(DAILY_COLUMNS)})
    WITH r AS (SELECT *, ${local} // ${HOUR_MS} AS hour, ${local} // ${DAY_MS} AS day, ${minutes} AS minutes FROM (${withoutDeadSql(source)})),
    h AS (SELECT pt, day, hour, ${PHASES.map((p) => `${rms(`u${p}V`)} AS u${p}, avg("i${p}A") AS i${p}`).join(', ')}, avg("pKw") AS p
      FROM r GROUP BY pt, day, hour),
    hd AS (SELECT h.pt, day, ${PHASES.map((p) => `min(u${p}) AS u${p}, max(i${p}) AS i${p}`).join(', ')}, max(p) AS p,
        count(*) FILTER (WHERE ${lowHour}) AS low, count(*) FILTER (WHERE ua IS NOT NULL OR ub IS NOT NULL OR uc IS NOT NULL) AS valid
      FROM h JOIN limits USING (pt) GROUP BY h.pt, day),
    d AS (SELECT r.pt, day, ${PHASES.map((p) => `${rms(`u${p}V`)} AS u${p}Mean, max("u${p}V") FILTER (WHERE ${SERVED}) AS u${p}Max`).join(', ')},
        avg("pKw") AS pMean, avg("qKvar") AS qMean, count(*) AS n, count(*) FILTER (WHERE NOT (${SERVED})) AS out,
        coalesce(sum(minutes) FILTER (WHERE ${SERVED} AND (${anyPhase})), 0) AS monitored,
        coalesce(sum(minutes) FILTER (WHERE ${SERVED} AND (${anyPhase}) AND NOT (${outside})), 0) AS qualified
      FROM r JOIN limits USING (pt) GROUP BY r.pt, day)
    SELECT d.pt, days.dayMs, hd.ua, hd.ub, hd.uc, uaMean, ubMean, ucMean, uaMax, ubMax, ucMax, low, valid, hd.ia, hd.ib, hd.ic,
      hd.p, pMean, qMean, monitored, qualified, n, out
    FROM d JOIN hd ON d.pt = hd.pt AND d.day = hd.day JOIN days ON days.day = d.day`;
}
