import { withoutDeadPhases } from './deadPhase.ts';
import type { Limits } from './limits.ts';
import { localDayStart, localHour, type ZoneOffset } from './localTime.ts';
import { READING_FLAG, type Reading } from './reading.ts';
import { MEAN_INTERVAL_MS, type DailySummary, type VoltageMean } from './summary.ts';

/**
 * What a 10-minute mean and a daily summary are. This batch form is the definition: the stream (`aggregateStream.ts`)
 * is tested against it, and stores that recompute from raw readings do as it does.
 *
 * - A reading belongs whole to the window, clock hour and day in which it starts, however long it is.
 * - Outage readings (READING_FLAG.outage) are masked out of voltages and of monitored time; their currents and powers count.
 * - A dead phase beside living ones is masked likewise, out of its own voltages alone (`deadPhase.ts`).
 * - Voltage means are root mean square (IEC 61000-4-30), each reading with the same weight; currents and powers are
 *   arithmetic means. What is not measured (NaN) is left out of its own mean only.
 * - Lowest voltage is the lowest of interval minimum and interval mean; highest is of the interval means.
 * - A reading without a length counts as long as the distance from the reading before it on the same day, at most
 *   {@link UNKNOWN_INTERVAL_S}, and that long when it is the first of the day.
 */
export const UNKNOWN_INTERVAL_S = 900;

/** An hour is low when its mean is under the limit by more than this: 198.0 V through squares and roots is still 198.0 V. */
export const LOW_TOLERANCE_V = 1e-4;

export interface SummariseOptions {
  offset: ZoneOffset;
  limits: Pick<Limits, 'lowV' | 'highV'>;
}

/** Means and daily summaries of one point's readings, ascending in time, one per identity. */
export function summarise(
  readings: readonly Reading[],
  options: SummariseOptions,
): { means: VoltageMean[]; dailies: DailySummary[] } {
  const counted = readings.map(withoutDeadPhases);
  return {
    means: groups(counted, (r) => Math.floor(r.tsMs / MEAN_INTERVAL_MS)).map(voltageMean),
    dailies: groups(counted, (r) => localDayStart(r.tsMs, options.offset)).map((day) =>
      dailySummary(day, options),
    ),
  };
}

/** Minutes for which a reading speaks; `previous` is the reading before it on the same local day. */
export function intervalMin(reading: Reading, previous: Reading | undefined): number {
  if (reading.intervalS > 0) return reading.intervalS / 60;
  const sinceS = previous === undefined ? UNKNOWN_INTERVAL_S : (reading.tsMs - previous.tsMs) / 1000;
  return Math.min(sinceS, UNKNOWN_INTERVAL_S) / 60;
}

function voltageMean(window: readonly Reading[]): VoltageMean {
  const first = window[0]!;
  const live = window.filter(unmasked);
  return {
    transformerId: first.transformerId,
    point: first.point,
    tsMs: Math.floor(first.tsMs / MEAN_INTERVAL_MS) * MEAN_INTERVAL_MS,
    uaV: rootMeanSquare(live.map((r) => r.uaV)),
    ubV: rootMeanSquare(live.map((r) => r.ubV)),
    ucV: rootMeanSquare(live.map((r) => r.ucV)),
    uaMinV: lowest(live.flatMap((r) => [r.uaV, r.uaMinV])),
    ubMinV: lowest(live.flatMap((r) => [r.ubV, r.ubMinV])),
    ucMinV: lowest(live.flatMap((r) => [r.ucV, r.ucMinV])),
    uaMaxV: highest(live.map((r) => r.uaV)),
    ubMaxV: highest(live.map((r) => r.ubV)),
    ucMaxV: highest(live.map((r) => r.ucV)),
    iaA: mean(window.map((r) => r.iaA)),
    ibA: mean(window.map((r) => r.ibA)),
    icA: mean(window.map((r) => r.icA)),
    pKw: mean(window.map((r) => r.pKw)),
    qKvar: mean(window.map((r) => r.qKvar)),
    count: window.length,
    flags: window.reduce((flags, r) => flags | r.flags, 0),
  };
}

