import { expect, it } from 'vitest';
import { seasonOutcomes } from '../../server/core/forecast/outcome.ts';
import { seasonBefore } from '../../server/core/forecast/past.ts';
import { buildSeasonGrid } from '../../simulator/seasons/buildSeasonGrid.ts';
import { seasonNamed } from '../../simulator/seasons/season.ts';
import { seasonTruth } from '../../simulator/seasons/seasonTruth.ts';
import { seasonInput } from './seasonInput.ts';

/** The forecast sees a simulated grid as it is: its outcomes are the truth of the physics. */

const grid = buildSeasonGrid({ transformers: 100, seed: 11, historyYears: 2, weatherYears: 4 });
const input = seasonInput(grid);

it.each([0, 1])('outcomes of the season %d years before the last are its truth', (years) => {
  const season = seasonBefore(input.season, years);
  const named = seasonNamed(season.id);
  const { transformers, histories, options } = input;
  const outcomes = seasonOutcomes({ transformers, histories, options }, season);
  const truths = seasonTruth(grid, named);
  expect(truths.some((t) => t.low)).toBe(true);
  for (const truth of truths) {
    const outcome = outcomes.get(truth.transformerId)!;
    expect(Math.abs(outcome.minHourV - truth.minHourV)).toBeLessThan(0.2);
    // What meters add may carry a bare volt over the limit.
    const clear = Math.abs(truth.minHourV - 198) > 0.2;
    expect(clear ? outcome.low : truth.low).toBe(truth.low);
  }
});

it('has weather of every station and day, and the versions of nameplates in order', () => {
  const stations = new Set(input.transformers.map((t) => t.weatherStationId));
  for (const station of stations) {
    const { meanC, firstDay, days } = input.weather.get(station!)!;
    expect(meanC.some(Number.isNaN)).toBe(false);
    expect(firstDay + days - 1).toBe(input.season.lastDay);
  }
  for (const versions of input.versions.values()) {
    const dates = versions.map((v) => v.validFromMs);
    expect(dates).toEqual(dates.toSorted((a, b) => a - b));
  }
});
