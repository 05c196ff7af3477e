import { buildSeasonGrid, type SeasonOptions } from './buildSeasonGrid.ts';
import { hourlyHistory, type HourlyHistory } from './hourly.ts';
import type { SeasonGrid, SeasonTransformer } from './seasonGrid.ts';

/**
 * The life of a grid, transformer by transformer in its own order, from the beginning of history to the end of the unseen
 * season. The grid comes first: build it to have its registry, weather and truth.
 *
 * @example
 * const grid = buildSeasonGrid({ transformers: 1000, seed: 7 });
 * for (const history of simulateSeasons(grid)) …
 */
export function* simulateSeasons(
  from: SeasonGrid | SeasonOptions,
  span?: { fromMs: number; toMs: number },
): Generator<HourlyHistory> {
  const grid = 'lives' in from ? from : buildSeasonGrid(from);
  const { fromMs, toMs } = span ?? grid;
  for (const index of grid.transformers.keys()) yield hourlyHistory(grid, index, fromMs, toMs);
}

/** The registry as it stood at a moment: what is recorded, whether or not it is true. */
export function registeredAt(grid: SeasonGrid, tsMs: number): SeasonTransformer[] {
  const byId = new Map(grid.transformers.map((t) => [t.id, { ...t }]));
  for (const event of grid.events) {
    if (event.tsMs > tsMs) break;
    Object.assign(byId.get(event.transformerId)!, event.changed);
  }
  return [...byId.values()];
}
