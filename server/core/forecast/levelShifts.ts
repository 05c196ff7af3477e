import type { Transformer } from '../grid.ts';
import type { LevelBreak } from './breaks.ts';
import type { DailyHistory } from './forecast.ts';
import { nameplateVPerA, tapV } from './nameplate.ts';
import { median, robustSigma } from './statistics.ts';

/**
 * Shifts of level that nobody wrote down: a tap that was moved, a transformer that hangs on another feeder now. Looked for
 * in the daily lowest hour, corrected for the load of the transformer and for what its feeder did that day, so that
 * neither a hot week nor a bus voltage that was raised for all is one transformer's break.
 */

/** Days compared on each side, and those of them that must be measured. */
const SIDE_DAYS = 28;
const SIDE_DAYS_MIN = 14;
/** A drift over two months is not a shift: most of it must lie within a week. */
const SHORT_DAYS = 7;
const SHORT_SHARE_MIN = 0.6;
/** The least days of both sides must lie within this: across a longer gap more than the level has changed. */
const SPAN_DAYS_MAX = 90;
/** Of a tap step (2.5 % is 5.5 V), and of the noise of the days themselves. */
const STEP_SHARE_MIN = 0.6;
const NOISE_SIGMAS_MIN = 1.5;
/** A tap moves all phases; each must have moved by this share of the mean. */
const PHASE_SHARE_MIN = 0.4;
/** A feeder's day is known from so many other transformers at least. */
const NEIGHBOURS_MIN = 3;
/** Days between the two of a difference: the same weekday. */
const LAG_DAYS = 7;
/** Weight of "as the feeder does, as the nameplate says" in the two slopes, in days of data. */
const PRIOR_DAYS = 30;
const OUTLIER_SIGMAS = 3;

const PHASES = [
  { minV: 'uaMinHourV', maxA: 'iaMaxHourA' },
  { minV: 'ubMinHourV', maxA: 'ibMaxHourA' },
  { minV: 'ucMinHourV', maxA: 'icMaxHourA' },
] as const;

/** Voltage and current of one phase, or of their mean, by day from the first day of the feeder. */
interface Level {
  volts: Float64Array;
  amperes: Float64Array;
}

interface Slopes {
  /** Of the feeder's median, and of own load, Ω. */
  feeder: number;
  load: number;
}

/**
 * Unrecorded shifts of the transformers of one feeder. Days after `lastDay` are not read. Nothing is found within
 * {@link SIDE_DAYS_MIN} measured days of either end, nor on feeders with fewer than four measured transformers.
 */
export function levelShifts(
  histories: readonly DailyHistory[],
  transformers: ReadonlyMap<string, Transformer>,
  lastDay: number,
): LevelBreak[] {
  const firstDay = histories.reduce((first, history) => Math.min(first, history.firstDay), lastDay + 1);
  const days = lastDay - firstDay + 1;
  const levels = histories.map((history) => meanLevel(history, firstDay, days));
  const centred = levels.map(({ volts }) => {
    const centreV = median(volts);
    return volts.map((value) => value - centreV);
  });
  const daily = dailyLevels(centred, days);
  return histories.flatMap((history, index) => {
    const transformer = transformers.get(history.transformerId);
    if (transformer === undefined) return [];
    const feederV = medianOfOthers(daily, centred[index]!);
    const level = levels[index]!;
    const slopes = slopesOf(level, feederV, nameplateVPerA(transformer));
    const corrected = correct(level, feederV, slopes);
    const known = Int32Array.from(corrected.keys()).filter((day) => !Number.isNaN(corrected[day]!));
    const packed = Float64Array.from(known, (day) => corrected[day]!);
    const noiseV = robustSigma(differences(packed, 1)) / Math.SQRT2;
    const leastV = Math.max(STEP_SHARE_MIN * tapV(transformer, 1), NOISE_SIGMAS_MIN * noiseV);
    return shiftsAt(packed, known, leastV)
      .map((at) => ({ day: known[at]!, at, shiftV: sideShift(packed, at, SIDE_DAYS) }))
      .filter(({ at, shiftV }) =>
        PHASES.every((phase) => {
          const phaseV = correct(phaseLevel(history, phase, firstDay, days), feederV, slopes);
          const moved = sideShift(
            Float64Array.from(known, (day) => phaseV[day]!),
            at,
            SIDE_DAYS,
          );
          // A phase that nobody measures says nothing.
          return !(moved * Math.sign(shiftV) < PHASE_SHARE_MIN * Math.abs(shiftV));
        }),
      )
      .map(({ day, shiftV }) => ({
        transformerId: history.transformerId,
        day: firstDay + day,
        kind: 'level' as const,
        shiftV,
      }));
  });
}

