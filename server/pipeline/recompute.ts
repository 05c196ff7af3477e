import type { Clock, Logger, ReadingStore, RecomputeWindow } from '../ports.ts';
import { StoppedError, backoffMs, pause, unlessStopped } from './pause.ts';

/** Late data come in bursts: their windows are made again once the burst has had this long to end. */
const DEBOUNCE_MS = 15_000;
/** Windows handed to the store at once. */
const WINDOWS_AT_ONCE = 500;
/** Spans of one point closer than this become one: recomputing the time between costs less than two calls. */
const JOIN_MS = 86_400_000;

interface RecomputerDeps {
  store: Pick<ReadingStore, 'recompute'>;
  clock: Clock;
  random: () => number;
  logger: Logger;
}

/** Has summaries made again whose raw readings came late; only windows whose rows are stored are added. */
export class Recomputer {
  readonly #deps: RecomputerDeps;
  readonly #abort = new AbortController();
  /** Point → its spans, apart from each other. */
  readonly #pending = new Map<string, RecomputeWindow[]>();
  #running: Promise<void> | null = null;

  constructor(deps: RecomputerDeps) {
    this.#deps = deps;
  }

  /** Everything that is still to be made again: kept over a restart. */
  pending(): RecomputeWindow[] {
    return [...this.#pending.values()].flat();
  }

  add(spans: readonly RecomputeWindow[]): void {
    for (const span of spans) this.#merge(span);
    if (this.#pending.size > 0 && !this.#abort.signal.aborted) this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  #merge(span: RecomputeWindow): void {
    const key = `${span.transformerId}\n${span.point}`;
    const apart: RecomputeWindow[] = [];
    let { fromMs, toMs } = span;
    for (const other of this.#pending.get(key) ?? []) {
      if (other.fromMs - toMs > JOIN_MS || fromMs - other.toMs > JOIN_MS) {
        apart.push(other);
      } else {
        fromMs = Math.min(fromMs, other.fromMs);
        toMs = Math.max(toMs, other.toMs);
      }
    }
    this.#pending.set(key, [...apart, { ...span, fromMs, toMs }]);
  }

  async #run(): Promise<void> {
    const { clock, random, logger, store } = this.#deps;
    const signal = this.#abort.signal;
    try {
      for (let failures = 0; this.#pending.size > 0;) {
        await pause(clock, failures === 0 ? DEBOUNCE_MS : backoffMs(failures, random), signal);
        const spans = this.pending().slice(0, WINDOWS_AT_ONCE);
        try {
          await unlessStopped(store.recompute(spans), signal);
          this.#done(spans);
          failures = 0;
        } catch (error) {
          if (error instanceof StoppedError) throw error;
          if (failures++ === 0) {
            logger.warn(
              { reason: (error as Error).message },
              'Summaries of late data could not be made; trying again',
            );
          }
        }
      }
    } catch (error) {
      if (!(error instanceof StoppedError)) throw error;
    } finally {
      this.#running = null;
    }
  }

  /** A span that grew while it was being made stays. */
  #done(spans: readonly RecomputeWindow[]): void {
    const done = new Set(spans);
    for (const [key, kept] of this.#pending) {
      const left = kept.filter((span) => !done.has(span));
      if (left.length === 0) this.#pending.delete(key);
      else this.#pending.set(key, left);
    }
  }
}
