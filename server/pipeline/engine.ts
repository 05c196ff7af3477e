import type { ConditionEvent } from '../core/event.ts';
import type { GridModel } from '../core/grid.ts';
import type { MapDelta, MapSnapshot } from '../core/liveView.ts';
import type { IngestBatch, Reading } from '../core/reading.ts';
import type { DailySummary, VoltageMean } from '../core/summary.ts';
import type { RecomputeWindow } from '../ports.ts';

/** What the pipeline asks of detection and decoding; the composition root hands over the real ones. */

/** What a reading was to the engine; a duplicate is counted and left out. */
export type StepVerdict = 'live' | 'late' | 'history' | 'duplicate';

/** Detection, aggregation and live picture: state that the same steps in the same order bring back. */
export interface Engine {
  setGrid(model: GridModel, nowMs: number): void;
  step(reading: Reading, receivedMs: number): StepVerdict;
  /** Lets time pass without a reading: what is overdue is noticed, windows are closed. */
  tick(nowMs: number): void;
  /** What was noticed since the call before. */
  takeEvents(): ConditionEvent[];
  /** Summaries that were completed since the call before, and windows that late data have spoilt. */
  takeClosed(): { means: VoltageMean[]; dailies: DailySummary[]; recompute: RecomputeWindow[] };
  snapshot(): Uint8Array;
  /** After `setGrid`; silence is judged anew from the next tick on. Throws when the bytes are not whole. */
  restore(bytes: Uint8Array): void;
  /** Another process listens from the next tick on: silence is judged anew, as after `restore`. */
  restartGrace(): void;
  /** Measuring points known. */
  size(): { points: number };
  mapSnapshot(nowMs: number): MapSnapshot;
  /** What changed since the call before; null when nothing did. */
  takeDelta(nowMs: number): MapDelta | null;
}

export interface MessageDecoder {
  setGrid(model: GridModel): void;
  decode(
    topic: string,
    payload: Uint8Array,
    receivedMs: number,
    out: IngestBatch,
  ): { topic: string; payload: Uint8Array | string }[];
}