function dailySummary(day: readonly Reading[], { offset, limits }: SummariseOptions): DailySummary {
  const first = day[0]!;
  const live = day.filter(unmasked);
  const hours = groups(live, (r) => localHour(r.tsMs, offset)).map((hour) => [
    rootMeanSquare(hour.map((r) => r.uaV)),
    rootMeanSquare(hour.map((r) => r.ubV)),
    rootMeanSquare(hour.map((r) => r.ucV)),
  ]);
  const loadHours = groups(day, (r) => localHour(r.tsMs, offset));
  return {
    transformerId: first.transformerId,
    point: first.point,
    dayMs: localDayStart(first.tsMs, offset),
    uaMinHourV: lowest(hours.map((h) => h[0]!)),
    ubMinHourV: lowest(hours.map((h) => h[1]!)),
    ucMinHourV: lowest(hours.map((h) => h[2]!)),
    uaMeanV: rootMeanSquare(live.map((r) => r.uaV)),
    ubMeanV: rootMeanSquare(live.map((r) => r.ubV)),
    ucMeanV: rootMeanSquare(live.map((r) => r.ucV)),
    uaMaxV: highest(live.map((r) => r.uaV)),
    ubMaxV: highest(live.map((r) => r.ubV)),
    ucMaxV: highest(live.map((r) => r.ucV)),
    lowHours: hours.filter((hour) => hour.some((meanV) => meanV < limits.lowV - LOW_TOLERANCE_V)).length,
    validHours: hours.filter((hour) => hour.some((meanV) => !Number.isNaN(meanV))).length,
    iaMaxHourA: highest(loadHours.map((hour) => mean(hour.map((r) => r.iaA)))),
    ibMaxHourA: highest(loadHours.map((hour) => mean(hour.map((r) => r.ibA)))),
    icMaxHourA: highest(loadHours.map((hour) => mean(hour.map((r) => r.icA)))),
    pMaxHourKw: highest(loadHours.map((hour) => mean(hour.map((r) => r.pKw)))),
    pMeanKw: mean(day.map((r) => r.pKw)),
    qMeanKvar: mean(day.map((r) => r.qKvar)),
    ...qualification(day, limits),
    count: day.length,
    outageCount: day.length - live.length,
  };
}

function qualification(
  day: readonly Reading[],
  limits: SummariseOptions['limits'],
): { monitoredMin: number; qualifiedMin: number } {
  let monitoredMin = 0;
  let qualifiedMin = 0;
  day.forEach((reading, index) => {
    if (!unmasked(reading) || !measuresVoltage(reading)) return;
    const minutes = intervalMin(reading, day[index - 1]);
    monitoredMin += minutes;
    if (isQualified(reading, limits)) qualifiedMin += minutes;
  });
  return { monitoredMin, qualifiedMin };
}

/** Whether any phase is measured. */
export function measuresVoltage(reading: Reading): boolean {
  return reading.uaV >= 0 || reading.ubV >= 0 || reading.ucV >= 0;
}

/** Whether every measured phase is within the limits, both included. */
export function isQualified(reading: Reading, { lowV, highV }: SummariseOptions['limits']): boolean {
  const { uaV, ubV, ucV } = reading;
  return !(uaV < lowV || ubV < lowV || ucV < lowV || uaV > highV || ubV > highV || ucV > highV);
}

function unmasked(reading: Reading): boolean {
  return (reading.flags & READING_FLAG.outage) === 0;
}

/** Runs of readings with the same key. */
function groups(readings: readonly Reading[], keyOf: (reading: Reading) => number): Reading[][] {
  const runs: Reading[][] = [];
  let key = NaN;
  for (const reading of readings) {
    const next = keyOf(reading);
    if (next !== key) runs.push([]);
    key = next;
    runs.at(-1)!.push(reading);
  }
  return runs;
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(mean(values.map((value) => value * value)));
}

function mean(values: readonly number[]): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? NaN : sum / count;
}

function lowest(values: readonly number[]): number {
  let low = NaN;
  for (const value of values) if (!(value >= low)) low = Number.isNaN(value) ? low : value;
  return low;
}

function highest(values: readonly number[]): number {
  let high = NaN;
  for (const value of values) if (!(value <= high)) high = Number.isNaN(value) ? high : value;
  return high;
}
