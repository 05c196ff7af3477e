import type { LiveTotals, MapDelta, MapSnapshot, RollUp } from '../../../server/core/liveView.ts';

/** The changing columns of all transformers. They are mutated in place: 100,000 rows are not copied twice a second. */
export interface LiveColumns {
  /** Condition code. */
  condition: Uint8Array;
  /** Lowest phase, V; NaN where not measured. */
  worstV: Float32Array;
  loadPct: Float32Array;
  /** Start of the latest reading, UTC ms; NaN before the first. */
  tsMs: Float64Array;
}

/** What never changes while the registry stays: rows are named by index everywhere on these pages. */
export interface LiveGrid {
  gridVersion: number;
  rows: number;
  id: readonly string[];
  name: readonly string[];
  /** null where no transformer has an English name. */
  nameEn: readonly (string | null)[] | null;
  lon: readonly (number | null)[];
  lat: readonly (number | null)[];
  area: readonly number[];
  feeder: readonly number[];
  customers: readonly number[];
  important: readonly number[];
  capacityKva: readonly (number | null)[];
  kind: readonly string[];
  /** Nominal phase voltage, V: of all, or by row. */
  nominalV: number | readonly number[];
  areas: readonly { id: string; name: string; nameEn: string | null }[];
  feeders: readonly { id: string; name: string; nameEn: string | null; substationName: string }[];
  rowOf: ReadonlyMap<string, number>;
}

export interface LivePicture {
  grid: LiveGrid;
  columns: LiveColumns;
  areas: readonly RollUp[];
  feeders: readonly RollUp[];
  totals: LiveTotals;
  simulated: boolean;
  generatedMs: number;
}

const nan = (value: number | null): number => value ?? NaN;

/** The whole picture from a snapshot. */
export function fromSnapshot(snapshot: MapSnapshot): LivePicture {
  const t = snapshot.transformers;
  return {
    grid: {
      gridVersion: snapshot.gridVersion,
      rows: t.id.length,
      id: t.id,
      name: t.name,
      nameEn: t.nameEn,
      lon: t.lon,
      lat: t.lat,
      area: t.area,
      feeder: t.feeder,
      customers: t.customers,
      important: t.important,
      capacityKva: t.capacityKva,
      kind: t.kind,
      nominalV: t.nominalV,
      areas: snapshot.areas.map(({ id, name, nameEn }) => ({ id, name, nameEn })),
      feeders: snapshot.feeders.map(({ id, name, nameEn, substationName }) => ({
        id,
        name,
        nameEn,
        substationName,
      })),
      rowOf: new Map(t.id.map((id, row) => [id, row])),
    },
    columns: {
      condition: Uint8Array.from(t.condition),
      worstV: Float32Array.from(t.worstV, nan),
      loadPct: Float32Array.from(t.loadPct, nan),
      tsMs: Float64Array.from(t.tsMs, nan),
    },
    areas: snapshot.areas.map((area) => area.rollUp),
    feeders: snapshot.feeders.map((feeder) => feeder.rollUp),
    totals: snapshot.totals,
    simulated: snapshot.simulated,
    generatedMs: snapshot.generatedMs,
  };
}

/**
 * Applies a delta: columns in place, roll-ups in new arrays.
 *
 * @returns the picture that now holds, or `null` when the delta speaks of another registry and the snapshot must be
 * loaded again.
 */
export function applyDelta(picture: LivePicture, delta: MapDelta): LivePicture | null {
  if (delta.gridVersion !== picture.grid.gridVersion) return null;
  const { columns } = picture;
  delta.row.forEach((row, i) => {
    if (row < 0 || row >= picture.grid.rows) return;
    columns.condition[row] = delta.condition[i]!;
    columns.worstV[row] = nan(delta.worstV[i] ?? null);
    columns.loadPct[row] = nan(delta.loadPct[i] ?? null);
    columns.tsMs[row] = nan(delta.readingMs[i] ?? null);
  });
  return {
    ...picture,
    areas: withChanges(picture.areas, delta.areas),
    feeders: withChanges(picture.feeders, delta.feeders),
    totals: delta.totals,
    generatedMs: delta.tsMs,
  };
}

function withChanges(
  rollUps: readonly RollUp[],
  changes: readonly { index: number; rollUp: RollUp }[],
): readonly RollUp[] {
  if (changes.length === 0) return rollUps;
  const next = [...rollUps];
  for (const { index, rollUp } of changes) if (index in next) next[index] = rollUp;
  return next;
}
