import { AreaRollUp, isSameRollUp } from './areaRollUp.ts';
import { CONDITION_CODE } from './condition.ts';
import type { LiveTotals, MapDelta, MapSnapshot, ReplayDay, RollUp } from './liveView.ts';

/** The live picture as someone sees it who sees some areas: rows, groups and sums of the others are not in it. */

type Areas = readonly string[] | null;

/** Rows in sight, ascending. */
export function rowsInSight(areaOfRow: readonly string[], areaIds: readonly string[]): number[] {
  const seen = new Set(areaIds);
  return areaOfRow.flatMap((areaId, row) => (seen.has(areaId) ? [row] : []));
}

export function snapshotInSight(snapshot: MapSnapshot, areaIds: Areas): MapSnapshot {
  return areaIds === null ? snapshot : new PictureInSight(snapshot, areaIds).snapshot;
}

/** The past day with only the given rows, in their order. */
export function replayInSight(day: ReplayDay, rows: readonly number[]): ReplayDay {
  const pick = <T extends Uint8Array | Uint16Array>(from: T, to: T): T => {
    for (let step = 0; step < day.steps; step++) {
      rows.forEach((row, i) => (to[step * rows.length + i] = from[step * day.rows + row]!));
    }
    return to;
  };
  return {
    ...day,
    rows: rows.length,
    condition: pick(day.condition, new Uint8Array(day.steps * rows.length)),
    worstDeciV: pick(day.worstDeciV, new Uint16Array(day.steps * rows.length)),
  };
}

/** Keeps a part of the picture up with the deltas of the whole. */
export class PictureInSight {
  /** As it is now; its columns change with each delta. */
  readonly snapshot: MapSnapshot;
  /** Index in the whole → index in sight. */
  readonly #rows: ReadonlyMap<number, number>;

  constructor(whole: MapSnapshot, areaIds: readonly string[]) {
    const t = whole.transformers;
    const areaOfRow = t.area.map((area) => whole.areas[area]?.id ?? '');
    const rows = rowsInSight(areaOfRow, areaIds);
    const areas = placed(whole.areas.flatMap(({ id }, i) => (areaIds.includes(id) ? [i] : [])));
    const feeders = placed([...new Set(rows.map((row) => t.feeder[row]!))].filter((i) => i >= 0));
    this.#rows = placed(rows);
    const pick = <T>(column: readonly T[]): T[] => rows.map((row) => column[row]!);
    this.snapshot = {
      ...whole,
      areas: [...areas.keys()].map((i) => whole.areas[i]!),
      feeders: [...feeders.keys()].map((i) => whole.feeders[i]!),
      transformers: {
        id: pick(t.id),
        name: pick(t.name),
        nameEn: t.nameEn === null ? null : pick(t.nameEn),
        lon: pick(t.lon),
        lat: pick(t.lat),
        area: rows.map((row) => areas.get(t.area[row]!) ?? -1),
        feeder: rows.map((row) => feeders.get(t.feeder[row]!) ?? -1),
        customers: pick(t.customers),
        important: pick(t.important),
        capacityKva: pick(t.capacityKva),
        kind: pick(t.kind),
        nominalV: typeof t.nominalV === 'number' ? t.nominalV : pick(t.nominalV),
        condition: pick(t.condition),
        worstV: pick(t.worstV),
        loadPct: pick(t.loadPct),
        tsMs: pick(t.tsMs),
      },
    };
    this.#sum();
  }

  /** The part of a delta of the same grid that is in sight; null when nothing of it is. */
  take(delta: MapDelta): MapDelta | null {
    const t = this.snapshot.transformers;
    const at = delta.row.flatMap((row, i) => {
      const here = this.#rows.get(row);
      return here === undefined ? [] : [{ here, i }];
    });
    if (at.length === 0) return null;
    for (const { here, i } of at) {
      t.condition[here] = delta.condition[i]!;
      t.worstV[here] = delta.worstV[i]!;
      t.loadPct[here] = delta.loadPct[i]!;
      t.tsMs[here] = delta.readingMs[i]!;
    }
    this.snapshot.generatedMs = delta.tsMs;
    const changed = this.#sum();
    const pick = <T>(column: readonly T[]): T[] => at.map(({ i }) => column[i]!);
    return {
      gridVersion: delta.gridVersion,
      tsMs: delta.tsMs,
      row: at.map(({ here }) => here),
      condition: pick(delta.condition),
      worstV: pick(delta.worstV),
      loadPct: pick(delta.loadPct),
      readingMs: pick(delta.readingMs),
      ...changed,
      totals: this.snapshot.totals,
    };
  }

  /** Adds up what is in sight; the groups that changed. */
  #sum(): Pick<MapDelta, 'areas' | 'feeders'> {
    const { areas, feeders, transformers: t } = this.snapshot;
    const changedIn = (groups: { rollUp: RollUp }[], of: readonly number[]) =>
      rollUps(t, groups.length, of).flatMap((rollUp, index) => {
        const group = groups[index]!;
        if (isSameRollUp(group.rollUp, rollUp)) return [];
        groups[index] = { ...group, rollUp };
        return [{ index, rollUp }];
      });
    const all = rollUps(
      t,
      1,
      t.id.map(() => 0),
    )[0]!;
    this.snapshot.totals = { ...all, completenessPct: completenessPct(t) };
    return { areas: changedIn(areas, t.area), feeders: changedIn(feeders, t.feeder) };
  }
}

function rollUps(t: MapSnapshot['transformers'], groups: number, of: readonly number[]): RollUp[] {
  const sums = new AreaRollUp(groups);
  const worstV = new Float64Array(groups).fill(Infinity);
  of.forEach((group, row) => {
    if (group < 0) return;
    const code = t.condition[row]!;
    sums.add(group, code, t.customers[row]!);
    const voltageV = t.worstV[row] ?? Infinity;
    // The zeros of an outage would hide the lowest voltage of those that have supply.
    if (code !== CONDITION_CODE.outage && voltageV < worstV[group]!) worstV[group] = voltageV;
  });
  return Array.from(worstV, (voltageV, group) => sums.rollUp(group, voltageV));
}

/** Share of the transformers in sight that report. */
function completenessPct({ condition }: MapSnapshot['transformers']): LiveTotals['completenessPct'] {
  if (condition.length === 0) return 100;
  const heard = condition.filter((code) => code !== CONDITION_CODE['no-data']).length;
  return Math.round((1000 * heard) / condition.length) / 10;
}

/** Value → its place. */
function placed(values: readonly number[]): Map<number, number> {
  return new Map(values.toSorted((a, b) => a - b).map((value, i) => [value, i]));
}
