import type { MapDelta, MapSnapshot } from '../../../server/core/liveView.ts';
import { api, type ApiError, asApiError } from '../api.ts';
import { Backoff } from './backoff.svelte.ts';
import { applyDelta, fromSnapshot, type LivePicture } from './liveReducer.ts';
import { time } from './time.svelte.ts';

export type Connection = 'connecting' | 'live' | 'lost';

/** The server speaks every 15 s at least; after three silent turns the picture is lost, whatever the socket says. */
const SILENCE_MS = 45_000;
const RETRY_MS = 3_000;

/**
 * The live picture of all pages: a snapshot, then deltas (SSE). Every change makes a new `picture` object around the
 * same columns, so `$derived` follows it; `rowListeners` get the changed rows alone.
 */
class Live {
  picture = $state.raw<LivePicture | null>(null);
  connection = $state<Connection>('connecting');
  /** When the server last said something, by the server's clock. */
  lastHeardMs = $state<number | null>(null);
  error = $state.raw<ApiError | null>(null);
  readonly retry = new Backoff(() => void this.reload());

  #source: EventSource | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #watch: ReturnType<typeof setInterval> | null = null;
  #loading = false;
  #rowListeners = new Set<(rows: readonly number[] | null) => void>();
  #incidentListeners = new Set<() => void>();

  start(): () => void {
    this.#connect();
    void this.reload();
    this.#watch = setInterval(() => this.#checkSilence(), 5_000);
    return () => this.stop();
  }

  stop(): void {
    this.#source?.close();
    this.retry.stop();
    if (this.#retry !== null) clearTimeout(this.#retry);
    if (this.#watch !== null) clearInterval(this.#watch);
  }

  /** Calls back with the rows that changed, or `null` after a new snapshot. */
  onRows(listener: (rows: readonly number[] | null) => void): () => void {
    this.#rowListeners.add(listener);
    return () => this.#rowListeners.delete(listener);
  }

  /** Calls back when the server says that incidents changed. */
  onIncidents(listener: () => void): () => void {
    this.#incidentListeners.add(listener);
    return () => this.#incidentListeners.delete(listener);
  }

  /** Loads the snapshot again (first start, another registry, resync); tries until it comes. */
  async reload(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    try {
      this.#takeSnapshot(await api.map());
    } catch (error) {
      this.error = asApiError(error);
      this.retry.failed();
    } finally {
      this.#loading = false;
    }
  }

  #connect(): void {
    const source = new EventSource(api.liveUrl);
    this.#source = source;
    source.addEventListener('snapshot', (event) => this.#takeSnapshot(JSON.parse(event.data) as MapSnapshot));
    source.addEventListener('delta', (event) => this.#takeDelta(JSON.parse(event.data) as MapDelta));
    source.addEventListener('resync', () => void this.reload());
    source.addEventListener('incidents', () => this.#incidentListeners.forEach((listener) => listener()));
    source.addEventListener('heartbeat', (event) =>
      this.#heard((JSON.parse(event.data) as { tsMs: number }).tsMs),
    );
    source.addEventListener('open', () => {
      if (this.connection === 'lost') void this.reload();
    });
    source.addEventListener('error', () => {
      if (this.picture !== null || this.error !== null) this.connection = 'lost';
      if (source.readyState === EventSource.CLOSED) this.#reconnectLater();
    });
  }

  #reconnectLater(): void {
    if (this.#retry !== null) return;
    this.#source?.close();
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#connect();
    }, RETRY_MS);
  }

  #checkSilence(): void {
    if (this.lastHeardMs === null || this.connection !== 'live') return;
    if (time.nowMs - this.lastHeardMs < SILENCE_MS) return;
    this.connection = 'lost';
    this.#source?.close();
    this.#reconnectLater();
  }

  #takeSnapshot(snapshot: MapSnapshot): void {
    this.picture = fromSnapshot(snapshot);
    this.error = null;
    this.retry.succeeded();
    this.#heard(snapshot.generatedMs);
    this.#rowListeners.forEach((listener) => listener(null));
  }

  #takeDelta(delta: MapDelta): void {
    if (this.picture === null) return;
    const next = applyDelta(this.picture, delta);
    if (next === null) {
      void this.reload();
      return;
    }
    this.picture = next;
    this.#heard(delta.tsMs);
    this.#rowListeners.forEach((listener) => listener(delta.row));
  }

  #heard(serverMs: number): void {
    time.sync(serverMs);
    this.lastHeardMs = time.nowMs;
    this.connection = 'live';
  }
}

export const live = new Live();
