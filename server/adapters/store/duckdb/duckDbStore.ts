import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DAY_MS } from '../../../core/localTime.ts';
import type { Notice } from '../../../core/notice.ts';
import type { Reading } from '../../../core/reading.ts';
import type { DailySummary, VoltageMean } from '../../../core/summary.ts';
import type {
  HistoryBlock,
  MeanScan,
  ReadingStore,
  RecomputeWindow,
  SeriesQuery,
  StoreHealth,
  WriteResult,
} from '../../../ports.ts';
import { WRITE_ROWS_MAX, type StoreOptions } from '../options.ts';
import { PointDictionary } from './pointDictionary.ts';
import { packBlocks, packRows } from './packRows.ts';
import type { PackedRows } from './protocol.ts';
import * as sql from './queries.ts';
import { scanMeans } from './meanScan.ts';
import type { TableName } from './schema.ts';
import { ThreadClient } from './threadClient.ts';

export interface DuckDbStoreOptions extends StoreOptions {
  /** Path of the DuckDB file; its folder is made. Belongs to one process at a time. */
  file: string;
  memoryLimitMb?: number;
  threads?: number;
}

const READINGS_LIMIT = 100_000;
/** How often a closed day is looked for, to be sorted by point. */
const COMPACT_EVERY_MS = 3_600_000;
/** A day is sorted this long after it ended: most late readings are in by then. */
const COMPACT_AFTER_MS = 2 * 3_600_000;
/** Name of the copy in a backup directory. */
const DUCKDB_BACKUP_FILE = 'readings.duckdb';

/** The embedded time-series store: one DuckDB file, owned by a thread of its own. */
export function createDuckDbStore(options: DuckDbStoreOptions): DuckDbStore {
  return new DuckDbStore(options);
}

class DuckDbStore implements ReadingStore {
  readonly #options: DuckDbStoreOptions;
  #points = new PointDictionary();
  #thread: ThreadClient | null = null;
  #version = '';
  #lastError: string | null = null;
  #stopCompacting: () => void = () => undefined;
  /** Days before this are sorted already. */
  #sortedUntilMs = 0;

  constructor(options: DuckDbStoreOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { file, timeZone, memoryLimitMb = 1024, threads = 2, clock } = this.#options;
    mkdirSync(dirname(file), { recursive: true });
    const thread = new ThreadClient({ file, timeZone, memoryLimitMb, threads });
    try {
      const { version, points } = await thread.call('open', []);
      this.#points = new PointDictionary(points);
      this.#version = version;
    } catch (error) {
      await thread.terminate();
      throw new Error(`The embedded store ${file} cannot be opened: ${(error as Error).message}`, {
        cause: error,
      });
    }
    this.#thread = thread;
    this.#sortedUntilMs = Math.floor(clock.nowMs() / DAY_MS) * DAY_MS;
    this.#compactLater();
  }

  async stop(): Promise<void> {
    this.#stopCompacting();
    const thread = this.#thread;
    this.#thread = null;
    if (thread === null) return;
    await thread.call('close', []);
    await thread.terminate();
  }

  writeReadings(rows: readonly Reading[]): Promise<WriteResult> {
    return this.#write('readings', rows);
  }

  writeMeans(rows: readonly VoltageMean[]): Promise<WriteResult> {
    return this.#write('means', rows);
  }

  writeDailies(rows: readonly DailySummary[]): Promise<WriteResult> {
    return this.#write('dailies', rows);
  }

  writeHistory(blocks: readonly HistoryBlock[]): Promise<WriteResult> {
    return this.#append(packBlocks(this.#points, blocks));
  }

