import type { ReplayDay } from './liveView.ts';
import { NONE } from './table.ts';

/** 24 h in 15-minute steps. */
const REPLAY_STEP_MS = 900_000;
export const REPLAY_STEPS = 96;

/** A cell packs the condition (4 bits) and the lowest voltage in 0.1 V (12 bits, to 409.4 V): 192 bytes a day and row. */
const VOLTAGE_BITS = 12;
const VOLTAGE_NONE = (1 << VOLTAGE_BITS) - 1;
const CONDITION_NONE = 15;
const UNKNOWN = 0xffff;

/** The worst of each 15 minutes of the last day, for every row. */
export class ReplayRing {
  #rows = 0;
  #cells: Uint16Array = new Uint16Array(0);
  /** Number of the running step since 1970; -1 before the first. */
  #step = -1;

  get bytes(): number {
    return this.#cells.byteLength;
  }

  /** Takes new rows; `old[row]` is where the row was, or {@link NONE}. */
  setRows(old: Uint32Array): void {
    const cells = new Uint16Array(old.length * REPLAY_STEPS).fill(UNKNOWN);
    for (let step = 0; step < REPLAY_STEPS; step++) {
      const to = step * old.length;
      const from = step * this.#rows;
      for (let row = 0; row < old.length; row++) {
        if (old[row] !== NONE) cells[to + row] = this.#cells[from + old[row]!]!;
      }
    }
    this.#cells = cells;
    this.#rows = old.length;
  }

  /** Goes to the step of `nowMs`; whether it is a new one, to be filled with {@link put}. Steps that were slept through are unknown. */
  advance(nowMs: number): boolean {
    const step = Math.floor(nowMs / REPLAY_STEP_MS);
    if (step <= this.#step) return false;
    const first = this.#step < 0 ? step : Math.max(this.#step + 1, step - REPLAY_STEPS + 1);
    for (let passed = first; passed <= step; passed++) {
      const at = (passed % REPLAY_STEPS) * this.#rows;
      this.#cells.fill(UNKNOWN, at, at + this.#rows);
    }
    this.#step = step;
    return true;
  }

  /** Adds what a row shows now to the running step; the worst stays. */
  put(row: number, condition: number, worstV: number): void {
    if (this.#step < 0) return;
    const at = (this.#step % REPLAY_STEPS) * this.#rows + row;
    const before = this.#cells[at]!;
    const deciV = Number.isNaN(worstV) ? VOLTAGE_NONE : Math.min(Math.round(worstV * 10), VOLTAGE_NONE - 1);
    if (before === UNKNOWN) {
      this.#cells[at] = (condition << VOLTAGE_BITS) | deciV;
      return;
    }
    const worst = Math.max(before >> VOLTAGE_BITS, condition);
    this.#cells[at] = (worst << VOLTAGE_BITS) | Math.min(before & VOLTAGE_NONE, deciV);
  }

  /** Lowest voltage of a row in the step of `atMs`, V; NaN when it is not known or no longer kept. */
  voltageV(row: number, atMs: number): number {
    const step = Math.floor(atMs / REPLAY_STEP_MS);
    if (this.#step < 0 || step > this.#step || step <= this.#step - REPLAY_STEPS) return NaN;
    const deciV = this.#cells[(step % REPLAY_STEPS) * this.#rows + row]! & VOLTAGE_NONE;
    return deciV === VOLTAGE_NONE ? NaN : deciV / 10;
  }

  /** Oldest step first. */
  day(): ReplayDay {
    const cells = this.#rows * REPLAY_STEPS;
    const condition = new Uint8Array(cells).fill(255);
    const worstDeciV = new Uint16Array(cells).fill(65_535);
    const first = Math.max(0, this.#step - REPLAY_STEPS + 1);
    for (let step = 0; step < REPLAY_STEPS && this.#step >= 0; step++) {
      const from = ((first + step) % REPLAY_STEPS) * this.#rows;
      for (let row = 0; row < this.#rows; row++) {
        const cell = this.#cells[from + row]!;
        const at = step * this.#rows + row;
        if (cell >> VOLTAGE_BITS !== CONDITION_NONE) condition[at] = cell >> VOLTAGE_BITS;
        if ((cell & VOLTAGE_NONE) !== VOLTAGE_NONE) worstDeciV[at] = cell & VOLTAGE_NONE;
      }
    }
    return {
      startMs: first * REPLAY_STEP_MS,
      stepMs: REPLAY_STEP_MS,
      steps: REPLAY_STEPS,
      rows: this.#rows,
      condition,
      worstDeciV,
    };
  }

  /** State for a snapshot: the step, and the cells as they are. */
  get step(): number {
    return this.#step;
  }

  get cells(): Uint16Array {
    return this.#cells;
  }

  restore(step: number, cells: Uint16Array, rows: number): void {
    this.#step = step;
    this.#cells = cells;
    this.#rows = rows;
  }
}
