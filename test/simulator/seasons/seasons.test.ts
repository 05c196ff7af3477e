import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, dayOf, festivalShare, springFestivalDay } from '../../../simulator/calendar.ts';
import { buildSeasonGrid } from '../../../simulator/seasons/buildSeasonGrid.ts';
import { ORDINARY_FAULTS } from '../../../simulator/seasons/deviceFaults.ts';
import { hourlyHistory } from '../../../simulator/seasons/hourly.ts';
import { seasonNamed, seasonsWithin } from '../../../simulator/seasons/season.ts';
import { hourlyWeather } from '../../../simulator/seasons/seasonAxis.ts';
import { counterfactual, seasonTruth } from '../../../simulator/seasons/seasonTruth.ts';
import { registeredAt, simulateSeasons } from '../../../simulator/seasons/simulateSeasons.ts';
import { LOW_V } from '../../../simulator/truth.ts';

/** Grids that live for years: alike for alike seeds, some low in every season, and true to their own physics. */

const grid = buildSeasonGrid({ transformers: 200, seed: 14 });
const truth = seasonTruth(grid, grid.season);

describe('calendar', () => {
  it.each([
    [2015, '02-19'],
    [2016, '02-08'],
    [2017, '01-28'],
    [2018, '02-16'],
    [2019, '02-05'],
    [2020, '01-25'],
    [2021, '02-12'],
    [2022, '02-01'],
    [2023, '01-22'],
    [2024, '02-10'],
    [2025, '01-29'],
    [2026, '02-17'],
    [2027, '02-06'],
    [2028, '01-26'],
    [2029, '02-13'],
    [2030, '02-03'],
    [2031, '01-23'],
    [2032, '02-11'],
    [2033, '01-31'],
    [2034, '02-19'],
    [2035, '02-08'],
  ])('Spring Festival of %d is on %s', (year, monthDay) => {
    const day = springFestivalDay(year)!;
    expect(new Date(day * DAY_MS).toISOString().slice(0, 10)).toBe(`${year}-${monthDay}`);
    expect(festivalShare(day)).toBe(1);
    expect(festivalShare(day - 20)).toBe(0);
  });

  it('knows the seasons, and up to when a forecast of them may look', () => {
    const iso = (tsMs: number): string => new Date(tsMs + 8 * HOUR_MS).toISOString().slice(0, 10);
    const winter = seasonNamed('winter-2027');
    expect([winter.fromMs, winter.toMs, winter.originMs].map(iso)).toEqual([
      '2027-12-01',
      '2028-02-29',
      '2027-11-01',
    ]);
    expect(seasonsWithin('summer', grid.fromMs, grid.toMs).map((s) => s.id)).toEqual([
      'summer-2023',
      'summer-2024',
      'summer-2025',
      'summer-2026',
    ]);
    expect(() => seasonNamed('spring-2026')).toThrow(RangeError);
  });
});

describe('weather', () => {
  it('makes no summer like another, in the years before the history too', () => {
    const { fromMs, tempC } = hourlyWeather(grid, 0);
    const hottest = Array.from({ length: 14 }, (_, y) => {
      const at = (dayOf(2012 + y, 6, 15) * DAY_MS - fromMs) / HOUR_MS;
      return tempC.slice(at, at + 92 * 24).reduce((max, t) => Math.max(max, t), -99);
    });
    expect(Math.min(...hottest)).toBeGreaterThan(33);
    expect(Math.max(...hottest)).toBeLessThan(45);
    expect(Math.max(...hottest) - Math.min(...hottest)).toBeGreaterThan(1.5);
  });

  it('is as it was measured where it was, at every station, and grids live in it', () => {
    const fromMs = grid.season.fromMs - 100 * DAY_MS;
    const hours = Math.round((grid.toMs - fromMs) / HOUR_MS) + 24;
    const measuredWeather = {
      fromMs,
      tempC: new Float32Array(hours).fill(39).fill(NaN, 5, 8),
      humidityPct: new Float32Array(hours).fill(NaN),
    };
    const hot = buildSeasonGrid({ transformers: 200, seed: 14, measuredWeather });
    const from = Math.round((fromMs - grid.weatherFromMs) / HOUR_MS);
    for (const station of hot.stations.keys()) {
      const [simulated, lived] = [hourlyWeather(grid, station), hourlyWeather(hot, station)];
      expect(lived.tempC.subarray(0, from)).toEqual(simulated.tempC.subarray(0, from));
      expect(lived.tempC.subarray(from + 5, from + 8)).toEqual(simulated.tempC.subarray(from + 5, from + 8));
      expect(new Set(lived.tempC.subarray(from + 8))).toEqual(new Set([39]));
      expect(lived.humidityPct).toEqual(simulated.humidityPct);
    }
    const low = (rows: readonly { low: boolean }[]): number => rows.filter((row) => row.low).length;
    expect(low(seasonTruth(hot, hot.season))).toBeGreaterThan(low(truth));
  });
});

