import type { DailyHistory } from '../../server/core/forecast/forecast.ts';
import { meanOf, robustSigma } from '../../server/core/forecast/statistics.ts';
import { DAY_MS, HOUR_MS, type ZoneOffset } from '../../server/core/localTime.ts';
import type { SampledSeries } from '../../server/ports.ts';
import { bandAround, raised, type Band } from './predictionErrors.ts';

/** Voltage and current of the phases of one transformer by equal steps, and the simple rules that a model must beat. */

export const PHASES = 3;
const WHOLE_DAY_HOURS = 18;
/** Where the step is not measured, persistence takes the last one before it at the same hour, of so many days. */
const OLDER_DAYS_MAX = 14;
/** A band is made of so many errors at least. */
const ERRORS_MIN = 10;
const OUTLIER_SIGMAS = 3;
const OUTLIER_MIN_V = 5;

export interface PhaseSeries {
  /** Steps in a day: 1 or 24. Steps are numbered since 1970, local time. */
  perDay: number;
  first: number;
  last: number;
  /** By phase; NaN where not measured. Of a day: lowest and highest hour. */
  voltageV: readonly Float32Array[];
  currentA: readonly Float32Array[];
}

/** Days from the first to the last that has a voltage. What is left of a broken day is not its lowest hour. */
export function daysOf({ columns, firstDay }: DailyHistory): PhaseSeries {
  const { uaMinHourV: a, validHours } = columns;
  const first = a.findIndex((value) => !Number.isNaN(value));
  const last = a.findLastIndex((value) => !Number.isNaN(value));
  const cut = (column: Float32Array): Float32Array =>
    column
      .subarray(first, last + 1)
      .map((value, d) => (validHours[first + d]! >= WHOLE_DAY_HOURS ? value : NaN));
  return {
    perDay: 1,
    first: firstDay + first,
    last: firstDay + last,
    voltageV: [columns.uaMinHourV, columns.ubMinHourV, columns.ucMinHourV].map(cut),
    currentA: [columns.iaMaxHourA, columns.ibMaxHourA, columns.icMaxHourA].map(cut),
  };
}

/** Hours of the same days out of the store. */
export function hoursOf(series: SampledSeries, days: PhaseSeries, offset: ZoneOffset): PhaseSeries {
  const perDay = DAY_MS / HOUR_MS;
  const first = days.first * perDay;
  const last = (days.last + 1) * perDay - 1;
  const spread = (values: Float64Array): Float32Array => {
    const column = new Float32Array(last - first + 1).fill(NaN);
    series.tsMs.forEach((tsMs, i) => {
      const at = Math.floor((tsMs + offset(tsMs)) / HOUR_MS) - first;
      if (at >= 0 && at < column.length) column[at] = values[i]!;
    });
    return column;
  };
  return {
    perDay,
    first,
    last,
    voltageV: [series.uaV, series.ubV, series.ucV].map(spread),
    currentA: [series.iaA, series.ibA, series.icA].map(spread),
  };
}

/** Days of these that are whole. */
export function wholeDays({ first, voltageV }: PhaseSeries, fromDay: number, toDay: number): number {
  return voltageV[0]!.subarray(fromDay - first, toDay - first + 1).filter((v) => !Number.isNaN(v)).length;
}

export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Voltage as a straight line of the own current, with the band of the errors that it made where it was fitted. */
interface Line {
  atV: (currentA: number) => number;
  errors: Band;
}

type Pair = readonly [currentA: number, voltageV: number];

/** What persists: the voltage itself, or what it is above the line. */
type Persisting = 'voltage' | 'level';

/** What each rule says of a phase, knowing the steps up to `origin`. Bands are of the errors that it made up to there. */
export class Rules {
  readonly #series: PhaseSeries;
  readonly #origin: number;
  readonly #lines: readonly Line[];
  readonly #means: readonly Band[];
  readonly #errors = new Map<string, Band>();

