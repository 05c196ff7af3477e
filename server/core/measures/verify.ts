import { LOW_TOLERANCE_V } from '../aggregate.ts';
import type { DailyHistory, DailyWeather } from '../forecast/forecast.ts';
import { meanOf, median, quantile, robustSigma } from '../forecast/statistics.ts';
import { benchmarkDays, benchmarkV, type BenchmarkDays } from './benchmark.ts';
import type { Finding, MeasureKind } from './finding.ts';
import { finding } from './findingWords.ts';
import type { MeasureVerdict } from './register.ts';

/** Did a measure do what it promised: days after it against a benchmark that was learned before it. */

/** A year before, so that every season is in it; days around the work belong to neither side. */
const BEFORE_DAYS = 400;
const BEFORE_DAYS_MIN = 60;
const WORK_DAYS = 2;
const AFTER_DAYS_MIN = 14;
/** Days after which waiting no longer helps: a season has gone by. */
const AFTER_DAYS_ENOUGH = 120;
/** A measure that works by the load is judged on the days that press hardest: this share of the days before. */
const HEAVY_SHARE = 0.3;
const HEAVY_DAYS_MIN = 8;
/** Of the promised rise, how much must be certain; without a promise, V. */
const PROMISE_SHARE = 0.5;
const RISE_MIN_V = 1;
/** Two-sided 90 % with the few windows that the error is learned from (Student, 8 degrees of freedom). */
const T_90 = 1.86;
/** A level drifts against its neighbours from season to season by this, V (UCI house, domain.md §3: less than 1 V). */
const DRIFT_V = 0.5;
const PLACEBO_WINDOWS_MAX = 12;
const OUTLIER_SIGMAS = 4;
/** Low days that may be left, as a share of those the benchmark expected, and in any case. */
const LOW_DAYS_SHARE = 0.1;
const LOW_DAYS_STRAY = 1;
const LOW_DAYS_FAIL = 3;

export interface VerifyInput {
  kind: MeasureKind;
  history: DailyHistory;
  /** Other transformers of the feeder, those with a change of their own left out. */
  neighbours: readonly DailyHistory[];
  weather: DailyWeather | null;
  /** Local day on which it was carried out, and the last day that is measured. */
  doneDay: number;
  lastDay: number;
  /** Rise of the season's lowest hour that the run promised, V. */
  promisedV: number | null;
  /** Lower limit, V. */
  lowV: number;
  /** Other changes of the same transformer (`breaks.ts`). */
  otherBreakDays: readonly number[];
  judgedMs: number;
}

interface Comparison {
  days: BenchmarkDays;
  expectedV: Float64Array;
  /** Index of the first day after the work, and of the last one before it, exclusive. */
  afterAt: number;
  beforeAt: number;
  /** Days with a benchmark at most this count. */
  heavyV: number;
}

export function verifyMeasure(input: VerifyInput): MeasureVerdict {
  const { kind, history, neighbours, weather, doneDay, lastDay, judgedMs } = input;
  const broken = input.otherBreakDays.filter((day) => day > doneDay - BEFORE_DAYS && day <= lastDay);
  const since = Math.max(doneDay - BEFORE_DAYS, history.firstDay, ...broken.filter((day) => day <= doneDay));
  const until = Math.min(lastDay, ...broken.filter((day) => day > doneDay).map((day) => day - 1));
  const days = benchmarkDays({
    history,
    // A feeder measure lifts the neighbours too: they are no control then.
    neighbours: kind === 'feeder' ? [] : neighbours,
    weather,
    usesOwnLoad: kind !== 'new-point',
    firstDay: since,
    lastDay: Math.max(until, since),
    doneDay,
  });
  const beforeAt = doneDay - WORK_DAYS - since;
  const afterAt = doneDay + WORK_DAYS + 1 - since;
  const expectedV = benchmarkV(days, (at) => at < beforeAt);
  const daysBefore = countKnown(days, expectedV, 0, beforeAt);
  const daysAfter = countKnown(days, expectedV, afterAt, days.days);
  const heavyV =
    kind === 'tap' ? Infinity : quantile(expectedV.subarray(0, Math.max(0, beforeAt)), HEAVY_SHARE);
  const comparison = { days, expectedV, afterAt, beforeAt, heavyV };
  const evidence: Finding[] = [finding('days-compared', { before: daysBefore, after: daysAfter })];
  const lowHoursAfter = lowAfter(input, comparison, -Infinity).hours;
  const blank = { effectV: null, effectLowV: null, effectHighV: null, lowHoursAfter };
  const verdict = { judgedMs, daysBefore, daysAfter, evidence };
  for (const day of broken) evidence.push(finding('other-change', { days: Math.abs(day - doneDay) }));
  if (daysBefore < BEFORE_DAYS_MIN) return { kind: 'undecidable', ...blank, ...verdict };
  if (daysAfter < AFTER_DAYS_MIN) {
    const isCut = until < lastDay;
    return { kind: isCut ? 'undecidable' : 'too-early', ...blank, ...verdict };
  }
  const heavyAfter = residuals(comparison, afterAt, days.days, expectedV);
  if (heavyAfter.length < HEAVY_DAYS_MIN) {
    evidence.push(finding('hot-days-missing', { days: heavyAfter.length }));
    return { kind: until < lastDay ? 'undecidable' : 'too-early', ...blank, ...verdict };
  }
  const effectV = trimmedMean(heavyAfter);
  const halfV = T_90 * effectErrorV(comparison, heavyAfter.length);
  const effect = { effectV, effectLowV: effectV - halfV, effectHighV: effectV + halfV };
  const sigmaV = robustSigma(residuals(comparison, 0, beforeAt, expectedV));
  const low = lowAfter(input, comparison, effectV - OUTLIER_SIGMAS * sigmaV);
  evidence.push(
    finding('effect-measured', { volts: effectV, lowV: effect.effectLowV, highV: effect.effectHighV }),
  );
  if (input.promisedV !== null) evidence.push(finding('effect-promised', { volts: input.promisedV }));
  evidence.push(finding('low-hours', { before: low.expectedHours, after: low.hours }));
  const judgement = judge(input, effect, low, lastDay - doneDay, halfV, evidence);
  return { kind: judgement, ...effect, lowHoursAfter: low.hours, ...verdict };
}

