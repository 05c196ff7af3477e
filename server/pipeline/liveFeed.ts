import type { MapDelta, MapSnapshot } from '../core/liveView.ts';
import type { Clock, LiveView } from '../ports.ts';
import type { Engine } from './engine.ts';

/** Deltas are made at most this often, however many listen. */
const DELTA_MS = 500;

/** The engine's live picture, shared by all listeners. */
export class LiveFeed implements LiveView {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #listeners = new Set<(delta: MapDelta) => void>();
  #cancel: (() => void) | null = null;

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  snapshot(): MapSnapshot {
    return this.#engine.mapSnapshot(this.#clock.nowMs());
  }

  /** A listener takes the snapshot after it has begun to listen; the first delta may repeat what the snapshot said. */
  onDelta(listener: (delta: MapDelta) => void): () => void {
    this.#listeners.add(listener);
    this.#cancel ??= this.#clock.after(DELTA_MS, () => this.#turn());
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    this.#listeners.clear();
    this.#cancel?.();
    this.#cancel = null;
  }

  #turn(): void {
    this.#cancel = null;
    if (this.#listeners.size === 0) return;
    this.#cancel = this.#clock.after(DELTA_MS, () => this.#turn());
    const delta = this.#engine.takeDelta(this.#clock.nowMs());
    if (delta === null) return;
    for (const listener of this.#listeners) listener(delta);
  }
}