  constructor(series: PhaseSeries, origin: number) {
    this.#series = series;
    this.#origin = origin;
    this.#lines = Array.from({ length: PHASES }, (_, c) => this.#fitLine(c));
    this.#means = series.voltageV.map((column) => {
      const past = column.subarray(0, origin - series.first + 1);
      const meanV = meanOf(past);
      return raised(errorBand(past.map((v) => v - meanV)), meanV);
    });
  }

  /** Least squares of voltage on current, without what lies far off. */
  line(c: number, step: number): Band {
    const { atV, errors } = this.#lines[c]!;
    return raised(errors, atV(this.#currentA(c, step)));
  }

  mean(c: number): Band {
    return this.#means[c]!;
  }

  /** The voltage so many steps before, or the last one measured before that. */
  persistence(c: number, step: number, lag: number): Band {
    return this.#persisting('voltage', c, step, lag);
  }

  /** The same, moved along the line by what the current changed. */
  movedPersistence(c: number, step: number, lag: number): Band {
    return this.#persisting('level', c, step, lag);
  }

  #fitLine(c: number): Line {
    const { voltageV, currentA, first } = this.#series;
    const pairs: Pair[] = [];
    for (let i = 0; i <= this.#origin - first; i++) {
      const [a, v] = [currentA[c]![i]!, voltageV[c]![i]!];
      if (!Number.isNaN(a + v)) pairs.push([a, v]);
    }
    const errorsOf = (atV: Line['atV']): Float64Array => Float64Array.from(pairs, ([a, v]) => v - atV(a));
    const errorsV = errorsOf(leastSquares(pairs));
    const limitV = Math.max(OUTLIER_MIN_V, OUTLIER_SIGMAS * robustSigma(errorsV));
    // A phase that broke down is no point of a line.
    const atV = leastSquares(pairs.filter((_, i) => Math.abs(errorsV[i]!) <= limitV));
    return { atV, errors: errorBand(errorsOf(atV)) };
  }

  #persisting(what: Persisting, c: number, step: number, lag: number): Band {
    const key = `${what}/${c}/${lag}`;
    let errors = this.#errors.get(key);
    if (errors === undefined) this.#errors.set(key, (errors = errorBand(this.#pastErrors(what, c, lag))));
    const addedV = what === 'level' ? this.#lines[c]!.atV(this.#currentA(c, step)) : 0;
    return raised(errors, this.#lastKnown(what, c, step - lag) + addedV);
  }

  #pastErrors(what: Persisting, c: number, lag: number): number[] {
    const found: number[] = [];
    for (let step = this.#series.first + lag; step <= this.#origin; step++) {
      found.push(this.#value(what, c, step) - this.#lastKnown(what, c, step - lag));
    }
    return found;
  }

  #lastKnown(what: Persisting, c: number, step: number): number {
    for (let older = 0; older <= OLDER_DAYS_MAX; older++) {
      const known = this.#value(what, c, step - older * this.#series.perDay);
      if (!Number.isNaN(known)) return known;
    }
    return NaN;
  }

  #value(what: Persisting, c: number, step: number): number {
    const voltageV = this.#series.voltageV[c]![step - this.#series.first] ?? NaN;
    return what === 'voltage' ? voltageV : voltageV - this.#lines[c]!.atV(this.#currentA(c, step));
  }

  #currentA(c: number, step: number): number {
    return this.#series.currentA[c]![step - this.#series.first] ?? NaN;
  }
}

function leastSquares(pairs: readonly Pair[]): Line['atV'] {
  const meanA = meanOf(pairs.map(([a]) => a));
  const meanV = meanOf(pairs.map(([, v]) => v));
  let moment = 0;
  let square = 0;
  for (const [a, v] of pairs) {
    moment += (a - meanA) * (v - meanV);
    square += (a - meanA) ** 2;
  }
  const slope = square > 0 ? moment / square : 0;
  return (currentA) => meanV + slope * (currentA - meanA);
}

/** A rule says its own value in the middle; NaN among the errors is not known. */
function errorBand(errorsV: ArrayLike<number>): Band {
  const known = Array.from(errorsV).filter((error) => !Number.isNaN(error));
  if (known.length < ERRORS_MIN) return { p05: NaN, p50: 0, p95: NaN };
  return { ...bandAround(0, known), p50: 0 };
}