function judge(
  { promisedV }: VerifyInput,
  { effectLowV, effectHighV }: { effectLowV: number; effectHighV: number },
  low: LowAfter,
  daysSince: number,
  halfV: number,
  evidence: Finding[],
): MeasureVerdict['kind'] {
  const wantedV = promisedV === null ? RISE_MIN_V : Math.max(RISE_MIN_V, PROMISE_SHARE * promisedV);
  if (effectHighV < wantedV) return 'failed';
  const stopped = low.days <= Math.max(LOW_DAYS_STRAY, LOW_DAYS_SHARE * low.expectedDays);
  if (effectLowV >= wantedV && stopped) return 'verified';
  // It gave the volts, and the area is low all the same.
  if (effectLowV >= wantedV && low.days >= LOW_DAYS_FAIL) return 'failed';
  if (daysSince < AFTER_DAYS_ENOUGH) return 'too-early';
  evidence.push(finding('no-benchmark', { sigmaV: halfV / T_90 }));
  return 'undecidable';
}

function countKnown({ measuredV }: BenchmarkDays, expectedV: Float64Array, from: number, to: number): number {
  let count = 0;
  for (let at = Math.max(0, from); at < to; at++) {
    if (!Number.isNaN(measuredV[at]! + expectedV[at]!)) count += 1;
  }
  return count;
}

/** Measured less benchmark on the days that count. */
function residuals(
  { days, heavyV }: Comparison,
  from: number,
  to: number,
  expectedV: Float64Array,
): number[] {
  const found: number[] = [];
  for (let at = Math.max(0, from); at < Math.min(to, days.days); at++) {
    const residual = days.measuredV[at]! - expectedV[at]!;
    if (!Number.isNaN(residual) && expectedV[at]! <= heavyV) found.push(residual);
  }
  return found;
}

/** Mean without the days that stand out: a fuse that blew is no effect of a measure. */
function trimmedMean(values: readonly number[]): number {
  const centre = median(values);
  const widest = OUTLIER_SIGMAS * robustSigma(values);
  return meanOf(values.filter((value) => Math.abs(value - centre) <= widest));
}

/**
 * Standard error of the effect. Learned from placebos: windows before the measure, left out of the benchmark in turn, with
 * no measure in them; and not less than what the days themselves say with their autocorrelation.
 */
function effectErrorV(comparison: Comparison, count: number): number {
  const { days, expectedV, beforeAt } = comparison;
  const own = residuals(comparison, 0, beforeAt, expectedV);
  const mean = trimmedMean(own);
  const variance = robustSigma(own) ** 2;
  const pairs = own.slice(1).map((value, at) => (value - mean) * (own[at]! - mean));
  const phi = Math.max(0, Math.min(0.9, trimmedMean(pairs) / variance));
  const byDays = (variance / count) * ((1 + phi) / (1 - phi)) + variance / Math.max(1, own.length);
  const windows = Math.min(PLACEBO_WINDOWS_MAX, Math.floor(beforeAt / AFTER_DAYS_MIN));
  const length = Math.floor(beforeAt / windows);
  const squares: number[] = [];
  for (let window = 0; window < windows; window++) {
    const from = window * length;
    const to = from + length;
    const placebo = benchmarkV(days, (at) => at < beforeAt && (at < from || at >= to));
    const inside = residuals(comparison, from, to, placebo);
    if (inside.length >= HEAVY_DAYS_MIN) squares.push(trimmedMean(inside) ** 2);
  }
  const byPlacebo = squares.length >= 3 ? meanOf(squares) : 0;
  return Math.sqrt(Math.max(byDays, byPlacebo) + DRIFT_V ** 2);
}

interface LowAfter {
  days: number;
  hours: number;
  /** What the benchmark expected without the measure. */
  expectedDays: number;
  expectedHours: number;
}

/** Low days since. One so far under the benchmark (less than `floorV` above it) had a fault, which no measure was to cure. */
function lowAfter(
  { lowV, history }: VerifyInput,
  { days, expectedV, afterAt, beforeAt }: Comparison,
  floorV: number,
): LowAfter {
  const underV = lowV - LOW_TOLERANCE_V;
  const isLow = (volts: number) => volts < underV;
  const hoursAt = (at: number) =>
    Math.max(1, history.columns.lowHours[days.firstDay + at - history.firstDay] || 0);
  const found = { days: 0, hours: 0, expectedDays: 0, expectedHours: 0 };
  let before = 0;
  let beforeHours = 0;
  days.measuredV.forEach((volts, at) => {
    if (at < beforeAt && isLow(volts)) {
      before += 1;
      beforeHours += hoursAt(at);
    }
    if (at < afterAt) return;
    if (isLow(volts) && !(volts - expectedV[at]! < floorV)) {
      found.days += 1;
      found.hours += hoursAt(at);
    }
    if (isLow(expectedV[at]!)) found.expectedDays += 1;
  });
  found.expectedHours = Math.round(found.expectedDays * (before > 0 ? beforeHours / before : 1));
  return found;
}