  async readings(query: SeriesQuery, limit = READINGS_LIMIT) {
    return sql.toReadingColumns(await this.#query(sql.readingsSql(this.#where(query), limit)));
  }

  async series(query: SeriesQuery, stepMs: number) {
    return sql.toSeries(await this.#query(sql.seriesSql(this.#where(query), stepMs)), stepMs);
  }

  async means(query: SeriesQuery) {
    return sql.toMeans(await this.#query(sql.meansSql(this.#where(query))), (pt) => this.#points.entry(pt));
  }

  scanMeans(scan: MeanScan): Promise<void> {
    const thread = this.#alive();
    return scanMeans(scan, this.#points, {
      query: (text) => thread.call('query', [text]),
      scan: (text) => thread.call('scan', [text]),
    });
  }

  async dailies(query: { transformerId?: string; fromMs: number; toMs: number }) {
    const where = this.#whereAny(query);
    return sql.toDailies(await this.#query(sql.dailiesSql(where)), (pt) => this.#points.entry(pt));
  }

  async monitoredTimes({ fromMs, toMs }: { fromMs: number; toMs: number }) {
    const columns = await this.#query(sql.monitoredTimesSql(sql.timesOf(fromMs, toMs)));
    return sql.toMonitoredTimes(columns, (pt) => this.#points.entry(pt));
  }

  async latest(sinceMs: number) {
    return sql.toReadings(await this.#query(sql.latestSql(sinceMs)), (pt) => this.#points.entry(pt));
  }

  async points(transformerId: string) {
    const known = this.#points.of(transformerId);
    if (known.length === 0) return [];
    const [pts, first, last, count] = await this.#query(
      `SELECT pt, min(ts), max(ts), count(*) FROM readings WHERE pt IN (${known.map((p) => p.pt).join(', ')}) GROUP BY pt ORDER BY pt`,
    );
    return Array.from(pts!, (pt, i) => ({
      point: this.#points.entry(pt).point,
      firstMs: first![i]!,
      lastMs: last![i]!,
      count: count![i]!,
    }));
  }

  async countReadings(query: { transformerId?: string; fromMs: number; toMs: number }): Promise<number> {
    const [count] = await this.#query(`SELECT count(*) FROM readings WHERE ${this.#whereAny(query)}`);
    return count![0]!;
  }

  async recompute(windows: readonly RecomputeWindow[]): Promise<void> {
    const known = windows.flatMap(({ transformerId, point, fromMs, toMs }) => {
      const pt = this.#points.find(transformerId, point);
      return pt === undefined ? [] : [{ pt, fromMs, toMs }];
    });
    if (known.length === 0) return;
    const limits = [...new Set(known.map((w) => w.pt))].map((pt) => this.#limits(pt));
    await this.#alive().call('recompute', [{ windows: known, fromMs: 0, toMs: 0, limits }]);
  }

  async recomputeAll(fromMs: number, toMs: number, onProgress?: (doneShare: number) => void): Promise<void> {
    const limits = Array.from({ length: this.#points.size }, (_, pt) => this.#limits(pt));
    const [first, last] = await this.#query(
      `SELECT min(ts), max(ts) FROM readings WHERE ${sql.timesOf(fromMs, toMs)}`,
    );
    const startMs = first![0]!;
    const endMs = last![0]! + 1;
    if (Number.isNaN(startMs)) return;
    for (let ms = startMs; ms < endMs; ms += RECOMPUTE_SPAN_MS) {
      const untilMs = Math.min(ms + RECOMPUTE_SPAN_MS, endMs);
      await this.#alive().call('recompute', [{ windows: null, fromMs: ms, toMs: untilMs, limits }]);
      onProgress?.((untilMs - startMs) / (endMs - startMs));
    }
  }

  deleteBefore(tsMs: number): Promise<void> {
    return this.#alive().call('deleteBefore', [tsMs]);
  }

  async health(): Promise<StoreHealth> {
    const product = `duckdb ${this.#version}`;
    if (this.#thread === null) {
      return { ok: false, product, detail: 'not running', notice: { code: 'duckdb-stopped', values: {} } };
    }
    if (this.#lastError !== null) {
      return {
        ok: false,
        product,
        detail: `the last write failed: ${this.#lastError}`,
        remedy: `Look for free space and rights in ${dirname(this.#options.file)}; readings wait in the spool meanwhile.`,
        notice: this.#failure(this.#lastError),
      };
    }
    const megabytes = existsSync(this.#options.file)
      ? Math.round(statSync(this.#options.file).size / 2 ** 20)
      : 0;
    const points = this.#points.size;
    const notice: Notice = { code: 'duckdb-well', values: { points, megabytes } };
    return { ok: true, product, detail: `${points} points, ${megabytes} MB`, notice };
  }

  #failure(error: string): Notice {
    return { code: 'duckdb-write-failed', values: { error, folder: dirname(this.#options.file) } };
  }

  async backup(directory: string): Promise<void> {
    mkdirSync(directory, { recursive: true });
    const target = join(directory, DUCKDB_BACKUP_FILE);
    if (existsSync(target)) throw new Error(`${target} exists already; a backup never overwrites`);
    await this.#alive().call('copyTo', [target]);
  }

  /** Sorts the rows of a span by point (after a bulk load, and a day when it has ended). */
  compact(fromMs: number, toMs: number): Promise<void> {
    return this.#alive().call('compact', [fromMs, toMs]);
  }

  async #write(
    table: TableName,
    rows: readonly (Reading | VoltageMean | DailySummary)[],
  ): Promise<WriteResult> {
    if (rows.length === 0) return { kind: 'stored' };
    if (rows.length > WRITE_ROWS_MAX) {
      return { kind: 'too-large', reason: `${rows.length} rows; at most ${WRITE_ROWS_MAX} at once` };
    }
    const source = rows as unknown as readonly Record<string, string | number>[];
    return this.#append(packRows(this.#points, table, source));
  }

  async #append(packed: PackedRows): Promise<WriteResult> {
    const size = this.#points.size;
    try {
      await this.#alive().call('write', [packed], [packed.values.buffer as ArrayBuffer]);
    } catch (error) {
      this.#lastError = (error as Error).message;
      return { kind: 'retry', reason: this.#lastError, notice: this.#failure(this.#lastError) };
    }
    this.#points.markStored(size);
    this.#lastError = null;
    return { kind: 'stored' };
  }

  #where({ transformerId, point, fromMs, toMs }: SeriesQuery): string {
    const pt = this.#points.find(transformerId, point);
    return pt === undefined ? 'false' : sql.spanOf(pt, fromMs, toMs);
  }

  #whereAny({
    transformerId,
    fromMs,
    toMs,
  }: {
    transformerId?: string;
    fromMs: number;
    toMs: number;
  }): string {
    const span = sql.timesOf(fromMs, toMs);
    if (transformerId === undefined) return span;
    const pts = this.#points.of(transformerId).map((p) => p.pt);
    return pts.length === 0 ? 'false' : `${span} AND pt IN (${pts.join(', ')})`;
  }

  #limits(pt: number): { pt: number; lowV: number; highV: number } {
    const { transformerId, point } = this.#points.entry(pt);
    const { lowV, highV } = this.#options.limitsOf(transformerId, point);
    return { pt, lowV, highV };
  }

  #query(text: string): Promise<Float64Array[]> {
    return this.#alive().call('query', [text]);
  }

  #alive(): ThreadClient {
    if (this.#thread === null) throw new Error('the embedded store is not running');
    return this.#thread;
  }

  #compactLater(): void {
    const { clock, log } = this.#options;
    this.#stopCompacting = clock.after(COMPACT_EVERY_MS, () => {
      const untilMs = Math.floor((clock.nowMs() - COMPACT_AFTER_MS) / DAY_MS) * DAY_MS;
      const fromMs = this.#sortedUntilMs;
      if (untilMs > fromMs && this.#thread !== null) {
        this.compact(fromMs, untilMs).then(
          () => (this.#sortedUntilMs = untilMs),
          (error: unknown) => log.warn({ err: error }, 'a closed day could not be sorted; it is tried again'),
        );
      }
      this.#compactLater();
    });
  }
}

/** One transaction of a bulk recomputation: bounded memory, visible progress. */
const RECOMPUTE_SPAN_MS = 31 * DAY_MS;
