import { isSameRollUp, type AreaRollUp } from './areaRollUp.ts';
import { CONDITION_CODE, CONDITIONS } from './condition.ts';
import type { GridIndex } from './gridIndex.ts';
import type { LiveRows } from './liveRows.ts';
import type { LivePoint, LiveTotals, LiveTransformer, MapDelta, MapSnapshot, RollUp } from './liveView.ts';
import { VALUE, VALUES, type PointStates } from './pointStates.ts';
import { NONE } from './table.ts';

export interface LiveParts {
  grid: GridIndex;
  points: PointStates;
  rows: LiveRows;
  simulated: boolean;
}

/** Shapes the live state for the pages: snapshot, delta, one transformer. */
export class LiveGrid {
  #parts: LiveParts;
  #sentAreas: RollUp[] = [];
  #sentFeeders: RollUp[] = [];

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  snapshot(nowMs: number): MapSnapshot {
    const { grid, rows, simulated } = this.#parts;
    rows.refresh();
    const { model, english } = grid;
    const live = rows.table.columns;
    const { area, feeder } = grid.rows.columns;
    const { areas, feeders, totals } = this.#rollUps();
    const column = <T>(of: (row: number) => T): T[] => model.transformers.map((_, row) => of(row));
    return {
      gridVersion: model.version,
      generatedMs: nowMs,
      simulated,
      areas: model.areas.map(({ id, name }, i) => ({
        id,
        name,
        nameEn: english.areas[i]!,
        rollUp: areas[i]!,
      })),
      feeders: model.feeders.map(({ id, name, substationName }, i) => ({
        id,
        name,
        nameEn: english.feeders[i]!,
        substationName,
        rollUp: feeders[i]!,
      })),
      transformers: {
        id: model.transformers.map((t) => t.id),
        name: model.transformers.map((t) => t.name),
        nameEn: english.transformers,
        lon: model.transformers.map((t) => t.lon),
        lat: model.transformers.map((t) => t.lat),
        area: column((row) => indexOf(area[row]!)),
        feeder: column((row) => indexOf(feeder[row]!)),
        customers: model.transformers.map((t) => t.customers),
        important: model.transformers.map((t) => t.importantCustomers),
        capacityKva: model.transformers.map((t) => t.capacityKva),
        kind: model.transformers.map((t) => t.kind),
        nominalV: oneOrAll(model.transformers.map((t) => t.nominalV)),
        condition: column((row) => live.condition[row]!),
        worstV: column((row) => tenths(live.worstV[row]!)),
        loadPct: column((row) => tenths(live.loadPct[row]!)),
        tsMs: column((row) => nullIfNaN(live.tsMs[row]!)),
      },
      totals,
    };
  }