describe('history', () => {
  it('is the same for the same seed, whatever was asked before, and another for another', () => {
    const again = buildSeasonGrid({ transformers: 200, seed: 14 });
    const weekMs = 7 * DAY_MS;
    const late = hourlyHistory(again, 90, grid.fromMs + 50 * weekMs, grid.fromMs + 60 * weekMs);
    const whole = hourlyHistory(grid, 90, grid.fromMs, grid.toMs);
    expect(late.uaV).toEqual(whole.uaV.slice(50 * 168, 60 * 168));
    expect(late.iaA).toEqual(whole.iaA.slice(50 * 168, 60 * 168));
    const other = buildSeasonGrid({ transformers: 200, seed: 4 });
    expect(hourlyHistory(other, 90, grid.fromMs, grid.toMs).uaV).not.toEqual(whole.uaV);
  });

  it('has holes and offsets when asked, and the truth knows nothing of them', () => {
    const faulty = buildSeasonGrid({
      transformers: 40,
      seed: 3,
      faults: { ...ORDINARY_FAULTS, missingMonths: 1, wrongNameplateEvery: 10 },
    });
    const clean = buildSeasonGrid({ transformers: 40, seed: 3 });
    for (const history of simulateSeasons(faulty)) {
      const missing = history.uaV.filter(Number.isNaN).length;
      expect(missing).toBeGreaterThan(29 * 24);
      expect(missing).toBeLessThan(120 * 24);
    }
    expect(seasonTruth(faulty, faulty.season)).toEqual(seasonTruth(clean, clean.season));
    const plates = faulty.transformers.filter((t, i) => t.capacityKva !== clean.transformers[i]!.capacityKva);
    expect(plates).toHaveLength(4);
  });
});

describe('truth', () => {
  it.each([11, 12, 13, 14, 15])('has some low in every season, seed %d', (seed) => {
    const some = buildSeasonGrid({ transformers: 300, seed });
    const shares = seasonsWithin('summer', some.fromMs, some.toMs).map(
      (season) => seasonTruth(some, season).filter((t) => t.low).length / 300,
    );
    for (const share of shares) expect(share).toBeLessThan(0.13);
    expect(shares.at(-1)).toBeGreaterThan(0.015);
    const mean = shares.reduce((sum, s) => sum + s, 0) / shares.length;
    expect(mean).toBeGreaterThan(0.015);
    expect(mean).toBeLessThan(0.1);
  });

  it('is what a faultless history shows', () => {
    const { fromMs, toMs } = grid.season;
    for (const [i, t] of truth.entries()) {
      const { uaV, ubV, ucV } = hourlyHistory(grid, i, fromMs, toMs);
      const lowest = uaV.reduce((min, ua, h) => {
        const v = Math.min(ua, ubV[h]!, ucV[h]!);
        return v === 0 ? min : Math.min(min, v);
      }, Infinity);
      expect(Math.abs(lowest - t.outletMinV)).toBeLessThan(0.2);
    }
  });
});

