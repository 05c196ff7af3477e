import { AreaRollUp } from './areaRollUp.ts';
import { CONDITION_CODE } from './condition.ts';
import type { TimedConditions } from './detect/timedConditions.ts';
import type { GridIndex } from './gridIndex.ts';
import type { PointStates } from './pointStates.ts';
import { OUTLET_POINT } from './reading.ts';
import type { ReplayRing } from './replayRing.ts';
import { LOW_AREA_SHARE_PCT } from './settings.ts';
import { f32, f64, NONE, Table, u8 } from './table.ts';

/** What each transformer shows. */
export const LIVE_LAYOUT = {
  condition: u8(CONDITION_CODE['no-data']),
  /** Lowest phase now, V; NaN when not measured. */
  worstV: f32(NaN),
  loadPct: f32(NaN),
  tsMs: f64(NaN),
  sinceMs: f64(NaN),
};

/** Rows of the map, brought up to date from their points when someone looks, not with every reading. */
export class LiveRows {
  readonly table = new Table(LIVE_LAYOUT);
  areas = new AreaRollUp(0);
  feeders = new AreaRollUp(0);
  totals = new AreaRollUp(1);
  #grid: GridIndex;
  #points: PointStates;
  #timed: TimedConditions;
  #replay: ReplayRing;
  #lowAreaSharePct: number;
  /** Rows to bring up to date, and rows to tell. */
  #stale = new RowSet();
  #changed = new RowSet();

  constructor(
    grid: GridIndex,
    points: PointStates,
    timed: TimedConditions,
    replay: ReplayRing,
    lowAreaSharePct: number = LOW_AREA_SHARE_PCT,
  ) {
    this.#grid = grid;
    this.#points = points;
    this.#timed = timed;
    this.#replay = replay;
    this.#lowAreaSharePct = lowAreaSharePct;
  }

  /** A point of the row changed. */
  touch(row: number): void {
    this.#stale.add(row);
  }

  /** The table was rearranged or read: every sum is made again. */
  reset(): void {
    const { rows, model } = this.#grid;
    this.#stale = new RowSet(rows.rows);
    this.#changed = new RowSet(rows.rows);
    this.areas = new AreaRollUp(model.areas.length, this.#lowAreaSharePct);
    this.feeders = new AreaRollUp(model.feeders.length);
    this.totals = new AreaRollUp(1);
    const { area, feeder, customers } = rows.columns;
    for (let row = 0; row < rows.rows; row++) {
      const code = this.table.columns.condition[row]!;
      if (area[row] !== NONE) this.areas.add(area[row]!, code, customers[row]!);
      if (feeder[row] !== NONE) this.feeders.add(feeder[row]!, code, customers[row]!);
      this.totals.add(0, code, customers[row]!);
      this.touch(row);
    }
  }

  /** Brings stale rows up to date. */
  refresh(): void {
    this.#stale.drain((row) => this.#refreshRow(row));
  }

  /** Starts a replay step when it is due: every row is in it as it is now. */
  stepReplay(nowMs: number): void {
    if (!this.#replay.advance(nowMs)) return;
    const { condition, worstV } = this.table.columns;
    for (let row = 0; row < this.table.rows; row++) this.#replay.put(row, condition[row]!, worstV[row]!);
  }

  /** Rows that changed since the last call. */
  takeChanged(): number[] {
    const rows: number[] = [];
    this.#changed.drain((row) => rows.push(row));
    return rows;
  }

  #refreshRow(row: number): void {
    const grid = this.#grid;
    const { firstPoint, area, feeder, customers, capacityKva } = grid.rows.columns;
    const { next } = grid.points.columns;
    const { lastTsMs } = this.#points.columns;
    const live = this.table.columns;
    let code: number = CONDITION_CODE['no-data'];
    let decisive = NONE;
    let worstV = NaN;
    let tsMs = NaN;
    for (let p = firstPoint[row]!; p !== NONE; p = next[p]!) {
      if (Number.isNaN(lastTsMs[p]!)) continue;
      const own = this.pointCode(p);
      // A silent line-end meter says nothing of the others: "no data" is shown when nobody speaks.
      if (decisive === NONE || rank(own) > rank(code) || (own === code && p < decisive)) {
        code = own;
        decisive = p;
      }
      const lowestV = this.#points.hasData(p) ? this.#points.lowestV(p) : NaN;
      if (lowestV < worstV || Number.isNaN(worstV)) worstV = lowestV;
      if (!(tsMs >= lastTsMs[p]!)) tsMs = lastTsMs[p]!;
      if (grid.pointNames[p] === OUTLET_POINT) {
        live.loadPct[row] = this.#points.hasData(p) ? this.#points.loadPct(p, capacityKva[row]!) : NaN;
      }
    }
    const before = live.condition[row]!;
    if (code !== before) {
      if (area[row] !== NONE) this.areas.move(area[row]!, before, code, customers[row]!);
      if (feeder[row] !== NONE) this.feeders.move(feeder[row]!, before, code, customers[row]!);
      this.totals.move(0, before, code, customers[row]!);
      live.condition[row] = code;
    }
    if (decisive !== NONE && (code !== before || Number.isNaN(live.sinceMs[row]!))) {
      live.sinceMs[row] = this.#sinceMs(decisive, code);
    }
    live.worstV[row] = worstV;
    live.tsMs[row] = tsMs;
    this.#replay.put(row, code, worstV);
    this.#changed.add(row);
  }

  /** What a point shows: the most urgent that is raised, or silence when that is more urgent. */
  pointCode(p: number): number {
    const { condition } = this.#points.columns;
    if (this.#points.hasData(p)) return condition[p]!;
    return Math.max(condition[p]!, CONDITION_CODE['no-data']);
  }

  #sinceMs(p: number, code: number): number {
    const raisedMs = this.#timed.sinceMs(p, code);
    if (!Number.isNaN(raisedMs)) return raisedMs;
    const lastMs = this.#points.columns.lastTsMs[p]!;
    return code === CONDITION_CODE['no-data'] ? lastMs + this.#points.intervalMs(p) : lastMs;
  }
}

function rank(code: number): number {
  return code === CONDITION_CODE['no-data'] ? -1 : code;
}

/** A set of rows that costs a byte a row. */
class RowSet {
  #has: Uint8Array;
  #rows: number[] = [];

  constructor(rows = 0) {
    this.#has = new Uint8Array(rows);
  }

  add(row: number): void {
    if (this.#has[row] === 1) return;
    this.#has[row] = 1;
    this.#rows.push(row);
  }

  /** Calls back for every row and empties the set. */
  drain(take: (row: number) => void): void {
    const rows = this.#rows;
    this.#rows = [];
    for (const row of rows) {
      this.#has[row] = 0;
      take(row);
    }
  }
}
