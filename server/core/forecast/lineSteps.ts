import type { DailyHistory } from './forecast.ts';
import { takeOutSteps } from './levelSteps.ts';

/**
 * Work on the line behind a transformer (a heavier conductor, a new point that takes its end over) changes what the line
 * drops for an ampere, and nothing else: the line end rises, the outlet does not.
 */

/** Least change of volts per ampere that is told from chance, in hundredths of the natural logarithm. */
const STEP_MIN = 15;
/** A drop of less says nothing of the line, V. */
const DROP_MIN_V = 2;

/**
 * Volts to add to the line end on each day so that its line is the one of today; null where it always was, or no meter
 * measures it.
 *
 * @param from cell of the history that is day 0 of the run
 * @param currentA in the phase that the line end hangs on, by day of the run
 */
export function lineShiftV(
  { columns }: DailyHistory,
  from: number,
  days: number,
  currentA: (d: number) => number,
): Float32Array | null {
  const { uaMinHourV: a, ubMinHourV: b, ucMinHourV: c, tailMinHourV: tail } = columns;
  const dropV = (d: number): number => Math.min(a[d + from]!, b[d + from]!, c[d + from]!) - tail[d + from]!;
  const logOhm = new Float64Array(days);
  let measured = 0;
  for (let d = 0; d < days; d++) {
    logOhm[d] = dropV(d) >= DROP_MIN_V ? 100 * Math.log(dropV(d) / currentA(d)) : NaN;
    if (!Number.isNaN(logOhm[d]!)) measured++;
  }
  if (measured === 0) return null;
  const steps = takeOutSteps(logOhm, days, STEP_MIN, []);
  if (steps.length === 0) return null;
  const out = new Float32Array(days);
  for (let d = 0; d < days; d++) {
    let log = 0;
    for (const { day, stepV } of steps) if (d < day) log += stepV / 100;
    out[d] = dropV(d) > 0 ? dropV(d) * (1 - Math.exp(log)) : 0;
  }
  return out;
}
