import type { LiveGrid } from './state/liveReducer.ts';

export interface MemberDot {
  row: number;
  x: number;
  y: number;
  /** Of the incident; the others are its neighbours on the feeder. */
  member: boolean;
}

const MARGIN = 14;

/** Places transformers and their neighbours on a picture of a size, north up, with equal scales; those without a place are left out. */
export function placeDots(
  ids: readonly string[],
  grid: Pick<LiveGrid, 'rowOf' | 'rows' | 'lon' | 'lat' | 'feeder'>,
  width: number,
  height: number,
): MemberDot[] {
  const members = new Set(ids.flatMap((id) => grid.rowOf.get(id) ?? []));
  const feeders = new Set([...members].map((row) => grid.feeder[row]));
  const placed: { row: number; lon: number; lat: number }[] = [];
  for (let row = 0; row < grid.rows; row++) {
    const [lon, lat] = [grid.lon[row], grid.lat[row]];
    if (typeof lon !== 'number' || typeof lat !== 'number') continue;
    if (members.has(row) || feeders.has(grid.feeder[row])) placed.push({ row, lon, lat });
  }
  if (!placed.some(({ row }) => members.has(row))) return [];
  const range = (values: number[]): [number, number] => [Math.min(...values), Math.max(...values)];
  const [west, east] = range(placed.map(({ lon }) => lon));
  const [south, north] = range(placed.map(({ lat }) => lat));
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = Math.min(
    (width - 2 * MARGIN) / Math.max((east - west) * squeeze, 1e-6),
    (height - 2 * MARGIN) / Math.max(north - south, 1e-6),
  );
  const dots = placed.map(({ row, lon, lat }) => ({
    row,
    x: width / 2 + (lon - (west + east) / 2) * squeeze * scale,
    y: height / 2 - (lat - (south + north) / 2) * scale,
    member: members.has(row),
  }));
  // Members are drawn over their neighbours.
  return dots.toSorted((one, other) => Number(one.member) - Number(other.member));
}
