import type { SeasonContext } from './context.ts';
import type { DailyHistory } from './forecast.ts';
import { takeOutSteps } from './levelSteps.ts';

/**
 * How the phases share the load of a transformer now, and how it differed on each day before: customers moved to another
 * phase leave no trace in any register, but in the currents. Channel numbers are those of the voltage model; the line end
 * hangs on the most loaded phase.
 */

type Shares = readonly [number, number, number];

const THIRD = 1 / 3;
/** Shares are those of the days of highest load, this share of them. */
const PEAK_DAYS_SHARE = 0.1;
/** Customers moved between phases: at least this share of the whole load. Less is weather and chance, % of the load. */
const STEP_MIN_PCT = 4;

export class PhaseShares {
  /** Sums to 1. */
  readonly now: Shares;
  /** By phase and day: added to the share of the day to bring it to how it is now. Null: never another. */
  readonly #shift: readonly (Float64Array | null)[];

  constructor(now: Shares, shift: readonly (Float64Array | null)[]) {
    this.now = now;
    this.#shift = shift;
  }

  /** What of the load flows in the phase of a channel now. */
  of(channel: number): number {
    return this.now[channel] ?? Math.max(...this.now);
  }

  /** What of the load flowed there on a day, as a rule. */
  on(channel: number, d: number): number {
    if (channel < 3) return this.now[channel]! - this.shift(channel, d);
    return Math.max(this.on(0, d), this.on(1, d), this.on(2, d));
  }

  /** Added to the share that a channel had on that day. */
  shift(channel: number, d: number): number {
    if (channel < 3) return this.#shift[channel]?.[d] ?? 0;
    return this.of(channel) - this.on(channel, d);
  }
}

/** Thirds: what is known where currents are not measured. */
export const EVEN_SHARES = new PhaseShares([THIRD, THIRD, THIRD], [null, null, null]);

/** From the highest hours of the currents; `logLoad` is the log of their sum by day, NaN where not measured. */
export function phaseShares(
  history: DailyHistory,
  context: SeasonContext,
  logLoad: Float64Array,
): PhaseShares {
  const { iaMaxHourA, ibMaxHourA, icMaxHourA } = history.columns;
  const phases = [iaMaxHourA, ibMaxHourA, icMaxHourA];
  const { days } = context;
  const from = context.firstDay - history.firstDay;
  const pct = new Float64Array(days);
  const sumA = new Float64Array(days).fill(NaN);
  for (let d = 0; d < days; d++) {
    if (!Number.isNaN(logLoad[d]!))
      sumA[d] = iaMaxHourA[d + from]! + ibMaxHourA[d + from]! + icMaxHourA[d + from]!;
  }
  const shift = phases.map((column) => {
    for (let d = 0; d < days; d++) pct[d] = (100 * column[d + from]!) / sumA[d]!;
    takeOutLoad(pct, logLoad);
    const steps = takeOutSteps(pct, days, STEP_MIN_PCT, []);
    if (steps.length === 0) return null;
    const added = new Float64Array(days);
    for (const { day, stepV: stepPct } of steps) for (let d = 0; d < day; d++) added[d]! += stepPct / 100;
    return added;
  });
  const sorted = logLoad.filter((value) => !Number.isNaN(value)).sort();
  const high = sorted[Math.floor(sorted.length * (1 - PEAK_DAYS_SHARE))] ?? Infinity;
  const sums = [0, 0, 0];
  for (let d = 0; d < days; d++) {
    if (!(logLoad[d]! >= high)) continue;
    const shares = phases.map((column, c) => column[d + from]! + (shift[c]?.[d] ?? 0) * sumA[d]!);
    if (shares.some(Number.isNaN)) continue;
    shares.forEach((value, c) => (sums[c]! += Math.max(0, value)));
  }
  const total = sums[0]! + sums[1]! + sums[2]!;
  if (!(total > 0)) return EVEN_SHARES;
  return new PhaseShares([sums[0]! / total, sums[1]! / total, sums[2]! / total], shift);
}

/** The more homes are in use, the more alike are the phases: that is the season's doing, and no step. */
function takeOutLoad(pct: Float64Array, logLoad: Float64Array): void {
  let [count, meanX, meanY] = [0, 0, 0];
  for (let d = 0; d < pct.length; d++) {
    if (Number.isNaN(pct[d]!)) continue;
    count++;
    meanX += logLoad[d]!;
    meanY += pct[d]!;
  }
  meanX /= count;
  meanY /= count;
  let [product, square] = [0, 1e-9];
  for (let d = 0; d < pct.length; d++) {
    if (Number.isNaN(pct[d]!)) continue;
    product += (logLoad[d]! - meanX) * (pct[d]! - meanY);
    square += (logLoad[d]! - meanX) ** 2;
  }
  for (let d = 0; d < pct.length; d++) pct[d]! -= (product / square) * (logLoad[d]! - meanX);
}
