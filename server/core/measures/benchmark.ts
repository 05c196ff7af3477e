import { choleskySolve } from '../forecast/cholesky.ts';
import type { DailyHistory, DailyWeather } from '../forecast/forecast.ts';
import { worstMinHourV } from '../forecast/history.ts';
import { meanOf, median, robustSigma } from '../forecast/statistics.ts';

/**
 * What the lowest hour of a day would have been without a measure: a regression on the days before it, frozen, on what
 * the measure does not touch: own load, the neighbours on the feeder, the weather. As baselines of measurement and
 * verification of energy savings are (IPMVP, option C), with the neighbours as controls.
 */

/** A feeder's day is known from so many neighbours at least. */
const NEIGHBOURS_MIN = 3;
/** So many of them are asked: those that go most alike. */
const NEAREST = 6;
/** Days on which a regressor must be known for it to be used. */
const REGRESSOR_DAYS_MIN = 60;
/** Degrees from which load answers to weather (domain.md §3). */
const HOT_C = 24;
const COLD_C = 10;
/** Ridge on standardised regressors, in days; firm on "as the control does", which few days before tell apart from load. */
const RIDGE_DAYS = 2;
const CONTROL_RIDGE_DAYS = 150;
/** Weather that varied less before, against all days, was not seen. */
const SEEN_SHARE = 0.5;
/** A day that stands out by so many standard deviations had something else: a blown fuse, a stuck meter. */
export const OUTLIER_SIGMAS = 4;

/** What goes with the lowest hour and is not moved by the measure: neighbours, or the mean of the own phases. */
export type Control = 'neighbours' | 'own-phases' | 'none';
/**
 * `all-phases`: own load with its unbalance, and the neighbours'; `with-feeder`: the same without unbalance; `mean`: own
 * alone; `feeder`: the neighbours' alone.
 */
export type LoadControl = 'all-phases' | 'mean' | 'with-feeder' | 'feeder';
/** A column of the comparison from what each local day is. */
type ColumnOf = (of: (day: number) => number) => Float64Array;
type DayValue = (one: DailyHistory, day: number) => number;

export interface BenchmarkInput {
  history: DailyHistory;
  neighbours: readonly DailyHistory[];
  weather: DailyWeather | null;
  control: Control;
  load: LoadControl;
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
  /** Enters with a weight near 1, V; null where there is none or it is measured too seldom. */
  controlV: Float64Array | null;
  regressors: readonly Float64Array[];
}

export interface Benchmark {
  /** Of every day, V; NaN where a regressor is unknown. */
  expectedV: Float64Array;
  /**
   * xᵀ(XᵀX + Λ)⁻¹x of the sum x of the days with these weights: variance that the benchmark itself adds, in variances of a
   * day.
   */
  leverage(weights: Float64Array): number;
}

export function benchmarkDays(input: BenchmarkInput): BenchmarkDays {
  const { history, weather, control, firstDay, lastDay, doneDay } = input;
  const days = lastDay - firstDay + 1;
  const before = doneDay - firstDay;
  const column: ColumnOf = (of) => Float64Array.from({ length: days }, (_, at) => of(firstDay + at));
  const measuredV = column((day) => worstMinHourV(history, day - history.firstDay));
  const nearest = nearestOf(input, measuredV.subarray(0, before), column);
  const ofNeighbours = (of: DayValue) => medianOf(nearest, of, column, before);
  const controls = {
    neighbours: () => ofNeighbours((one, day) => worstMinHourV(one, day - one.firstDay)),
    'own-phases': () => column((day) => phaseMeanV(history, day)),
    none: () => null,
  };
  const own = (of: DayValue) => column((day) => of(history, day));
  const loads = {
    'all-phases': () => [own(meanLoad), own(unbalanceA), ofNeighbours(meanLoad)],
    // Phases grow alike as more homes are in use: their spread grows more slowly than the load.
    mean: () => [own(meanLoad), own(meanLoad).map(Math.sqrt)],
    'with-feeder': () => [own(meanLoad), ofNeighbours(meanLoad)],
    feeder: () => [ofNeighbours(meanLoad)],
  };
  const controlV = controls[control]();
  return {
    firstDay,
    days,
    measuredV,
    controlV: controlV !== null && isUsable(controlV, before) ? controlV : null,
    regressors: [
      ...loads[input.load](),
      ...weatherColumns(weather, column).filter((values) => isSeen(values, before)),
    ].filter((values) => isUsable(values, before)),
  };
}

/** The neighbours whose lowest hours went most like these: those on the same stretch of the feeder. */
function nearestOf(
  { neighbours }: BenchmarkInput,
  beforeV: Float64Array,
  column: ColumnOf,
): readonly DailyHistory[] {
  return neighbours
    .map((one) => {
      const volts = column((day) => worstMinHourV(one, day - one.firstDay));
      return { one, apartV: robustSigma(beforeV.map((value, at) => value - volts[at]!)) };
    })
    .filter(({ apartV }) => !Number.isNaN(apartV))
    .toSorted((a, b) => a.apartV - b.apartV)
    .slice(0, NEAREST)
    .map(({ one }) => one);
}

function weatherColumns(weather: DailyWeather | null, column: ColumnOf): Float64Array[] {
  if (weather === null) return [];
  const meanC = (day: number): number => weather.meanC[day - weather.firstDay] ?? NaN;
  return [
    column((day) => Math.max(0, meanC(day) - HOT_C)),
    column((day) => Math.max(0, COLD_C - meanC(day))),
  ];
}

