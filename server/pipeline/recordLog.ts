import { type LogRecord, decodeRecord, encodeRecord } from '../core/batchCodec.ts';
import { CorruptBytesError } from '../core/columnFormat.ts';
import type { Logger, Spool } from '../ports.ts';

/** A record and its place in the log. */
export interface LogEntry {
  seq: number;
  record: LogRecord;
}

/** Rows kept in memory for readers that are up to date (about 50 MB); readers further behind read the spool. */
const CACHED_ROWS_MAX = 200_000;
/** Bytes asked of the spool at once: about 60,000 readings. */
const READ_BYTES_MAX = 1 << 20;

/** Rows of a record: what it costs to keep and to write. */
export function rowsOf(record: LogRecord): number {
  const { readings, means, dailies, deadLetters, weather, forecasts, reports, events } = record;
  return (
    1 +
    readings.length +
    means.length +
    dailies.length +
    deadLetters.length +
    weather.length +
    forecasts.length +
    reports.length +
    events.length
  );
}

/** The spool as records. The latest are kept in memory, so that a reader that keeps up never reads the disk. */
export class RecordLog {
  readonly #spool: Spool;
  readonly #log: Logger;
  #cached: LogEntry[] = [];
  #cachedRows = 0;
  #lastSeq = 0;
  #waiting: (() => void)[] = [];

  constructor(spool: Spool, log: Logger) {
    this.#spool = spool;
    this.#log = log;
  }

  /** Takes up the position of the spool; call once, before anything else. */
  open(): void {
    this.#lastSeq = this.#spool.status().lastSeq;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /**
   * Makes the record durable. Returns how often it is in the log now: more than once when the answer to an attempt before
   * was lost (the spool's thread died after its commit), and then each counts as received, since each will be stored.
   *
   * @throws when the spool cannot
   */
  async append(record: LogRecord): Promise<number> {
    const seq = await this.#spool.append(encodeRecord(record));
    this.#cached.push({ seq, record });
    this.#cachedRows += rowsOf(record);
    while (this.#cachedRows > CACHED_ROWS_MAX && this.#cached.length > 1) this.#forget();
    const copies = seq - this.#lastSeq;
    this.#lastSeq = seq;
    return copies;
  }

  /** Wakes readers. Apart from `append`, so that the order of what follows an append is the caller's. */
  announce(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Resolves when there is something after `seq`, or at `announce` for any other reason. */
  async grown(seq: number): Promise<void> {
    if (this.#lastSeq > seq) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Rows after `seq` as far as memory knows; more than any limit when the reader is behind that. */
  rowsAfter(seq: number): number {
    if (seq >= this.#lastSeq) return 0;
    if (!this.#holds(seq)) return Infinity;
    return this.#after(seq).reduce((sum, entry) => sum + rowsOf(entry.record), 0);
  }

  /** Arrival time of the first record after `seq`, where memory knows it. */
  oldestAfter(seq: number): number | null {
    return this.#holds(seq) ? (this.#after(seq)[0]?.record.receivedMs ?? null) : null;
  }

  /**
   * Records after `seq`, about `rowsMax` rows, at least one. `upTo` is how far they reach: entries that are damaged are
   * reported and left out, and are not asked for again.
   */
  async read(seq: number, rowsMax: number): Promise<{ entries: LogEntry[]; upTo: number }> {
    if (this.#holds(seq)) return taken(this.#after(seq), rowsMax, seq);
    const lastSeq = this.#lastSeq;
    const found = await this.#spool.read(seq, READ_BYTES_MAX);
    if (found.length === 0) return { entries: [], upTo: lastSeq };
    const entries: LogEntry[] = [];
    for (const { seq, entry } of found) {
      try {
        entries.push({ seq, record: decodeRecord(entry) });
      } catch (error) {
        if (!(error instanceof CorruptBytesError)) throw error;
        this.#log.error(
          { seq, reason: error.message },
          'An entry of the spool cannot be read; it is left out',
        );
      }
    }
    const readTo = found.at(-1)!.seq;
    const part = taken(entries, rowsMax, readTo);
    return part.entries.length === entries.length ? { entries, upTo: readTo } : part;
  }

  /** Readers have passed `seq`: memory need not keep it. */
  release(seq: number): void {
    while (this.#cached.length > 0 && this.#cached[0]!.seq <= seq) this.#forget();
  }

  #holds(seq: number): boolean {
    const first = this.#cached[0]?.seq ?? this.#lastSeq + 1;
    return seq + 1 >= first;
  }

  /** An append whose answer was lost leaves a number that memory does not know, so the place is found, not reckoned. */
  #after(seq: number): LogEntry[] {
    const from = this.#cached.findIndex((entry) => entry.seq > seq);
    return from < 0 ? [] : this.#cached.slice(from);
  }

  #forget(): void {
    const [gone] = this.#cached.splice(0, 1);
    this.#cachedRows -= rowsOf(gone!.record);
  }
}

function taken(
  entries: LogEntry[],
  rowsMax: number,
  upToNone: number,
): { entries: LogEntry[]; upTo: number } {
  let rows = 0;
  let count = 0;
  for (; count < entries.length; count++) {
    rows += rowsOf(entries[count]!.record);
    if (count > 0 && rows > rowsMax) break;
  }
  return { entries: entries.slice(0, count), upTo: entries[count - 1]?.seq ?? upToNone };
}
