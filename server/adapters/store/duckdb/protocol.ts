import type { TableName } from './schema.ts';

/** What the main thread and the store's thread say to each other. */

/** Rows by column, one after another in one buffer: pt, ts, then the table's columns. NaN is "not measured". */
export interface PackedRows {
  table: TableName;
  count: number;
  values: Float64Array;
  /** Points that the thread has not stored yet: pt counts up from `firstPoint`. */
  newPoints: { firstPoint: number; transformerIds: string[]; points: string[] };
}

/** Readings whose summaries are to be made again, with the limits of each point. */
export interface RecomputeRequest {
  /** Null: every point. */
  windows: { pt: number; fromMs: number; toMs: number }[] | null;
  fromMs: number;
  toMs: number;
  limits: { pt: number; lowV: number; highV: number }[];
}

export interface Calls {
  open(): { version: string; points: { pt: number; transformerId: string; point: string }[] };
  write(rows: PackedRows): void;
  /** Columns of numbers; NULL comes back as NaN. */
  query(sql: string): Float64Array[];
  /** The same, of DOUBLE columns without NULL: many rows, on a connection of its own so that no page waits behind it. */
  scan(sql: string): Float64Array[];
  recompute(request: RecomputeRequest): void;
  deleteBefore(tsMs: number): void;
  /** Sorts the rows between two times by point, so that one point's rows lie together. */
  compact(fromMs: number, toMs: number): void;
  copyTo(file: string): void;
  close(): void;
}

export type CallName = keyof Calls;

export interface CallMessage {
  id: number;
  name: CallName;
  args: unknown[];
}

export type ReplyMessage = { id: number; value: unknown } | { id: number; error: string };

export interface ThreadData {
  file: string;
  timeZone: string;
  memoryLimitMb: number;
  threads: number;
}