describe('measures', () => {
  const low = truth.flatMap((t, i) => (t.low ? [i] : []));
  const after = (i: number, measure: Parameters<typeof counterfactual>[3]) =>
    counterfactual(grid, grid.season, i, measure);

  it('help where they should', () => {
    expect(low.length).toBeGreaterThan(5);
    for (const i of low) {
      const tapped = after(i, { kind: 'tap', amount: 1 });
      const { tapPosition } = registeredAt(grid, grid.season.originMs)[i]!;
      expect(tapped.minHourV - truth[i]!.minHourV).toBeGreaterThan(tapPosition < 5 ? 3 : -1);
      expect(tapped.maxHourV).toBeGreaterThanOrEqual(truth[i]!.maxHourV);
      expect(after(i, { kind: 'capacity' }).outletMinV).toBeGreaterThanOrEqual(truth[i]!.outletMinV);
      expect(after(i, { kind: 'feeder', dropScale: 0.5 }).outletMinV).toBeGreaterThan(truth[i]!.outletMinV);
      const line = after(i, { kind: 'reconductor' });
      expect(line.tailMinV).toBeGreaterThanOrEqual(truth[i]!.tailMinV);
      expect(line.outletMinV).toBe(truth[i]!.outletMinV);
    }
    const gains = (
      kind: 'capacity' | 'reconductor' | 'rebalance',
      column: 'outletMinV' | 'tailMinV',
    ): number => low.filter((i) => after(i, { kind })[column] > truth[i]![column] + 1).length;
    expect(gains('capacity', 'outletMinV')).toBeGreaterThan(low.length / 2);
    const unbalanced = low.filter((i) => truth[i]!.cause === 'unbalance').length;
    expect(unbalanced).toBeGreaterThan(0);
    expect(gains('rebalance', 'outletMinV')).toBeGreaterThan(unbalanced / 2);
    expect(gains('reconductor', 'tailMinV')).toBeGreaterThan(low.length / 2);
  });

  it('add up when two are carried out', () => {
    const [i] = low as [number];
    const tap = { kind: 'tap', amount: 1 } as const;
    const others = [{ kind: 'capacity' }, { kind: 'feeder', dropScale: 0.5 }] as const;
    for (const other of others) {
      const both = counterfactual(grid, grid.season, i, tap, other);
      expect(both.outletMinV).toBeGreaterThan(after(i, tap).outletMinV);
      expect(both.outletMinV).toBeGreaterThan(after(i, other).outletMinV);
    }
    expect(counterfactual(grid, grid.season, i)).toEqual(truth[i]);
  });

  it('change the grid from their day on, recorded or not; a useless one changes nothing', () => {
    const at = grid.fromMs + 400 * DAY_MS;
    const { id } = grid.transformers[5]!;
    const meanV = (g: typeof grid, fromMs: number): number => {
      const { ubV } = hourlyHistory(g, 5, fromMs, fromMs + 10 * DAY_MS);
      return ubV.reduce((sum, v) => sum + v, 0) / ubV.length;
    };
    const works = (work: object) =>
      buildSeasonGrid({
        transformers: 200,
        seed: 14,
        works: [{ transformerId: id, tsMs: at, kind: 'tap', amount: 1, ...work }],
      });
    const recorded = works({});
    const hidden = works({ recorded: false });
    const useless = works({ done: false });
    for (const g of [recorded, hidden]) {
      expect(meanV(g, at)).toBeGreaterThan(meanV(grid, at) + 4);
      expect(meanV(g, at - 20 * DAY_MS)).toBe(meanV(grid, at - 20 * DAY_MS));
    }
    expect(meanV(useless, at)).toBe(meanV(grid, at));
    const tapAt = (g: typeof grid) => registeredAt(g, at)[5]!.tapPosition;
    expect(tapAt(recorded)).toBe(tapAt(grid) + 1);
    expect(tapAt(useless)).toBe(tapAt(grid) + 1);
    expect(tapAt(hidden)).toBe(tapAt(grid));
    expect(LOW_V).toBe(198);
  });
});
