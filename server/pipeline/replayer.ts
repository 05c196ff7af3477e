import type { LogRecord } from '../core/batchCodec.ts';
import type { Engine } from './engine.ts';

/**
 * Brings the engine to where it was when the records were made; what followed from them is in them already, and is
 * thrown away here.
 */
export class Replayer {
  readonly #engine: Engine;
  #listeningSinceMs = NaN;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  step(record: LogRecord): void {
    const engine = this.#engine;
    if (!Number.isNaN(record.tickMs)) {
      if (record.listeningSinceMs !== this.#listeningSinceMs) this.#listen(record.listeningSinceMs);
      engine.tick(record.tickMs);
    }
    for (const reading of record.readings) engine.step(reading, record.receivedMs);
    engine.takeEvents();
    engine.takeClosed();
  }

  /** The replayed ticks are past: silence from then until now is ours, not the devices'. */
  end(): void {
    if (!Number.isNaN(this.#listeningSinceMs)) this.#engine.restartGrace();
  }

  /** Another process began to listen, as `Engine.restore` does; its first tick set the time. */
  #listen(sinceMs: number): void {
    this.end();
    this.#listeningSinceMs = sinceMs;
    this.#engine.tick(sinceMs);
  }
}
