import type { SeasonContext } from './context.ts';
import type { DailyHistory } from './forecast.ts';
import { worstMinHourV } from './history.ts';
import type { LowHoursLaw } from './parts.ts';
import { Ridge } from './ridge.ts';

/**
 * How long a low day is low. A day is told by its one lowest hour; how many hours lie under the limit with it hangs on the
 * shape of its peak, which a grid and a transformer keep: an evening of cooking is short and deep, a heated house is low
 * all night.
 */

/** Of a grid of which nothing is known: hours of a day at the limit, and more for each volt of depth (M). */
export const LOW_HOURS_LAW: Readonly<LowHoursLaw> = Object.freeze({ atLimit: 1.2, perVolt: 0.5 });
const LAW_PRIOR = {
  mean: Float64Array.of(LOW_HOURS_LAW.atLimit, LOW_HOURS_LAW.perVolt),
  sd: Float64Array.of(0.5, 0.25),
};
/** Scatter of the hours of a day about the law; low days of a week have one cause. */
const HOURS_SD = 1.5;
const DAYS_PER_OBSERVATION = 4;
/** With as many low hours measured as this, what a transformer does itself has half a say. */
const OWN_HOURS_HALF = 20;
const HOURS_OF_DAY = 24;

/** The days of history that may be known. */
type Axis = Pick<SeasonContext, 'firstDay' | 'days'>;

/** Hours of a day whose lowest hour is so far under the limit. */
export function lowHoursOf(depthV: number, { atLimit, perVolt }: LowHoursLaw): number {
  return Math.min(HOURS_OF_DAY, atLimit + perVolt * depthV);
}

/** The law of a grid, from the low days of a sample; each with its lower limit, V. */
export function gridLaw(
  sample: readonly { history: DailyHistory; lowV: number }[],
  context: Axis,
): LowHoursLaw {
  const ridge = new Ridge(2);
  const row = Float64Array.of(1, 0);
  for (const { history, lowV } of sample) {
    eachLowDay(history, lowV, context, (depthV, hours) => {
      row[1] = depthV;
      ridge.add(row, 0, hours, 1);
    });
  }
  const law = new Float64Array(2);
  ridge.solve(LAW_PRIOR, HOURS_SD, DAYS_PER_OBSERVATION, law);
  const [atLimit, perVolt] = law;
  return { atLimit: Math.max(1, atLimit!), perVolt: Math.max(0, perVolt!) };
}

/** Low hours of this transformer, as many times those of the law, from its own low days before the origin. */
export function ownHoursFactor(history: DailyHistory, lowV: number, context: Axis, law: LowHoursLaw): number {
  let measured = OWN_HOURS_HALF;
  let expected = OWN_HOURS_HALF;
  eachLowDay(history, lowV, context, (depthV, hours) => {
    measured += hours;
    expected += lowHoursOf(depthV, law);
  });
  return measured / expected;
}

function eachLowDay(
  history: DailyHistory,
  lowV: number,
  { firstDay, days }: Axis,
  take: (depthV: number, hours: number) => void,
): void {
  const { lowHours } = history.columns;
  for (let d = 0; d < days; d++) {
    const at = d + firstDay - history.firstDay;
    const depthV = lowV - worstMinHourV(history, at);
    // A store that counted by another limit may have none.
    if (depthV > 0 && lowHours[at]! >= 1) take(depthV, lowHours[at]!);
  }
}