function phaseLevel(
  { columns, firstDay: ownFirst, days: ownDays }: DailyHistory,
  { minV, maxA }: (typeof PHASES)[number],
  firstDay: number,
  days: number,
): Level {
  const take = (column: Float32Array): Float64Array => {
    const taken = new Float64Array(days).fill(NaN);
    const shift = ownFirst - firstDay;
    taken.set(column.subarray(0, Math.max(0, Math.min(ownDays, days - shift))), shift);
    return taken;
  };
  return { volts: take(columns[minV]), amperes: take(columns[maxA]) };
}

function meanLevel(history: DailyHistory, firstDay: number, days: number): Level {
  const phases = PHASES.map((phase) => phaseLevel(history, phase, firstDay, days));
  const mean = (of: keyof Level) => {
    const sum = new Float64Array(days);
    const count = new Uint8Array(days);
    for (const phase of phases) {
      phase[of].forEach((value, day) => {
        if (Number.isNaN(value)) return;
        sum[day]! += value;
        count[day]! += 1;
      });
    }
    return sum.map((value, day) => value / count[day]!);
  };
  return { volts: mean('volts'), amperes: mean('amperes') };
}

/** Levels of all transformers of a feeder, ascending, day by day. */
function dailyLevels(centred: readonly Float64Array[], days: number): Float64Array[] {
  return Array.from({ length: days }, (_, day) =>
    Float64Array.from(centred.map((volts) => volts[day]!).filter((value) => !Number.isNaN(value))).sort(),
  );
}

/** Median of the others, without sorting again; NaN on days when too few of them are measured. */
function medianOfOthers(levels: readonly Float64Array[], own: Float64Array): Float64Array {
  return Float64Array.from(levels, (all, day) => {
    const value = own[day]!;
    const others = Number.isNaN(value) ? all.length : all.length - 1;
    if (others < NEIGHBOURS_MIN) return NaN;
    const ranked = (rank: number) =>
      Number.isNaN(value) || all[rank]! < value ? all[rank]! : all[rank + 1]!;
    return (ranked((others - 1) >> 1) + ranked(others >> 1)) / 2;
  });
}

/** How the level follows its feeder and its own load, from differences, which a shift hardly touches. */
function slopesOf({ volts, amperes }: Level, feederV: Float64Array, ohm: number): Slopes {
  const dV = differences(volts, LAG_DAYS);
  const dFeederV = differences(feederV, LAG_DAYS);
  const dA = differences(amperes, LAG_DAYS);
  const left = dV.map((value, at) => value - dFeederV[at]! + ohm * orZero(dA[at]!));
  const sigmaV = robustSigma(left);
  // Normal equations of what is left after feeder 1 and load `ohm`, so that the prior is zero.
  let ff = 0;
  let fl = 0;
  let ll = 0;
  let fy = 0;
  let ly = 0;
  let rows = 0;
  left.forEach((y, at) => {
    if (!(Math.abs(y) <= OUTLIER_SIGMAS * sigmaV)) return;
    const f = dFeederV[at]!;
    const l = -orZero(dA[at]!);
    ff += f * f;
    fl += f * l;
    ll += l * l;
    fy += f * y;
    ly += l * y;
    rows += 1;
  });
  const pull = PRIOR_DAYS / Math.max(1, rows);
  ff *= 1 + pull;
  ll *= 1 + pull;
  const determinant = ff * ll - fl * fl;
  if (!(determinant > 1e-9 * ff * ll)) return { feeder: 1, load: ohm };
  return {
    feeder: 1 + (fy * ll - ly * fl) / determinant,
    load: Math.max(0, ohm + (ly * ff - fy * fl) / determinant),
  };
}

