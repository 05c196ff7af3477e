import { readState, writeState, type StateParts } from './engineState.ts';
import type { ConditionEvent } from './event.ts';
import type { GridModel } from './grid.ts';
import type { GridEvidence } from './incident/gridEvidence.ts';
import { liveEvidence } from './liveEvidence.ts';
import { LiveGrid } from './liveGrid.ts';
import { LiveRows } from './liveRows.ts';
import type { LiveTransformer, MapDelta, MapSnapshot, ReplayDay } from './liveView.ts';
import { PointEngine, type ClosedSeries, type StepResult } from './pointEngine.ts';
import type { Reading } from './reading.ts';
import { ReplayRing } from './replayRing.ts';
import type { EngineOptions } from './settings.ts';

/**
 * The pure core: readings and the time go in; events, means, summaries and the live picture come out. One instance a
 * process; state is columnar, and a step allocates nothing unless something happens.
 */
export class Engine {
  #points: PointEngine;
  #replay = new ReplayRing();
  #rows: LiveRows;
  #live: LiveGrid;

  constructor(options: EngineOptions = {}) {
    this.#points = new PointEngine(options, (row) => this.#rows.touch(row));
    const { grid, points, timed } = this.#points;
    this.#rows = new LiveRows(grid, points, timed, this.#replay, options.lowAreaSharePct);
    this.#live = new LiveGrid({ grid, points, rows: this.#rows, simulated: options.simulated ?? false });
  }

  /**
   * Takes the registry. Transformers that stay keep their points and state; those that went are forgotten, and what was
   * open of them is told as closed. Rows of the map follow the order of `model.transformers`.
   */
  setGrid(model: GridModel, nowMs: number): void {
    this.#rows.refresh();
    const rows = this.#points.setModel(model);
    this.#rows.table.rearrange(rows);
    this.#replay.setRows(rows);
    this.#rows.reset();
    this.#live.reset();
    this.#rows.refresh();
    this.#rows.stepReplay(nowMs);
  }

  /**
   * One accepted reading, in the order of arrival. Sets the late, gap, frozen and outage bits of `reading.flags`.
   *
   * `live` moves detection and the live picture; `late` (older than the latest of its point) and `history` are only to
   * be stored, and mark their span to be made again; `duplicate` is an identity that came before.
   */
  step(reading: Reading, receivedMs: number): StepResult {
    return this.#points.step(reading, receivedMs);
  }

  /** Time passes: finds silent points, ends windows and days that no further reading will end. Call about once a second. */
  tick(nowMs: number): void {
    this.#points.tick(nowMs);
    // First the step, then what came since: else a new step's first readings would count in the old one.
    this.#rows.stepReplay(nowMs);
    this.#rows.refresh();
  }

  /** Transitions since the last call, in the order in which they were noticed. */
  takeEvents(): ConditionEvent[] {
    return this.#points.takeEvents();
  }

  /** Rows that ended since the last call, and spans to make again once their readings are stored. */
  takeClosed(): ClosedSeries {
    return this.#points.takeClosed();
  }

  mapSnapshot(nowMs: number): MapSnapshot {
    return this.#live.snapshot(nowMs);
  }

  /** What changed since the delta before; null when nothing did. */
  takeDelta(nowMs: number): MapDelta | null {
    return this.#live.takeDelta(nowMs);
  }

  /** One transformer with its points; null when it is not registered. */
  transformerLive(id: string): LiveTransformer | null {
    return this.#live.transformer(id);
  }

  /** What the grid says now and said in the past 24 h, for judging causes; always up to date. */
  evidence(): GridEvidence {
    const { grid, points } = this.#points;
    return liveEvidence({ grid, points, rows: this.#rows, replay: this.#replay });
  }

  /** The last 24 h of every row: the worst of each 15 minutes. */
  replayDay(): ReplayDay {
    this.#rows.refresh();
    return this.#replay.day();
  }

  /** Measuring points known, and bytes of their columns (strings and maps not counted). */
  size(): { points: number; bytes: number } {
    const { points, timed, windows, hours, days, rows, grid, replay } = this.#parts();
    const tables = [points, timed.records, windows, hours, days, rows, grid.points, grid.rows];
    return { points: points.rows, bytes: tables.reduce((sum, table) => sum + table.bytes, replay.bytes) };
  }

  /** All state as bytes, with what was not yet taken: to restore and go on is the same as never to have stopped. */
  snapshot(): Uint8Array {
    this.#rows.refresh();
    return writeState(this.#parts(), this.#points.pending());
  }

  /**
   * Takes the state back; call `setGrid` first, as transformers that it does not hold are forgotten. The grace for silence
   * starts again at the next tick. Throws `StateBytesError`, with the engine as it was, when the bytes are not whole.
   */
  restore(bytes: Uint8Array): void {
    this.#points.resume(readState(bytes, this.#parts()));
    this.#rows.reset();
    this.#live.reset();
    this.#rows.refresh();
  }

  /** From now to the next tick nobody listened: silence counts from that tick on, as after `restore`. */
  restartGrace(): void {
    this.#points.restartGrace();
  }

  #parts(): StateParts {
    const { grid, points, timed, aggregates } = this.#points;
    const { windows, hours, days } = aggregates;
    return { grid, points, timed, windows, hours, days, rows: this.#rows.table, replay: this.#replay };
  }
}
