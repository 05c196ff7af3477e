import { SeenTimes } from './seenTimes.ts';
import { widen, type Span } from './span.ts';

/** Runs of times kept over all points, about 24 B each. Orderly files need a few a point; beyond it, duplicates are no longer told. */
const RUNS_MAX = 2_000_000;

interface PointState {
  transformerId: string;
  point: string;
  seen: SeenTimes;
  span: Span;
}

/** The measuring points that a history names: which of their times were seen, and the span of each. */
export class HistoryPoints {
  readonly #points = new Map<string, Map<string, PointState>>();
  readonly #runsMax: number;
  #runs = 0;
  exact = true;

  constructor(runsMax: number = RUNS_MAX) {
    this.#runsMax = runsMax;
  }

  /** Returns false when this point named this time before. */
  add(transformerId: string, point: string, tsMs: number): boolean {
    const state = this.#stateOf(transformerId, point, tsMs);
    widen(state.span, tsMs);
    if (this.#runs >= this.#runsMax) {
      this.exact = false;
      return true;
    }
    const before = state.seen.size;
    const isNew = state.seen.add(tsMs);
    this.#runs += state.seen.size - before;
    return isNew;
  }

  all(): { transformerId: string; point: string; span: Span }[] {
    return [...this.#points.values()].flatMap((points) => [...points.values()]);
  }

  #stateOf(transformerId: string, point: string, tsMs: number): PointState {
    let points = this.#points.get(transformerId);
    if (points === undefined) {
      points = new Map();
      this.#points.set(transformerId, points);
    }
    let state = points.get(point);
    if (state === undefined) {
      state = { transformerId, point, seen: new SeenTimes(), span: widen(null, tsMs) };
      points.set(point, state);
    }
    return state;
  }
}
