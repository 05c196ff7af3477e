import { describe, expect, it } from 'vitest';
import { NO_CHANGE, type DailyHistory, type ForecastInput } from '../../../server/core/forecast/forecast.ts';
import { seasonOutcome } from '../../../server/core/forecast/outcome.ts';
import {
  backtestSeason,
  feederIds,
  finishForecast,
  forecastAlternatives,
  forecastFeeder,
  forecastSeason,
  inputOfFeeders,
  prepareForecast,
} from '../../../server/core/forecast/readiness.ts';
import { seasonOf } from '../../../server/core/forecast/season.ts';
import { smallGrid } from './smallGrid.ts';

const { input, slopes } = smallGrid();
const whole = forecastSeason(input);
const outcomes = input.transformers.map(({ id }) =>
  seasonOutcome(id, input.histories.get(id), input.season, {
    lowV: 198,
    coverageMinPct: 60,
    breakDays: [],
  }),
);

/** The same input with other numbers after the day. */
function changedAfter({ histories, weather, ...rest }: ForecastInput, day: number): ForecastInput {
  const changed = (firstDay: number, values: Float32Array): Float32Array =>
    values.map((value, d) => (firstDay + d > day ? value * 0.5 + 7 : value));
  return {
    ...rest,
    histories: new Map(
      [...histories].map(([id, history]): [string, DailyHistory] => {
        const columns = Object.fromEntries(
          Object.entries(history.columns).map(([name, values]) => [name, changed(history.firstDay, values)]),
        );
        return [id, { ...history, columns: columns as DailyHistory['columns'] }];
      }),
    ),
    weather: new Map(
      [...weather].map(([id, station]) => [
        id,
        {
          ...station,
          meanC: changed(station.firstDay, station.meanC),
          maxC: changed(station.firstDay, station.maxC),
          minC: changed(station.firstDay, station.minC),
        },
      ]),
    ),
  };
}

describe('a season', () => {
  it('is forecast for every transformer, in order', () => {
    expect(whole.forecasts.map((f) => f.transformerId)).toEqual(input.transformers.map((t) => t.id));
    expect(whole.forecasts.every((f) => f.status !== 'unknown' && f.fan !== null)).toBe(true);
  });

  it('has its lowest hour where it comes to be', () => {
    const errors = whole.forecasts.map((f, i) => f.minHourV.p50 - outcomes[i]!.minHourV);
    const meanV = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const rmseV = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
    expect(Math.abs(meanV)).toBeLessThan(2);
    expect(rmseV).toBeLessThan(3);
  });

  it('ranks those that go low before those that do not', () => {
    const isLow = outcomes.map((o) => o.low === true);
    expect(isLow.filter(Boolean).length).toBeGreaterThan(2);
    let right = 0;
    let pairs = 0;
    for (let i = 0; i < isLow.length; i++) {
      for (let j = 0; j < isLow.length; j++) {
        if (!isLow[i] || isLow[j]) continue;
        pairs++;
        if (whole.forecasts[i]!.pLow > whole.forecasts[j]!.pLow) right++;
      }
    }
    expect(right / pairs).toBeGreaterThan(0.9);
  });

  it('finds slopes between nameplate and truth', () => {
    const errors = whole.forecasts.map((f) =>
      Math.abs(f.physics!.slopeVPerA[0] / slopes.get(f.transformerId)! - 1),
    );
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.25);
  });

  it('tells a load of few weeks of it, beside a load that is always there and one of another season', () => {
    const [first, second, third] = input.transformers.map(({ id }) => id);
    const ratioOf = (factor: number, id: string, from: string, to: string): number => {
      const { columns, ...history } = input.histories.get(id)!;
      const pumped = (values: Float32Array): Float32Array =>
        values.map((value, d) => {
          const date = new Date((history.firstDay + d) * 86_400_000).toISOString().slice(5, 10);
          return date >= from && date <= to ? factor * value : value;
        });
      const loads = (['iaMaxHourA', 'ibMaxHourA', 'icMaxHourA', 'pMaxHourKw'] as const).map((name) => [
        name,
        pumped(columns[name]),
      ]);
      const changed = { ...history, columns: { ...columns, ...Object.fromEntries(loads) } };
      const histories = new Map(input.histories).set(id, changed as DailyHistory);
      const part = inputOfFeeders({ ...input, histories }, new Set([input.transformers[0]!.feederId]));
      return forecastSeason(part).forecasts.find((f) => f.transformerId === id)!.physics!.seasonalLoadRatio;
    };
    const before = (id: string): number =>
      whole.forecasts.find((f) => f.transformerId === id)!.physics!.seasonalLoadRatio;
    expect(before(first!)).toBeGreaterThan(1);
    expect(before(first!)).toBeLessThan(2);
    expect(ratioOf(2.5, first!, '07-10', '07-30')).toBeGreaterThan(2);
    expect(ratioOf(2.5, second!, '01-01', '12-31')).toBeCloseTo(before(second!), 4);
    expect(ratioOf(2.5, third!, '04-01', '04-30')).toBe(before(third!));
  });

  it('is the same again, and split between threads in any order', () => {
    const priors = structuredClone(prepareForecast(input));
    const feeders = feederIds(input)
      .toReversed()
      .map((id) => structuredClone(forecastFeeder(inputOfFeeders(input, new Set([id])), priors, id)));
    expect(finishForecast(input, priors, feeders.toReversed())).toEqual(whole);
  });

  it('knows nothing of what comes after its origin', () => {
    expect(forecastSeason(changedAfter(input, input.season.originDay))).toEqual(whole);
  });
});