function correct({ volts, amperes }: Level, feederV: Float64Array, { feeder, load }: Slopes): Float64Array {
  return volts.map((value, day) => value - feeder * feederV[day]! + load * orZero(amperes[day]!));
}

/** Where nobody measures currents, the level is not corrected for them. */
function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

function differences(values: Float64Array, lag: number): Float64Array {
  return values.slice(lag).map((value, at) => value - values[at]!);
}

/** Where new levels begin, in measured days; `known` says which day each is. */
function shiftsAt(packed: Float64Array, known: Int32Array, leastV: number): number[] {
  const found: number[] = [];
  const byMean = meanShifts(packed);
  for (let near = 0; near < packed.length; near++) {
    // Means are cheap and see all; medians judge the peaks among them.
    if (!(Math.abs(byMean[near]!) >= STEP_SHARE_MIN * leastV) || !isPeak(byMean, near)) continue;
    const at = splitAt(packed, near);
    const shiftV = sideShift(packed, at, SIDE_DAYS);
    const shortV = sideShift(packed, at, SHORT_DAYS);
    const isSharp = shortV * Math.sign(shiftV) >= SHORT_SHARE_MIN * Math.abs(shiftV);
    if (!(Math.abs(shiftV) >= leastV && isSharp)) continue;
    if (known[at + SIDE_DAYS_MIN - 1]! - known[at - SIDE_DAYS_MIN]! > SPAN_DAYS_MAX) continue;
    if (at - (found.at(-1) ?? -Infinity) >= SIDE_DAYS_MIN) found.push(at);
  }
  return found;
}

/** Mean after less mean before, by running sums; NaN near the ends. */
function meanShifts(values: Float64Array): Float64Array {
  const sum = new Float64Array(values.length + 1);
  values.forEach((value, at) => {
    sum[at + 1] = sum[at]! + value;
  });
  return Float64Array.from(values, (_, at) => {
    const from = Math.max(0, at - SIDE_DAYS);
    const to = Math.min(values.length, at + SIDE_DAYS);
    if (at - from < SIDE_DAYS_MIN || to - at < SIDE_DAYS_MIN) return NaN;
    return (sum[to]! - sum[at]!) / (to - at) - (sum[at]! - sum[from]!) / (at - from);
  });
}

function isPeak(shifts: Float64Array, at: number): boolean {
  const own = Math.abs(shifts[at]!);
  for (let near = Math.max(0, at - SIDE_DAYS_MIN); near <= at + SIDE_DAYS_MIN; near++) {
    const other = Math.abs(shifts[near] ?? NaN);
    if (other > own || (other === own && near < at)) return false;
  }
  return true;
}

/** What parts the two levels best, by absolute deviations from their medians. */
function splitAt(values: Float64Array, near: number): number {
  const from = Math.max(0, near - SIDE_DAYS);
  const to = Math.min(values.length, near + SIDE_DAYS);
  let best = near;
  let least = Infinity;
  for (let at = near - SHORT_DAYS; at <= near + SHORT_DAYS; at++) {
    if (at < SIDE_DAYS_MIN || values.length - at < SIDE_DAYS_MIN) continue;
    const cost = deviation(values.subarray(from, at)) + deviation(values.subarray(at, to));
    if (cost < least) {
      least = cost;
      best = at;
    }
  }
  return best;
}

function deviation(values: Float64Array): number {
  const centre = median(values);
  return values.reduce((sum, value) => sum + Math.abs(value - centre), 0);
}

function sideShift(values: Float64Array, at: number, sideDays: number): number {
  return median(values.subarray(at, at + sideDays)) - median(values.subarray(Math.max(0, at - sideDays), at));
}
