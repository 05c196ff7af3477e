import { conditionOf, isLow, needsAttention } from '../condition.ts';
import type { LiveGrid } from '../state/liveReducer.ts';
import { nominalOf } from './pointStyle.ts';

export interface MapFilter {
  /** Part of a name or number. */
  query: string;
  /** Ids; empty: all. */
  area: string;
  feeder: string;
  /** A condition, `low` for all three low ones; empty: all. */
  condition: string;
  importantOnly: boolean;
}

export function isFiltered(filter: MapFilter): boolean {
  const { query, area, feeder, condition, importantOnly } = filter;
  return query !== '' || area !== '' || feeder !== '' || condition !== '' || importantOnly;
}

/** Index of the chosen area and feeder; `null` where none is chosen, or known. */
export function focusOf(
  grid: Pick<LiveGrid, 'areas' | 'feeders'> | null,
  filter: MapFilter,
): { area: number | null; feeder: number | null } {
  const indexOf = (items: readonly { id: string }[] | undefined, id: string): number | null => {
    const index = items?.findIndex((item) => item.id === id) ?? -1;
    return index === -1 ? null : index;
  };
  return { area: indexOf(grid?.areas, filter.area), feeder: indexOf(grid?.feeders, filter.feeder) };
}

/** Matching rows by condition code. */
export function countByCode(condition: ArrayLike<number>, matches: Uint8Array): number[] {
  const counts = Array.from({ length: 8 }, () => 0);
  matches.forEach((match, row) => {
    const code = condition[row];
    if (match === 1 && code !== undefined) counts[code] = (counts[code] ?? 0) + 1;
  });
  return counts;
}

/** 1 for each row that passes. */
export function matchingRows(grid: LiveGrid, condition: Uint8Array, filter: MapFilter): Uint8Array {
  const area = grid.areas.findIndex(({ id }) => id === filter.area);
  const feeder = grid.feeders.findIndex(({ id }) => id === filter.feeder);
  const needle = filter.query.trim().toLowerCase();
  const matches = new Uint8Array(grid.rows);
  for (let row = 0; row < grid.rows; row++) {
    if (filter.area !== '' && grid.area[row] !== area) continue;
    if (filter.feeder !== '' && grid.feeder[row] !== feeder) continue;
    if (filter.importantOnly && grid.important[row] === 0) continue;
    if (filter.condition !== '' && !conditionPasses(condition[row]!, filter.condition)) continue;
    if (
      needle !== '' &&
      !grid.name[row]!.toLowerCase().includes(needle) &&
      grid.nameEn?.[row]?.toLowerCase().includes(needle) !== true &&
      !grid.id[row]!.toLowerCase().includes(needle)
    )
      continue;
    matches[row] = 1;
  }
  return matches;
}

function conditionPasses(code: number, wanted: string): boolean {
  const condition = conditionOf(code);
  return wanted === 'low' ? isLow(condition) : condition === wanted;
}

/** Load from which a transformer's number is shown on the load layer: heavily loaded (domain: 重载 above 80 %). */
const HEAVY_LOAD_PCT = 80;

/** Heavily loaded rows, the highest load first: what the load layer puts numbers on. */
export function heavyRows(loadPct: Float32Array, matches: Uint8Array): number[] {
  const rows: number[] = [];
  loadPct.forEach((load, row) => {
    if (matches[row] === 1 && load >= HEAVY_LOAD_PCT) rows.push(row);
  });
  return rows.sort((a, b) => loadPct[b]! - loadPct[a]! || a - b);
}

/** The same rows without those that have no place: what the map can draw. */
export function drawableRows(grid: LiveGrid, matches: Uint8Array): Uint8Array {
  return matches.map((match, row) =>
    match === 1 && grid.lon[row] !== null && grid.lat[row] !== null ? 1 : 0,
  );
}

/**
 * Rows for the list, most urgent first, then lowest voltage for its nominal. Without filters: only what needs attention, so that an
 * empty list means a calm grid.
 */
export function listRows(
  columns: { condition: Uint8Array; worstV: Float32Array },
  matches: Uint8Array,
  filtered: boolean,
  nominalV: LiveGrid['nominalV'],
): number[] {
  const rows: number[] = [];
  for (let row = 0; row < matches.length; row++) {
    if (matches[row] !== 1) continue;
    if (filtered || needsAttention(conditionOf(columns.condition[row]!))) rows.push(row);
  }
  const voltage = (row: number): number => {
    const value = columns.worstV[row]! / nominalOf(nominalV, row);
    return Number.isNaN(value) ? Infinity : value;
  };
  return rows.sort((a, b) => {
    const urgency = columns.condition[b]! - columns.condition[a]!;
    if (urgency !== 0) return urgency;
    const [va, vb] = [voltage(a), voltage(b)];
    return va === vb ? a - b : va - vb;
  });
}
