import { describe, expect, it } from 'vitest';
import { baselineForecasts } from '../../../server/core/forecast/baselines.ts';
import { seasonOutcomes } from '../../../server/core/forecast/outcome.ts';
import { nearTermOfFeeder, prepareNearTerm } from '../../../server/core/forecast/nearTerm.ts';
import { forecastSeason } from '../../../server/core/forecast/readiness.ts';
import { lowLimitV } from '../../../server/core/forecast/supplyLimits.ts';
import { smallGrid } from './smallGrid.ts';

const { input } = smallGrid({ feeders: 2 });
const OWN = 'F1-T2';
const ownLimits = new Map([[OWN, { lowV: 209, highV: 240 }]]);
const stricter = { ...input, ownLimits };

describe('a limit of its own', () => {
  it('is in the place of the profile, whatever the nominal voltage', () => {
    expect(lowLimitV({ id: OWN, nominalV: 220 }, stricter)).toBe(209);
    expect(lowLimitV({ id: 'F1-T3', nominalV: 240 }, stricter)).toBeCloseTo(216, 9);
    expect(lowLimitV({ id: OWN, nominalV: 220 }, input)).toBeCloseTo(198, 9);
  });

  it('decides what was low, and leaves the others as they were', () => {
    const before = seasonOutcomes(input, input.season);
    const after = seasonOutcomes(stricter, input.season);
    expect(before.get(OWN)).toMatchObject({ low: false });
    expect(after.get(OWN)).toMatchObject({ low: true, minHourV: before.get(OWN)!.minHourV });
    const others = [...after].filter(([id]) => id !== OWN);
    expect(others).toEqual([...before].filter(([id]) => id !== OWN));
  });

  it('makes the season likelier to be low, not lower', () => {
    const at = input.transformers.findIndex(({ id }) => id === OWN);
    const before = forecastSeason(input).forecasts[at]!;
    const after = forecastSeason(stricter).forecasts[at]!;
    expect(before.pLow).toBeLessThan(0.5);
    expect(after.pLow).toBeGreaterThan(0.9);
    expect(after.status).toBe('at_risk');
    expect(after.expectedLowHours).toBeGreaterThan(before.expectedLowHours);
    expect(Math.abs(after.minHourV.p50 - before.minHourV.p50)).toBeLessThan(1);
  });

  it('is what baselines speak of, too', () => {
    const pLow = (of: typeof input, name: string): number =>
      baselineForecasts(of)
        .find((baseline) => baseline.name === name)!
        .predictions.get(OWN)!.pLow;
    for (const name of ['last-label', 'last-minimum', 'minimum-growth', 'logistic']) {
      expect(pLow(stricter, name)).toBeGreaterThan(pLow(input, name));
    }
  });

  it('holds for the next days', () => {
    const nearOf = (of: typeof input) =>
      nearTermOfFeeder(of, prepareNearTerm(of), 'F1').find((one) => one.transformerId === OWN)!;
    const weatherKnown = { season: { ...input.season, originDay: input.season.firstDay + 30 } };
    const before = nearOf({ ...input, ...weatherKnown }).days[0]!;
    const after = nearOf({ ...stricter, ...weatherKnown }).days[0]!;
    expect(after.pLow).toBeGreaterThan(before.pLow);
    expect(after.minHourV.p50).toBeCloseTo(before.minHourV.p50, 0);
  });
});