/** Known often enough before, and after too: else the days after could not be compared. */
function isUsable(values: Float64Array, before: number): boolean {
  const known = (part: Float64Array) => part.filter((value) => !Number.isNaN(value)).length;
  const after = values.subarray(before);
  return known(values.subarray(0, before)) >= REGRESSOR_DAYS_MIN && known(after) >= 0.7 * after.length;
}

/** A winter says nothing of what heat does, but with one warm day it would seem to. */
function isSeen(values: Float64Array, before: number): boolean {
  return spreadOf(values.subarray(0, before)) >= SEEN_SHARE * spreadOf(values);
}

/** Mean of the phases' highest hours, A; power where no current is measured. */
export function meanLoad({ columns, firstDay }: DailyHistory, day: number): number {
  const at = day - firstDay;
  const amperes = ((columns.iaMaxHourA[at] ?? NaN) + columns.ibMaxHourA[at]! + columns.icMaxHourA[at]!) / 3;
  return Number.isNaN(amperes) ? (columns.pMaxHourKw[at] ?? NaN) : amperes;
}

/** Highest hour of the phase that carries most, A. */
export function worstPhaseA({ columns, firstDay }: DailyHistory, day: number): number {
  const at = day - firstDay;
  return Math.max(columns.iaMaxHourA[at] ?? NaN, columns.ibMaxHourA[at]!, columns.icMaxHourA[at]!);
}

function unbalanceA(history: DailyHistory, day: number): number {
  return worstPhaseA(history, day) - meanLoad(history, day);
}

function phaseMeanV({ columns, firstDay }: DailyHistory, day: number): number {
  const at = day - firstDay;
  return ((columns.uaMinHourV[at] ?? NaN) + columns.ubMinHourV[at]! + columns.ucMinHourV[at]!) / 3;
}

/** Median of the neighbours, each against its own usual before the measure, so that one that is missing moves nothing. */
function medianOf(
  neighbours: readonly DailyHistory[],
  of: DayValue,
  column: ColumnOf,
  before: number,
): Float64Array {
  const centred = neighbours.map((one) => {
    const values = column((day) => of(one, day));
    const usual = median(values.subarray(0, before));
    return values.map((value) => value - usual);
  });
  return column(() => 0).map((_, at) => {
    const known = centred.map((values) => values[at]!).filter((value) => !Number.isNaN(value));
    return known.length < NEIGHBOURS_MIN ? NaN : median(known);
  });
}

/**
 * The benchmark of every day, learned from the days `isLearned` marks. Days that stand out are left out of a second round.
 */
export function learnBenchmark(days: BenchmarkDays, isLearned: (at: number) => boolean): Benchmark {
  const first = fitted(days, isLearned).expectedV;
  const residuals = days.measuredV.map((value, at) => (isLearned(at) ? value - first[at]! : NaN));
  const leastV = OUTLIER_SIGMAS * robustSigma(residuals);
  return fitted(days, (at) => isLearned(at) && Math.abs(residuals[at]!) <= leastV);
}

function fitted(
  { days, measuredV, controlV, regressors }: BenchmarkDays,
  isLearned: (at: number) => boolean,
): Benchmark {
  const columns = controlV === null ? regressors : [controlV, ...regressors];
  const size = columns.length + 1;
  const isKnown = (at: number) =>
    !Number.isNaN(columns.reduce((sum, values) => sum + values[at]!, measuredV[at]!));
  const learned = Array.from({ length: days }, (_, at) => at).filter((at) => isLearned(at) && isKnown(at));
  const rows = new Float64Array(days * size).fill(1);
  columns.forEach((values, k) => {
    const scaled = scaleOf(learned.map((at) => values[at]!));
    for (let at = 0; at < days; at++) rows[at * size + k + 1] = scaled(values[at]!);
  });
  const gram = new Float64Array(size * size);
  const beta = new Float64Array(size);
  for (const at of learned) {
    const x = rows.subarray(at * size, (at + 1) * size);
    const y = measuredV[at]! - (controlV?.[at] ?? 0);
    for (let i = 0; i < size; i++) {
      beta[i]! += x[i]! * y;
      for (let j = 0; j <= i; j++) gram[i * size + j]! += x[i]! * x[j]!;
    }
  }
  for (let i = 1; i < size; i++) {
    gram[i * size + i]! += i === 1 && controlV !== null ? CONTROL_RIDGE_DAYS : RIDGE_DAYS;
  }
  choleskySolve(gram.slice(), beta, size);
  return {
    expectedV: Float64Array.from({ length: days }, (_, at) => {
      let volts = controlV?.[at] ?? 0;
      for (let k = 0; k < size; k++) volts += rows[at * size + k]! * beta[k]!;
      return volts;
    }),
    leverage: (weights) => {
      const x = new Float64Array(size);
      weights.forEach((weight, at) => {
        // A day without weight may be unknown.
        if (weight !== 0) for (let k = 0; k < size; k++) x[k]! += weight * rows[at * size + k]!;
      });
      const solved = x.slice();
      choleskySolve(gram.slice(), solved, size);
      return x.reduce((sum, value, k) => sum + value * solved[k]!, 0);
    },
  };
}

function scaleOf(values: readonly number[]): (value: number) => number {
  const mean = meanOf(values);
  const sd = spreadOf(values);
  return (value) => (sd > 0 ? (value - mean) / sd : 0 * value);
}

/** Standard deviation of what is known. */
function spreadOf(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(Float64Array.from(values, (value) => (value - mean) ** 2)));
}
