import { describe, expect, it } from 'vitest';
import { seasonOutcome } from '../../../server/core/forecast/outcome.ts';
import { seasonBefore } from '../../../server/core/forecast/past.ts';
import type { ReadinessRow } from '../../../server/core/forecast/run.ts';
import {
  areaSums,
  byBurden,
  feederSums,
  seenSeasons,
  summaryOfSums,
} from '../../../server/core/forecast/sums.ts';
import { rowOf } from '../../fixtures/readiness.ts';
import { smallGrid } from './smallGrid.ts';

type Said = Partial<ReadinessRow['forecast']>;

function row(areaId: string, feederId: string, status: string, customers: number, said: Said): ReadinessRow {
  const made = rowOf('R', 1, { areaId, feederId, customers }, status);
  return { ...made, forecast: { ...made.forecast, ...said } };
}

const nothing = { pLow: null, expectedLowHours: null };
const rows = [
  row('A1', 'F1', 'at_risk', 100, { pLow: 0.75, expectedLowHours: 4, coveragePct: 90 }),
  row('A1', 'F1', 'unknown', 500, { ...nothing, coveragePct: 10 }),
  row('A1', 'F2', 'ready', 10, { pLow: 0.25, expectedLowHours: 0.5, coveragePct: 100 }),
  row('A2', 'F2', 'watch', 300, { pLow: 0.25, expectedLowHours: 2, coveragePct: 100 }),
];

describe('sums of a run', () => {
  const feeders = feederSums(rows);

  it('hold each transformer once, a feeder in each of its areas', () => {
    expect(feeders.map(({ areaId, feederId, transformers }) => [areaId, feederId, transformers])).toEqual([
      ['A1', 'F1', 2],
      ['A1', 'F2', 1],
      ['A2', 'F2', 1],
    ]);
  });

  it('add nothing for what is unknown but say that it is', () => {
    expect(feeders[0]).toMatchObject({
      atRisk: 1,
      ready: 0,
      unknown: 1,
      expectedLow: 0.75,
      customerHours: 400,
      coveragePct: 50,
    });
  });

  it('put the area with most expected customer-hours first', () => {
    const areas = areaSums(feeders).toSorted(byBurden);
    expect(areas.map(({ areaId, customerHours }) => [areaId, customerHours])).toEqual([
      ['A2', 600],
      ['A1', 405],
    ]);
    expect(areas[1]).toMatchObject({ transformers: 3, atRisk: 1, ready: 1, unknown: 1, expectedLow: 1 });
    expect(areas[1]!.coveragePct).toBeCloseTo(200 / 3);
  });

  it('add up weather years that all know of whom something is expected', () => {
    const years = (...lowHours: [number, number][]) => ({
      weatherYears: lowHours.map(([year, hours]) => ({ year, lowHours: hours })),
    });
    const sums = feederSums([
      row('A1', 'F1', 'at_risk', 100, { expectedLowHours: 3, ...years([2026, 2], [2025, 4]) }),
      row('A1', 'F1', 'ready', 500, { expectedLowHours: 0 }),
      row('A1', 'F2', 'watch', 10, { expectedLowHours: 2, ...years([2026, 1], [2025, 2], [2013, 3]) }),
    ]);
    expect(sums[1]!.weatherYears?.map(({ year }) => year)).toEqual([2013, 2025, 2026]);
    expect(summaryOfSums(sums, 'model').weatherYears).toEqual([
      { year: 2025, lowHours: 6, customerHours: 420 },
      { year: 2026, lowHours: 3, customerHours: 210 },
    ]);
    expect(summaryOfSums(feeders, 'model')).not.toHaveProperty('weatherYears');
  });

  it('are the numbers of the whole', () => {
    expect(summaryOfSums(feeders, 'model')).toEqual({
      transformers: 4,
      atRisk: 1,
      watch: 1,
      ready: 1,
      unknown: 1,
      expectedLowHours: 6.5,
      customerHours: 1005,
      published: 'model',
    });
  });
});

describe('past seasons', () => {
  const { input } = smallGrid();

  it('count who was seen low, of whom it is known', () => {
    const seen = seenSeasons(input);
    const last = seasonBefore(input.season, 1);
    const outcomes = input.transformers.map(({ id }) =>
      seasonOutcome(id, input.histories.get(id), last, {
        lowV: 198,
        coverageMinPct: 60,
        breakDays: [],
      }),
    );
    const ofLast = seen.filter(({ seasonId }) => seasonId === last.id);
    const sum = (field: 'transformers' | 'known' | 'low'): number =>
      ofLast.reduce((total, area) => total + area[field], 0);
    expect(seen[0]!.seasonId).toBe(last.id);
    expect(sum('transformers')).toBe(input.transformers.length);
    expect(sum('known')).toBe(outcomes.filter(({ low }) => low !== null).length);
    expect(sum('low')).toBe(outcomes.filter(({ low }) => low === true).length);
    expect(sum('low')).toBeGreaterThan(0);
  });

  it('leave out a season of which nothing was measured, and one that is not over', () => {
    expect(seenSeasons({ ...input, histories: new Map() })).toEqual([]);
    const within = {
      ...input,
      season: { ...input.season, originDay: seasonBefore(input.season, 1).lastDay - 1 },
    };
    expect(seenSeasons(within).map(({ seasonId }) => seasonId)).not.toContain(
      seasonBefore(input.season, 1).id,
    );
  });
});
