import type { MonitoredTime } from './core/compliance.ts';
import type { MapDelta, MapSnapshot } from './core/liveView.ts';
import type { HealthNotice, Notice } from './core/notice.ts';
import type { Reading, ReadingColumn } from './core/reading.ts';
import type { DailySummary, MeanColumns, VoltageMean } from './core/summary.ts';

export type { MeanColumns };

/** The world as core and pipeline see it. One contract suite a port in `test/contract/`, run on every adapter. */

export interface Clock {
  nowMs(): number;
  /** Calls back once after `delayMs`; the result cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** Structured log: fields first, one sentence after. Never pass a secret. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

// ── readings ────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a store answered to a write. The writer (pipeline) decides what to do; an adapter never retries by itself. */
export type WriteResult =
  | { kind: 'stored' }
  /** The store may yet take it: refused connection, timeout, 429, 5xx. `afterMs` is its Retry-After. */
  | { kind: 'retry'; reason: string; afterMs?: number; notice?: Notice | undefined }
  /** Too large at once (413): split and send the halves. */
  | { kind: 'too-large'; reason: string }
  /** Some rows, or all, can never be stored (400, 422, partial write); which ones is found by bisection. */
  | { kind: 'refused'; reason: string }
  /** Nothing will be stored until someone acts (401, 403, 404): wait, and say how to mend it. */
  | { kind: 'parked'; reason: string; remedy: string; notice?: Notice | undefined };

/** Identity and time span of what is asked. */
export interface SeriesQuery {
  transformerId: string;
  point: string;
  fromMs: number;
  /** Exclusive. */
  toMs: number;
}

/** Raw rows in ascending time, by column; NaN where not measured. */
export interface ReadingColumns extends Record<ReadingColumn, Float64Array> {
  tsMs: Float64Array;
  intervalS: Float64Array;
  flags: Int32Array;
}

/** Readings of one point in ascending time, by column; a column that is absent was not measured. */
export interface HistoryBlock {
  transformerId: string;
  point: string;
  tsMs: Float64Array;
  intervalS: number;
  flags: Int32Array;
  values: Partial<Record<ReadingColumn, Float64Array>>;
}

/**
 * A down-sampled series: one row per step that holds data (gaps stay gaps). Voltage means are root mean square of the
 * unmasked readings, min is of the lowest known value (interval minimum where sent), outages only count.
 */
export interface SampledSeries {
  stepMs: number;
  tsMs: Float64Array;
  uaV: Float64Array;
  ubV: Float64Array;
  ucV: Float64Array;
  uaMinV: Float64Array;
  ubMinV: Float64Array;
  ucMinV: Float64Array;
  uaMaxV: Float64Array;
  ubMaxV: Float64Array;
  ucMaxV: Float64Array;
  iaA: Float64Array;
  ibA: Float64Array;
  icA: Float64Array;
  pKw: Float64Array;
  qKvar: Float64Array;
  count: Float64Array;
  outageCount: Float64Array;
}

export interface MeanScan {
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  /** Absent: every transformer. */
  transformerIds?: ReadonlySet<string>;
  /** Called once for each point that has means; what it is given is only lent. */
  onPoint(columns: MeanColumns): void;
  /** Share of the rows that were read. */
  onProgress?(share: number): void;
  /** Ends the scan early; it rejects with the reason. */
  signal?: AbortSignal;
}

export interface StoreHealth {
  ok: boolean;
  /** `duckdb 1.5.5`, `influxdb 1.6.7` … */
  product: string;
  detail: string;
  remedy?: string;
  /** Detail and remedy once more, for a page in another language. */
  notice?: HealthNotice | undefined;
}

/** Window of recomputation: rows of one point whose summaries must be made again from raw readings. */
export interface RecomputeWindow {
  transformerId: string;
  point: string;
  fromMs: number;
  toMs: number;
}

/** Time-series storage. Rows are idempotent on (transformerId, point, ts): the last write of an identity wins. */
export interface ReadingStore {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Rows must be durable when this resolves `stored`. At most 20,000 rows a call. */
  writeReadings(rows: readonly Reading[]): Promise<WriteResult>;
  /** {@link writeReadings} in bulk, some 250,000 rows a call: for stores that take columns faster than rows. */
  writeHistory?(blocks: readonly HistoryBlock[]): Promise<WriteResult>;
  writeMeans(rows: readonly VoltageMean[]): Promise<WriteResult>;
  writeDailies(rows: readonly DailySummary[]): Promise<WriteResult>;
  /** Raw rows of one point, at most `limit` (default 100,000), ascending. */
  readings(query: SeriesQuery, limit?: number): Promise<ReadingColumns>;
  /** Down-sampled; uses the 10-minute means when `stepMs` is a multiple of them, raw readings otherwise or where no means exist. */
  series(query: SeriesQuery, stepMs: number): Promise<SampledSeries>;
  means(query: SeriesQuery): Promise<VoltageMean[]>;
  /** Reads the means of many points, a bounded number of rows at a time. */
  scanMeans(scan: MeanScan): Promise<void>;
  /** Daily summaries; every point of every transformer when `transformerId` is absent. */
  dailies(query: { transformerId?: string; fromMs: number; toMs: number }): Promise<DailySummary[]>;
  /** Sums of every point over the days that begin in the span: less to carry than their daily summaries. */
  monitoredTimes(span: { fromMs: number; toMs: number }): Promise<MonitoredTime[]>;
  /** Latest reading of each point that has one since `sinceMs`. */
  latest(sinceMs: number): Promise<Reading[]>;
  /** Points that have readings of this transformer, and their first and last time. */
  points(transformerId: string): Promise<{ point: string; firstMs: number; lastMs: number; count: number }[]>;
  /** Distinct identities in the span: for reconciliation and tests. */
  countReadings(query: { transformerId?: string; fromMs: number; toMs: number }): Promise<number>;
  /**
   * Makes means and daily summaries again from raw readings for these windows (late data, imported history). The store
   * rounds windows outwards to whole 10-minute ticks and local days.
   */
  recompute(windows: readonly RecomputeWindow[]): Promise<void>;
  /** The same for every point between two times: after a bulk import. */
  recomputeAll(fromMs: number, toMs: number, onProgress?: (doneShare: number) => void): Promise<void>;
  /** Deletes raw readings and means before the time; daily summaries are kept. Returns when space is reusable. */
  deleteBefore(tsMs: number): Promise<void>;
  health(): Promise<StoreHealth>;
  /** Embedded stores write a consistent copy into the directory; others refuse with a message. */
  backup(directory: string): Promise<void>;
}

// ── spool ───────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The durable log between acknowledgement and store. `append` resolves after the bytes are on disk; sequence numbers
 * rise without gaps from 1 and survive restarts.
 */
export interface Spool {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Rejects when it cannot be made durable (disk full): then nothing may be acknowledged. */
  append(entry: Uint8Array): Promise<number>;
  /** Entries with `seq` > `afterSeq`, ascending, up to `bytesMax` (at least one when there is one). */
  read(afterSeq: number, bytesMax: number): Promise<{ seq: number; entry: Uint8Array }[]>;
  /** Entries up to and including `seq` are no longer needed. */
  trim(seq: number): Promise<void>;
  /** `bytes` of at most `bytesMax`. */
  status(): { firstSeq: number; lastSeq: number; entries: number; bytes: number; bytesMax: number };
}

/** One value that is replaced whole: after a crash either the old one or the new one is there. */
export interface StateFile {
  /** Null when there is none, or when it is damaged (which is logged). */
  read(): Promise<Uint8Array | null>;
  /** Resolves when it would survive a power cut. */
  write(bytes: Uint8Array): Promise<void>;
}

// ── MQTT ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A received PUBLISH. `settle` is called once, when what it said is safe: only then may it be acknowledged. */
export interface InboundMessage {
  topic: string;
  payload: Uint8Array;
  qos: 0 | 1 | 2;
  retained: boolean;
  receivedMs: number;
  settle(): void;
}

export interface MessageSource {
  /** Connects and subscribes; keeps trying for ever. Resolves when started, not when connected. */
  start(onMessage: (message: InboundMessage) => void): Promise<void>;
  stop(): Promise<void>;
  /** Publishes a command or a rebirth request (QoS 1). */
  publish(topic: string, payload: Uint8Array | string): Promise<void>;
  health(): {
    ok: boolean;
    detail: string;
    remedy?: string;
    notice?: Notice | undefined;
    connectedSinceMs: number | null;
    received: number;
    unacknowledged: number;
    paused: boolean;
  };
}

// ── what the pages are told ─────────────────────────────────────────────────────────────────────────────────────

/** The live picture; deltas are made at most twice a second, and shared by all listeners. */
export interface LiveView {
  snapshot(): MapSnapshot;
  onDelta(listener: (delta: MapDelta) => void): () => void;
}

/** Conservation (R6): received = stored + spooled + deadLettered + duplicate. Counted in readings, since the first start. */
export interface Conservation {
  received: number;
  stored: number;
  spooled: number;
  deadLettered: number;
  duplicate: number;
  /** received − (stored + spooled + deadLettered + duplicate); 0 or it is a fault. */
  error: number;
}

export interface PipelineStatus {
  conservation: Conservation;
  /** `refusal`: why it keeps nothing now, so that nothing is acknowledged; null when it does. */
  spool: { entries: number; bytes: number; oldestAgeMs: number | null; refusal: string | null };
  writer: {
    state: 'idle' | 'writing' | 'retrying' | 'parked';
    reason: string | null;
    remedy: string | null;
    /** Reason and remedy once more, for a page in another language. */
    notice?: Notice | undefined;
    lastStoredMs: number | null;
    storedPerS: number;
    retries: number;
  };
  ingest: { messagesPerS: number; readingsPerS: number; lastReadingMs: number | null };
  /** 99th percentile of publish-received → detection of the last minute, ms. */
  detectionP99Ms: number | null;
  points: number;
}

export type * from './databasePorts.ts';
export type * from './alertPorts.ts';
export type * from './accessPorts.ts';
export type * from './planPorts.ts';
