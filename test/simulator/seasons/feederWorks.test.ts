import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../simulator/calendar.ts';
import { buildSeasonGrid, type SeasonOptions } from '../../../simulator/seasons/buildSeasonGrid.ts';
import { hourlyHistory } from '../../../simulator/seasons/hourly.ts';
import { registeredAt } from '../../../simulator/seasons/simulateSeasons.ts';
import type { SeasonGrid } from '../../../simulator/seasons/seasonGrid.ts';

/** Feeders that are rebuilt or hand their end over. */

const OPTIONS: SeasonOptions = { transformers: 60, seed: 9, historyYears: 2, weatherYears: 2 };
const plain = buildSeasonGrid(OPTIONS);
const tsMs = plain.season.originMs - 5 * DAY_MS;
const rural = plain.feeders.filter((f) => f.rural);
const from = rural.at(-1)!;
const to = rural[0]!;

const meanV = (grid: SeasonGrid, i: number, fromMs: number): number => {
  const { uaV } = hourlyHistory(grid, i, fromMs, fromMs + 4 * DAY_MS);
  return uaV.reduce((sum, v) => sum + v, 0) / uaV.length;
};

describe('work on feeders', () => {
  it('thicker line lifts every transformer of the feeder, from that day on', () => {
    const grid = buildSeasonGrid({
      ...OPTIONS,
      feederWorks: [{ kind: 'feeder-reconductor', tsMs, feederId: from.id }],
    });
    const members = grid.feeders.find((f) => f.id === from.id)!.layouts.at(-1)!.nodes;
    for (const i of members) {
      expect(meanV(grid, i, tsMs)).toBeGreaterThan(meanV(plain, i, tsMs));
      expect(meanV(grid, i, tsMs - 10 * DAY_MS)).toBe(meanV(plain, i, tsMs - 10 * DAY_MS));
    }
    const told = grid.events.filter((e) => e.kind === 'feeder-reconductor' && e.tsMs === tsMs);
    expect(told).toHaveLength(members.length);
  });

  it.each([true, false])('a transfer moves the end of a feeder to another; recorded: %s', (recorded) => {
    const grid = buildSeasonGrid({
      ...OPTIONS,
      feederWorks: [{ kind: 'transfer', tsMs, feederId: from.id, toFeederId: to.id, count: 3, recorded }],
    });
    const target = grid.feeders.findIndex((f) => f.id === to.id);
    const moved = [...grid.lives.keys()].filter((i) => {
      const home = grid.lives[i]!.homes.at(-1)!;
      return home.fromMs === tsMs && home.feeder === target;
    });
    expect(moved.length).toBeGreaterThan(0);
    expect(moved.length).toBeLessThanOrEqual(3);
    for (const feeder of grid.feeders) {
      for (const { sections, nodes } of feeder.layouts) {
        expect(sections).toHaveLength(nodes.length);
        expect(sections.every((s, node) => s.parent < node)).toBe(true);
      }
    }
    // Every transformer hangs somewhere, once.
    const hanging = grid.feeders.flatMap((f) => f.layouts.at(-1)!.nodes).sort((a, b) => a - b);
    expect(hanging).toEqual([...grid.transformers.keys()]);
    for (const i of moved) {
      expect(meanV(grid, i, tsMs)).not.toBe(meanV(plain, i, tsMs));
      expect(meanV(grid, i, tsMs)).toBeGreaterThan(180);
      expect(meanV(grid, i, tsMs - 10 * DAY_MS)).toBe(meanV(plain, i, tsMs - 10 * DAY_MS));
      const known = registeredAt(grid, tsMs)[i]!.feederId === to.id;
      expect(known).toBe(recorded);
    }
    const hidden = grid.hiddenEvents.some((e) => e.kind === 'transfer' && e.tsMs === tsMs);
    expect(hidden).toBe(!recorded);
  });
});
