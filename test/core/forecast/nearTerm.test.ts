import { describe, expect, it } from 'vitest';
import type { ForecastInput } from '../../../server/core/forecast/forecast.ts';
import { worstMinHourV } from '../../../server/core/forecast/history.ts';
import { nearTermOfFeeder, prepareNearTerm } from '../../../server/core/forecast/nearTerm.ts';
import { smallGrid } from './smallGrid.ts';

const { input } = smallGrid({ years: 2.5 });
const JULY_20 = input.season.firstDay + 35;

function tonight(originDay: number, changes: Partial<ForecastInput> = {}) {
  const at: ForecastInput = { ...input, season: { ...input.season, originDay }, ...changes };
  return nearTermOfFeeder(at, prepareNearTerm(at), 'F0');
}

/** The weather with the days after one so much warmer. */
function warmerAfter(day: number, addedK: number): ForecastInput['weather'] {
  return new Map(
    [...input.weather].map(([id, station]) => {
      const warmer = (values: Float32Array): Float32Array =>
        values.map((value, d) => (station.firstDay + d > day ? value + addedK : value));
      const { meanC, maxC, minC } = station;
      return [id, { ...station, meanC: warmer(meanC), maxC: warmer(maxC), minC: warmer(minC) }];
    }),
  );
}

describe('the next three days', () => {
  it('come out as said', () => {
    const errors: number[] = [];
    for (let originDay = JULY_20; originDay < JULY_20 + 20; originDay += 5) {
      for (const { transformerId, days } of tonight(originDay)) {
        const history = input.histories.get(transformerId)!;
        expect(days.map(({ day }) => day)).toEqual([originDay + 1, originDay + 2, originDay + 3]);
        for (const { day, minHourV } of days) {
          errors.push(worstMinHourV(history, day - history.firstDay) - minHourV.p50);
        }
      }
    }
    const rmseV = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
    expect(rmseV).toBeLessThan(2);
  });

  it('are lower when heat is forecast', () => {
    const usual = tonight(JULY_20, { weather: warmerAfter(JULY_20, -4) });
    const hot = tonight(JULY_20, { weather: warmerAfter(JULY_20, 3) });
    usual.forEach(({ days }, i) => {
      expect(hot[i]!.days[2]!.minHourV.p50).toBeLessThan(days[2]!.minHourV.p50);
      expect(hot[i]!.days[2]!.pLow).toBeGreaterThanOrEqual(days[2]!.pLow);
    });
  });

  it('are unknown without a weather forecast, or without recent measurements', () => {
    const known = [...input.weather].map(
      ([id, station]) => [id, { ...station, days: JULY_20 - station.firstDay + 1 }] as const,
    );
    const cut = known.map(([id, station]) => {
      const until = (values: Float32Array): Float32Array => values.slice(0, station.days);
      const { meanC, maxC, minC } = station;
      return [id, { ...station, meanC: until(meanC), maxC: until(maxC), minC: until(minC) }] as const;
    });
    expect(tonight(JULY_20, { weather: new Map(cut) })[0]!.unknownReason).toBe('no-weather');
    const silent = tonight(input.season.lastDay + 30);
    expect(silent.every(({ days }) => days.length === 0)).toBe(true);
  });
});
