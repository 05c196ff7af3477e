import { type ApiError, api, asApiError, type Series, type TransformerDetail } from '../api.ts';
import { live } from './live.svelte.ts';

/** A burst of deltas asks for the same transformer once. */
const REFRESH_MS = 2_000;

/** One transformer in detail, kept fresh: when the live picture shows a newer reading of it, it is asked for again. */
export class TransformerState {
  detail = $state.raw<TransformerDetail | null>(null);
  error = $state.raw<ApiError | null>(null);
  readonly id: string;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(id: string) {
    this.id = id;
  }

  start(): () => void {
    void this.load();
    const stopRows = live.onRows((rows) => {
      const row = live.picture?.grid.rowOf.get(this.id);
      if (rows === null || (row !== undefined && rows.includes(row))) this.#loadSoon();
    });
    return () => {
      stopRows();
      if (this.#timer !== null) clearTimeout(this.#timer);
    };
  }

  async load(): Promise<void> {
    try {
      this.detail = await api.transformer(this.id);
      this.error = null;
    } catch (error) {
      this.error = asApiError(error);
    }
  }

  #loadSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.load();
    }, REFRESH_MS);
  }
}

/** The store may be some seconds behind the live picture, longer after an outage of its own. */
const BEHIND_RETRY_MS = 3_000;
const BEHIND_RETRIES_MAX = 20;

interface SeriesSpan {
  from: number;
  to: number;
  stepMs: number;
  point: string;
}

/** The series of one point over a span; a newer question cancels an older one, the older picture stays until then. */
export class SeriesState {
  series = $state.raw<Series | null>(null);
  error = $state.raw<ApiError | null>(null);
  loading = $state(false);
  #abort: AbortController | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;

  /** `newestMs`: a reading that the live picture shows already; while the store does not have it, it is asked again. */
  async load(id: string, span: SeriesSpan, newestMs: number | null = null, tries = 0): Promise<void> {
    this.stop();
    const abort = new AbortController();
    this.#abort = abort;
    this.loading = true;
    try {
      this.series = await api.readings(id, span, abort.signal);
      this.error = null;
      const lastMs = this.series.tsMs.at(-1) ?? -Infinity;
      if (newestMs !== null && lastMs + span.stepMs <= newestMs && tries < BEHIND_RETRIES_MAX) {
        this.#retry = setTimeout(() => void this.load(id, span, newestMs, tries + 1), BEHIND_RETRY_MS);
      }
    } catch (error) {
      if (!abort.signal.aborted) this.error = asApiError(error);
    } finally {
      if (this.#abort === abort) this.loading = false;
    }
  }

  stop(): void {
    this.#abort?.abort();
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }
}