describe('the weather of single years', () => {
  const low = whole.forecasts.filter((f) => f.weatherYears !== undefined);

  it('has on the mean what is expected, and only years that were known', () => {
    expect(low.length).toBeGreaterThan(2);
    for (const { expectedLowHours, weatherYears } of low) {
      const mean = weatherYears!.reduce((sum, { lowHours }) => sum + lowHours, 0) / weatherYears!.length;
      expect(mean).toBeCloseTo(expectedLowHours, 4);
      expect(weatherYears!.map(({ year }) => year)).toEqual([2025, 2024, 2023, 2022, 2021, 2020, 2019]);
    }
  });

  it('is hardest in the hottest of them', () => {
    const [station] = [...input.weather.values()];
    const heat = (year: number): number => {
      const { firstDay, lastDay } = seasonOf('summer', year);
      const [from, to] = [firstDay - station!.firstDay, lastDay + 1 - station!.firstDay];
      return Math.max(...station!.meanC.subarray(from, to));
    };
    const hours = new Map<number, number>();
    for (const { weatherYears } of low) {
      for (const { year, lowHours } of weatherYears!) hours.set(year, (hours.get(year) ?? 0) + lowHours);
    }
    const years = [...hours.keys()].toSorted((a, b) => hours.get(b)! - hours.get(a)!);
    expect(heat(years[0]!)).toBeGreaterThan(heat(years.at(-1)!));
    expect(hours.get(years[0]!)).toBeGreaterThan(1.5 * hours.get(years.at(-1)!)!);
  });
});

describe('a warmer season', () => {
  it('differs by the weather alone: what was learned from earlier seasons stays', () => {
    const warmed = (warmingK: number) =>
      forecastSeason({ ...input, options: { ...input.options, warmingK } });
    const warmer = warmed(2);
    const milder = warmed(-2);
    expect(warmer.calibration).toEqual(whole.calibration);
    const expectedLow = ({ forecasts }: typeof whole): number =>
      forecasts.reduce((sum, f) => sum + f.pLow, 0);
    expect(expectedLow(warmer)).toBeGreaterThan(expectedLow(whole));
    expect(expectedLow(milder)).toBeLessThan(expectedLow(whole));
  });
});

describe('a back-test', () => {
  it('knows nothing of what came after the origin of its season', () => {
    const season = seasonOf('summer', 2025);
    const tested = backtestSeason(input, season);
    expect(tested.season.id).toBe('summer-2025');
    expect(backtestSeason(changedAfter(input, season.originDay), season)).toEqual(tested);
  });
});

describe('a measure', () => {
  const priors = prepareForecast(input);
  const ask = (...changes: Partial<typeof NO_CHANGE>[]) =>
    forecastAlternatives(
      input,
      priors,
      whole.calibration,
      'F0',
      new Map([['F0-T7', changes.map((change) => ({ ...NO_CHANGE, ...change }))]]),
    ).get('F0-T7')!;

  it('that changes nothing leaves the season as it is', () => {
    const [same] = ask({});
    const { pLow, expectedLowHours, minHourV, highestV, peakLoadPct } = whole.forecasts[7]!;
    expect(same).toEqual({ pLow, expectedLowHours, minHourV, highestV, peakLoadPct });
  });

  it('raises the lowest hour by what it is worth', () => {
    const [same, tap, larger, fewer] = ask(
      {},
      { sourceShiftV: 5.8 },
      { transformerScale: 0.6 },
      { loadScale: 0.7 },
    );
    expect(tap!.minHourV.p50 - same!.minHourV.p50).toBeCloseTo(5.8, 2);
    expect(tap!.highestV - same!.highestV).toBeCloseTo(5.8, 5);
    expect(tap!.pLow).toBeLessThan(same!.pLow);
    expect(larger!.minHourV.p50).toBeGreaterThan(same!.minHourV.p50);
    expect(fewer!.peakLoadPct.p50 / same!.peakLoadPct.p50).toBeCloseTo(0.7, 2);
  });
});

describe('what is not known', () => {
  it('is unknown, never ready', () => {
    const [first, second, third] = input.transformers;
    const histories = new Map(input.histories);
    histories.delete(first!.id);
    const thin = histories.get(second!.id)!;
    const validHours = thin.columns.validHours.map((hours, d) => (d % 2 === 0 ? 0 : hours));
    histories.set(second!.id, { ...thin, columns: { ...thin.columns, validHours } });
    const run = forecastSeason({ ...input, histories });
    expect(run.forecasts.slice(0, 3).map((f) => [f.status === 'unknown', f.unknownReason])).toEqual([
      [true, 'no-history'],
      [true, 'low-coverage'],
      [false, null],
    ]);
    expect(run.forecasts[0]!.pLow).toBeNaN();
    expect(third!.id).toBe(run.forecasts[2]!.transformerId);
  });

  it('is everything without weather', () => {
    const run = forecastSeason({ ...input, weather: new Map() });
    expect(new Set(run.forecasts.map((f) => f.unknownReason))).toEqual(new Set(['no-weather']));
  });
});
