import { choleskySolve } from '../forecast/cholesky.ts';
import type { DailyHistory, DailyWeather } from '../forecast/forecast.ts';
import { worstMinHourV } from '../forecast/history.ts';
import { median, robustSigma } from '../forecast/statistics.ts';

/**
 * What the lowest hour of a day would have been without a measure: a regression on the days before it, frozen, on what
 * the measure does not touch: own load, the neighbours on the feeder, the weather. As baselines of measurement and
 * verification of energy savings are (IPMVP, option C), with the neighbours as controls.
 */

/** A feeder's day is known from so many neighbours at least. */
const NEIGHBOURS_MIN = 3;
/** Days on which a regressor must be known for it to be used. */
const REGRESSOR_DAYS_MIN = 60;
/** Degrees from which load answers to weather (domain.md §3). */
const HOT_C = 24;
const COLD_C = 10;
/** Ridge on standardised regressors, in days; firm on "as the neighbours do", which few days before tell apart from load. */
const RIDGE_DAYS = 2;
const OUTLIER_SIGMAS = 4;
const NEIGHBOUR_RIDGE_DAYS = 150;

export interface BenchmarkInput {
  history: DailyHistory;
  neighbours: readonly DailyHistory[];
  weather: DailyWeather | null;
  /** A new point takes load away: then own load is an effect, not a control. */
  usesOwnLoad: boolean;
  /** First day of the comparison and the last one. */
  firstDay: number;
  lastDay: number;
  /** First day of the measure. */
  doneDay: number;
}

/** The days of a comparison in columns, day by day from `firstDay`; NaN where not measured. */
export interface BenchmarkDays {
  firstDay: number;
  days: number;
  /** Lowest hour, V. */
  measuredV: Float64Array;
  /** What the neighbours' level was against their usual, V; null where too few are measured. Enters with a weight near 1. */
  neighboursV: Float64Array | null;
  regressors: readonly Float64Array[];
}

export function benchmarkDays(input: BenchmarkInput): BenchmarkDays {
  const { history, neighbours, weather, usesOwnLoad, firstDay, lastDay, doneDay } = input;
  const days = lastDay - firstDay + 1;
  const before = doneDay - firstDay;
  const column = (of: (day: number) => number) =>
    Float64Array.from({ length: days }, (_, at) => of(firstDay + at));
  const neighboursV = medianOf(
    neighbours,
    (one, day) => worstMinHourV(one, day - one.firstDay),
    firstDay,
    days,
    before,
  );
  const candidates = [
    usesOwnLoad
      ? column((day) => loadAt(history, day))
      : medianOf(neighbours, loadAt, firstDay, days, before),
    ...(weather === null
      ? []
      : [
          column((day) => Math.max(0, (weather.meanC[day - weather.firstDay] ?? NaN) - HOT_C)),
          column((day) => Math.max(0, COLD_C - (weather.meanC[day - weather.firstDay] ?? NaN))),
        ]),
  ];
  return {
    firstDay,
    days,
    measuredV: column((day) => worstMinHourV(history, day - history.firstDay)),
    neighboursV: isUsable(neighboursV, before) ? neighboursV : null,
    regressors: candidates.filter((values) => isUsable(values, before)),
  };
}

/** Known often enough before, and after too: else the days after could not be compared. */
function isUsable(values: Float64Array, before: number): boolean {
  const known = (part: Float64Array) => part.filter((value) => !Number.isNaN(value)).length;
  const after = values.subarray(before);
  return known(values.subarray(0, before)) >= REGRESSOR_DAYS_MIN && known(after) >= 0.7 * after.length;
}

/** Mean of the phases' highest hours, A; power where no current is measured. */
function loadAt({ columns, firstDay }: DailyHistory, day: number): number {
  const at = day - firstDay;
  const amperes = ((columns.iaMaxHourA[at] ?? NaN) + columns.ibMaxHourA[at]! + columns.icMaxHourA[at]!) / 3;
  return Number.isNaN(amperes) ? (columns.pMaxHourKw[at] ?? NaN) : amperes;
}

/** Median of the neighbours, each against its own usual before the measure, so that one that is missing moves nothing. */
function medianOf(
  neighbours: readonly DailyHistory[],
  of: (one: DailyHistory, day: number) => number,
  firstDay: number,
  days: number,
  before: number,
): Float64Array {
  const centred = neighbours.map((one) => {
    const values = Float64Array.from({ length: days }, (_, at) => of(one, firstDay + at));
    const usual = median(values.subarray(0, before));
    return values.map((value) => value - usual);
  });
  return Float64Array.from({ length: days }, (_, at) => {
    const known = centred.map((values) => values[at]!).filter((value) => !Number.isNaN(value));
    return known.length < NEIGHBOURS_MIN ? NaN : median(known);
  });
}

/**
 * The benchmark of every day, learned from the days `isLearned` marks; NaN where a regressor is unknown. Days that stand
 * out (a blown fuse, a stuck meter) are left out of a second round.
 */
export function benchmarkV(days: BenchmarkDays, isLearned: (at: number) => boolean): Float64Array {
  const first = fitted(days, isLearned);
  const residuals = days.measuredV.map((value, at) => (isLearned(at) ? value - first[at]! : NaN));
  const leastV = OUTLIER_SIGMAS * robustSigma(residuals);
  return fitted(days, (at) => isLearned(at) && Math.abs(residuals[at]!) <= leastV);
}

function fitted(
  { days, measuredV, neighboursV, regressors }: BenchmarkDays,
  isLearned: (at: number) => boolean,
): Float64Array {
  const columns = neighboursV === null ? regressors : [neighboursV, ...regressors];
  const offsetAt = (at: number): number => (neighboursV === null ? 0 : neighboursV[at]!);
  const isKnown = (at: number) =>
    !Number.isNaN(columns.reduce((sum, values) => sum + values[at]!, measuredV[at]!));
  const learned = Array.from({ length: days }, (_, at) => at).filter((at) => isLearned(at) && isKnown(at));
  const size = columns.length + 1;
  const scales = columns.map((values) => scaleOf(learned.map((at) => values[at]!)));
  const row = (at: number): number[] => [1, ...columns.map((values, k) => scales[k]!(values[at]!))];
  const gram = new Float64Array(size * size);
  const weights = new Float64Array(size);
  for (const at of learned) {
    const x = row(at);
    const y = measuredV[at]! - offsetAt(at);
    for (let i = 0; i < size; i++) {
      weights[i]! += x[i]! * y;
      for (let j = 0; j <= i; j++) gram[i * size + j]! += x[i]! * x[j]!;
    }
  }
  for (let i = 1; i < size; i++) {
    gram[i * size + i]! += i === 1 && neighboursV !== null ? NEIGHBOUR_RIDGE_DAYS : RIDGE_DAYS;
  }
  choleskySolve(gram, weights, size);
  return Float64Array.from({ length: days }, (_, at) =>
    row(at).reduce((sum, value, k) => sum + value * weights[k]!, offsetAt(at)),
  );
}

function scaleOf(values: readonly number[]): (value: number) => number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return (value) => (sd > 0 ? (value - mean) / sd : 0 * value);
}
