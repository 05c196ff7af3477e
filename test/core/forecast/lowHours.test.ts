import { describe, expect, it } from 'vitest';
import { emptyHistory } from '../../../server/core/forecast/history.ts';
import {
  gridLaw,
  LOW_HOURS_LAW,
  lowHoursOf,
  ownHoursFactor,
} from '../../../server/core/forecast/lowHours.ts';
import type { DailyHistory } from '../../../server/core/forecast/forecast.ts';

const LOW_V = 198;
const axis = { firstDay: 1_000, days: 400 };

/** Lowest hours 10 V under the limit to 10 V above it by turns, low for as many hours as `hoursOf` says. */
function history(hoursOf: (depthV: number) => number, days = axis.days): DailyHistory {
  const made = emptyHistory('T1', { firstDay: axis.firstDay, lastDay: axis.firstDay + axis.days + 100 });
  for (let d = 0; d < days; d++) {
    const depthV = 10 - (d % 21);
    made.columns.uaMinHourV[d] = LOW_V - depthV;
    made.columns.lowHours[d] = depthV > 0 ? hoursOf(depthV) : 0;
  }
  return made;
}

describe('the low hours of a low day', () => {
  it('are those of the peaks of the grid, not of all grids', () => {
    const short = gridLaw([{ history: history((v) => 1 + 0.25 * v), lowV: LOW_V }], axis);
    expect(short.atLimit).toBeCloseTo(1, 1);
    expect(short.perVolt).toBeCloseTo(0.25, 1);
    const long = gridLaw([{ history: history((v) => 2 + 0.9 * v), lowV: LOW_V }], axis);
    expect(lowHoursOf(10, long)).toBeGreaterThan(3 * lowHoursOf(10, short));
  });

  it('are as believed before where no day was low, or the store has counted none', () => {
    const high = history(() => 0, 0);
    for (const sample of [
      [],
      [{ history: high, lowV: LOW_V }],
      [{ history: history(() => 0), lowV: LOW_V }],
    ]) {
      expect(gridLaw(sample, axis)).toEqual(LOW_HOURS_LAW);
    }
    expect(ownHoursFactor(high, LOW_V, axis, LOW_HOURS_LAW)).toBe(1);
  });

  it('are a transformer’s own, the more the more of them were measured', () => {
    const law = { atLimit: 1, perVolt: 0.5 };
    const half = (days: number) =>
      ownHoursFactor(
        history((v) => Math.max(1, Math.round(lowHoursOf(v, law) / 2)), days),
        LOW_V,
        axis,
        law,
      );
    expect(half(400)).toBeLessThan(0.6);
    expect(half(21)).toBeGreaterThan(half(400));
    expect(half(21)).toBeLessThan(1);
  });

  it('know nothing of what came after the origin, and are 24 at most', () => {
    const made = history((v) => 1 + 0.25 * v);
    const after = history((v) => 1 + 0.25 * v);
    after.columns.uaMinHourV.fill(150, axis.days);
    after.columns.lowHours.fill(24, axis.days);
    expect(gridLaw([{ history: after, lowV: LOW_V }], axis)).toEqual(
      gridLaw([{ history: made, lowV: LOW_V }], axis),
    );
    expect(lowHoursOf(60, LOW_HOURS_LAW)).toBe(24);
  });
});
