import { DAY_MS } from './localTime.ts';
import type { RecomputeSpan } from './recordTables.ts';

/** Spans to make again, merged by point and UTC day so that a burst of late readings is one piece of work. */
export class RecomputeMarks {
  #spans = new Map<string, RecomputeSpan>();

  mark(transformerId: string, point: string, fromMs: number, toMs: number): void {
    const key = `${transformerId}\n${point}\n${Math.floor(fromMs / DAY_MS)}`;
    const span = this.#spans.get(key);
    if (span === undefined) {
      this.#spans.set(key, { transformerId, point, fromMs, toMs });
    } else {
      span.fromMs = Math.min(span.fromMs, fromMs);
      span.toMs = Math.max(span.toMs, toMs);
    }
  }

  /** What was marked since the last call. */
  take(): RecomputeSpan[] {
    const spans = [...this.#spans.values()];
    this.#spans.clear();
    return spans;
  }

  /** A copy, for a snapshot. */
  list(): RecomputeSpan[] {
    return [...this.#spans.values()];
  }
}