  /** What changed since the delta before; null when nothing did. */
  takeDelta(nowMs: number): MapDelta | null {
    const { grid, rows } = this.#parts;
    rows.refresh();
    const changed = rows.takeChanged();
    if (changed.length === 0) return null;
    const live = rows.table.columns;
    const { areas, feeders, totals } = this.#rollUps();
    const delta: MapDelta = {
      gridVersion: grid.model.version,
      tsMs: nowMs,
      row: changed,
      condition: changed.map((row) => live.condition[row]!),
      worstV: changed.map((row) => tenths(live.worstV[row]!)),
      loadPct: changed.map((row) => tenths(live.loadPct[row]!)),
      readingMs: changed.map((row) => nullIfNaN(live.tsMs[row]!)),
      areas: differing(areas, this.#sentAreas),
      feeders: differing(feeders, this.#sentFeeders),
      totals,
    };
    this.#sentAreas = areas;
    this.#sentFeeders = feeders;
    return delta;
  }

  /** One transformer with its points; null when it is not registered. */
  transformer(id: string): LiveTransformer | null {
    const { grid, rows } = this.#parts;
    const row = grid.rowOf(id);
    if (row < 0) return null;
    rows.refresh();
    const live = rows.table.columns;
    const numbers: number[] = [];
    const { next } = grid.points.columns;
    for (let p = grid.rows.columns.firstPoint[row]!; p !== NONE; p = next[p]!) numbers.push(p);
    return {
      condition: CONDITIONS[live.condition[row]!]!,
      sinceMs: nullIfNaN(live.sinceMs[row]!),
      tsMs: nullIfNaN(live.tsMs[row]!),
      loadPct: tenths(live.loadPct[row]!),
      points: numbers.sort((a, b) => a - b).map((p) => this.#point(p)),
    };
  }

  /** The grid changed: the next delta tells every group again. */
  reset(): void {
    this.#sentAreas = [];
    this.#sentFeeders = [];
  }

  #point(p: number): LivePoint {
    const { grid, points, rows } = this.#parts;
    const { lastTsMs, intervalS, values } = points.columns;
    const value = (index: number): number | null => thousandths(values[p * VALUES + index]!);
    return {
      point: grid.pointNames[p]!,
      tsMs: nullIfNaN(lastTsMs[p]!),
      intervalS: intervalS[p] === 0 ? null : intervalS[p]!,
      uaV: value(VALUE.ua),
      ubV: value(VALUE.ub),
      ucV: value(VALUE.uc),
      iaA: value(VALUE.ia),
      ibA: value(VALUE.ib),
      icA: value(VALUE.ic),
      inA: value(VALUE.in),
      pKw: value(VALUE.p),
      qKvar: value(VALUE.q),
      condition: CONDITIONS[rows.pointCode(p)]!,
    };
  }

  #rollUps(): { areas: RollUp[]; feeders: RollUp[]; totals: LiveTotals } {
    const { grid, rows } = this.#parts;
    const { area, feeder } = grid.rows.columns;
    const { condition, worstV } = rows.table.columns;
    const areaV = new Float64Array(rows.areas.groups).fill(Infinity);
    const feederV = new Float64Array(rows.feeders.groups).fill(Infinity);
    let totalV = Infinity;
    for (let row = 0; row < rows.table.rows; row++) {
      const voltageV = worstV[row]!;
      // The zeros of an outage would hide the lowest voltage of those that have supply.
      if (Number.isNaN(voltageV) || condition[row] === CONDITION_CODE.outage) continue;
      if (area[row] !== NONE && voltageV < areaV[area[row]!]!) areaV[area[row]!] = voltageV;
      if (feeder[row] !== NONE && voltageV < feederV[feeder[row]!]!) feederV[feeder[row]!] = voltageV;
      if (voltageV < totalV) totalV = voltageV;
    }
    return {
      areas: groupSums(rows.areas, areaV),
      feeders: groupSums(rows.feeders, feederV),
      totals: {
        ...rows.totals.rollUp(0, tenths(totalV) ?? Infinity),
        completenessPct: this.#completenessPct(),
      },
    };
  }

  /** Share of points heard within their grace; a transformer that never sent anything is one silent point. */
  #completenessPct(): number {
    const { grid, points } = this.#parts;
    let expected = points.rows;
    let heard = 0;
    for (let p = 0; p < points.rows; p++) if (points.hasData(p)) heard++;
    for (let row = 0; row < grid.rows.rows; row++) if (grid.rows.columns.points[row] === 0) expected++;
    return expected === 0 ? 100 : Math.round((1000 * heard) / expected) / 10;
  }
}

function groupSums(sums: AreaRollUp, worstV: Float64Array): RollUp[] {
  return Array.from(worstV, (voltageV, group) => sums.rollUp(group, tenths(voltageV) ?? Infinity));
}

function differing(now: readonly RollUp[], sent: readonly RollUp[]): { index: number; rollUp: RollUp }[] {
  return now.flatMap((rollUp, index) => {
    const before = sent[index];
    return before !== undefined && isSameRollUp(before, rollUp) ? [] : [{ index, rollUp }];
  });
}

/** Index for the pages, -1 where the registry names a group that it does not hold. */
function indexOf(group: number): number {
  return group === NONE ? -1 : group;
}

/** A column in which all values are equal is told by one of them. */
function oneOrAll(values: number[]): number | number[] {
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? first : values;
}

function nullIfNaN(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function tenths(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 10) / 10 : null;
}

/** Undoes the binary tail of a 4-byte number. */
function thousandths(value: number): number | null {
  return Number.isNaN(value) ? null : Math.round(value * 1000) / 1000;
}
