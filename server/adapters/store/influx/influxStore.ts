import { summarise } from '../../../core/aggregate.ts';
import { DAY_MS, localDayStart, zoneOffset, type ZoneOffset } from '../../../core/localTime.ts';
import { READING_FLAG, type Reading } from '../../../core/reading.ts';
import { MEAN_INTERVAL_MS, type DailySummary, type VoltageMean } from '../../../core/summary.ts';
import type {
  MeanScan,
  ReadingColumns,
  ReadingStore,
  RecomputeWindow,
  SampledSeries,
  SeriesQuery,
  StoreHealth,
  WriteResult,
} from '../../../ports.ts';
import { WRITE_ROWS_MAX, type StoreOptions } from '../options.ts';
import { noticeOf, reasonOf, writeResultOf } from './answers.ts';
import { InfluxConnection, type InfluxConnectionOptions } from './connection.ts';
import { LineEncoder, MEASUREMENTS, type Measurement, type StoredRow } from './lineProtocol.ts';
import { monitoredTimes } from './monitoredTimes.ts';
import { scanMeans } from './meanScan.ts';
import { pointsOf } from './pointsOf.ts';
import { rowsOf, spanOf } from './rows.ts';
import { Sampler } from './sampling.ts';

export type InfluxStoreOptions = StoreOptions & InfluxConnectionOptions;

const READINGS_LIMIT = 100_000;
/** Raw readings taken into memory at once by a recomputation. */
const RECOMPUTE_SPAN_MS = 31 * DAY_MS;
/** Windows without a mean are read in so many pieces; beyond that in one. */
const PIECES_MAX = 50;
/** A long series is asked for in so many parts at once, none shorter than a month. */
const PARALLEL_MAX = 6;
const PIECE_MS_MIN = 31 * DAY_MS;

/** Readings in an InfluxDB, 1.6 or later, 2.x or 3.x. `start` succeeds while the server is away: writes say what is wrong. */
export function createInfluxStore(options: InfluxStoreOptions): ReadingStore {
  return new InfluxStore(options);
}

class InfluxStore implements ReadingStore {
  readonly #options: InfluxStoreOptions;
  readonly #connection: InfluxConnection;
  readonly #encoder = new LineEncoder();
  readonly #offset: ZoneOffset;

  constructor(options: InfluxStoreOptions) {
    this.#options = options;
    this.#connection = new InfluxConnection(options, options.clock);
    this.#offset = zoneOffset(options.timeZone);
  }

  async start(): Promise<void> {
    const { log } = this.#options;
    try {
      await this.#connection.prepare();
      log.info({ product: this.#connection.product }, 'InfluxDB answers');
    } catch (error) {
      log.warn({ reason: reasonOf(error) }, 'InfluxDB does not answer yet; readings wait in the spool');
    }
  }

  async stop(): Promise<void> {
    this.#connection.close();
  }

  writeReadings(rows: readonly Reading[]): Promise<WriteResult> {
    return this.#write('reading', rows);
  }

  writeMeans(rows: readonly VoltageMean[]): Promise<WriteResult> {
    return this.#write('mean10m', rows);
  }

  writeDailies(rows: readonly DailySummary[]): Promise<WriteResult> {
    return this.#write('daily', rows);
  }

  async readings(query: SeriesQuery, limit = READINGS_LIMIT): Promise<ReadingColumns> {
    const rows = await this.#raw(query, limit);
    const columns: Record<string, Float64Array | Int32Array> = {
      tsMs: Float64Array.from(rows, (row) => row.tsMs),
      flags: Int32Array.from(rows, (row) => row.flags),
    };
    for (const name of MEASUREMENTS.reading.fields) {
      if (name !== 'flags') columns[name] = Float64Array.from(rows, (row) => row[name as 'uaV']);
    }
    return columns as unknown as ReadingColumns;
  }

  async series(query: SeriesQuery, stepMs: number): Promise<SampledSeries> {
    if (!(stepMs > 0)) throw new RangeError(`stepMs must be positive, not ${stepMs}`);
    const sampler = new Sampler(stepMs);
    if (stepMs % MEAN_INTERVAL_MS !== 0) {
      for (const row of await this.#raw(query)) sampler.addReading(row);
      return sampler.finish();
    }
    // A window on the border belongs to the span only in part: those are made from raw readings.
    const [stored, readings] = await Promise.all([this.#meansInPieces(query), this.#count(query)]);
    const means = stored.filter((mean) => mean.tsMs + MEAN_INTERVAL_MS <= query.toMs);
    for (const mean of means) sampler.addMean(mean);
    // Grouping a year by window costs the server as much as the means themselves: only where something is missing.
    if (means.reduce((sum, { count }) => sum + count, 0) !== readings) {
      await this.#addUncovered(sampler, query, new Set(means.map((mean) => mean.tsMs)));
    }
    await this.#addOutages(sampler, query, means);
    return sampler.finish();
  }

  means(query: SeriesQuery): Promise<VoltageMean[]> {
    return this.#select<VoltageMean>('mean10m', spanOf(query), 'ORDER BY time');
  }

  scanMeans(scan: MeanScan): Promise<void> {
    return scanMeans(scan, (question) => this.#connection.query('raw', question));
  }

  dailies(query: { transformerId?: string; fromMs: number; toMs: number }): Promise<DailySummary[]> {
    return this.#select<DailySummary>('daily', spanOf(query), 'ORDER BY time');
  }

  monitoredTimes(span: { fromMs: number; toMs: number }) {
    return monitoredTimes(span, (question) => this.#connection.query('daily', question));
  }

  latest(sinceMs: number): Promise<Reading[]> {
    return this.#select<Reading>(
      'reading',
      spanOf({ fromMs: sinceMs, toMs: Infinity }),
      'ORDER BY time DESC LIMIT 1',
    );
  }

  points(transformerId: string): ReturnType<ReadingStore['points']> {
    return pointsOf(transformerId, (question) => this.#connection.query('raw', question));
  }

  async countReadings(query: { transformerId?: string; fromMs: number; toMs: number }): Promise<number> {
    return this.#count(query);
  }

  async recompute(windows: readonly RecomputeWindow[]): Promise<void> {
    for (const { transformerId, point, fromMs, toMs } of windows) {
      if (!(toMs > fromMs)) continue;
      const endMs = this.#dayStart(this.#dayStart(toMs - 1) + 1.5 * DAY_MS);
      await this.#summarise({ transformerId, point, fromMs: this.#dayStart(fromMs), toMs: endMs });
    }
  }

  async recomputeAll(fromMs: number, toMs: number, onProgress?: (doneShare: number) => void): Promise<void> {
    const span = spanOf({ fromMs, toMs });
    const of = (call: string) =>
      this.#connection.query(
        'raw',
        `SELECT ${call}(flags) FROM reading WHERE ${span} GROUP BY transformer, point`,
      );
    const [first, last] = [await of('first'), await of('last')];
    for (const [i, { tags, values }] of first.entries()) {
      const { transformer: transformerId, point } = tags as { transformer: string; point: string };
      const endMs = Number(last[i]!.values[0]![0]) + 1;
      for (let atMs = Number(values[0]![0]); atMs < endMs;) {
        const nextMs = Math.min(endMs, this.#dayStart(atMs + RECOMPUTE_SPAN_MS));
        await this.recompute([{ transformerId, point, fromMs: atMs, toMs: nextMs }]);
        atMs = nextMs;
      }
      onProgress?.((i + 1) / first.length);
    }
  }

  /** Rounds down to a local day: a day of which a part is gone could never be summarised again. */
  deleteBefore(tsMs: number): Promise<void> {
    return this.#connection.deleteBefore(this.#dayStart(tsMs));
  }

  async health(): Promise<StoreHealth> {
    try {
      await this.#connection.ping();
      await this.#connection.prepare();
      const { host } = new URL(this.#options.url);
      const notice = { code: 'influx-well', values: { host } } as const;
      return { ok: true, product: this.#connection.product, detail: host, notice };
    } catch (error) {
      const result = writeResultOf(error, this.#options.clock.nowMs());
      const remedy =
        result.kind === 'parked' ? result.remedy : 'See that InfluxDB runs and that INFLUX_URL reaches it.';
      const [detail, notice] = [reasonOf(error), noticeOf(error)];
      return { ok: false, product: this.#connection.product, detail, remedy, notice };
    }
  }

  backup(): Promise<void> {
    return Promise.reject(
      new Error(
        'InfluxDB is backed up with its own tools: `influxd backup -portable` (1.x), `influx backup` (2.x).',
      ),
    );
  }

  async #write(measurement: Measurement, rows: readonly StoredRow[]): Promise<WriteResult> {
    if (rows.length === 0) return { kind: 'stored' };
    if (rows.length > WRITE_ROWS_MAX) {
      return { kind: 'too-large', reason: `${rows.length} rows; at most ${WRITE_ROWS_MAX} at once` };
    }
    const lines = this.#encoder.encode(measurement, rows);
    if (typeof lines !== 'string') return { kind: 'refused', reason: lines.unsayable };
    return this.#connection.write(measurement === 'daily' ? 'daily' : 'raw', lines);
  }

  async #select<Row>(measurement: Measurement, where: string, end: string): Promise<Row[]> {
    const fields = MEASUREMENTS[measurement].fields.map((name) => `"${name}"`);
    const answer = await this.#connection.query(
      measurement === 'daily' ? 'daily' : 'raw',
      `SELECT ${fields.join(', ')} FROM ${measurement} WHERE ${where} GROUP BY transformer, point ${end}`,
    );
    return rowsOf<Row>(answer, MEASUREMENTS[measurement].time);
  }

  async #count(query: Parameters<typeof spanOf>[0]): Promise<number> {
    const [series] = await this.#connection.query(
      'raw',
      `SELECT count(flags) FROM reading WHERE ${spanOf(query)}`,
    );
    return Number(series?.values[0]?.[1] ?? 0);
  }

  /** Several questions at once: the server encodes one answer while we decode another. */
  async #meansInPieces(query: SeriesQuery): Promise<VoltageMean[]> {
    const { fromMs, toMs } = query;
    const lengthMs = Math.ceil(Math.max((toMs - fromMs) / PARALLEL_MAX, PIECE_MS_MIN));
    const pieces: Promise<VoltageMean[]>[] = [];
    for (let atMs = fromMs; atMs < toMs; atMs += lengthMs) {
      pieces.push(this.means({ ...query, fromMs: atMs, toMs: Math.min(toMs, atMs + lengthMs) }));
    }
    return (await Promise.all(pieces)).flat();
  }

  #raw(query: SeriesQuery, limit?: number): Promise<Reading[]> {
    const end = limit === undefined ? '' : ` LIMIT ${Math.floor(limit)}`;
    return this.#select<Reading>('reading', spanOf(query), `ORDER BY time${end}`);
  }

  /** Raw readings of the windows that have no mean: the running one, history that was not summarised yet. */
  async #addUncovered(sampler: Sampler, query: SeriesQuery, covered: ReadonlySet<number>): Promise<void> {
    const [counts] = await this.#connection.query(
      'raw',
      `SELECT count(flags) FROM reading WHERE ${spanOf(query)} GROUP BY time(10m) fill(none)`,
    );
    const open = (counts?.values ?? []).map(([tick]) => Number(tick)).filter((tick) => !covered.has(tick));
    let pieces: { fromMs: number; toMs: number }[] = [];
    for (const tick of open) {
      const piece = pieces.at(-1);
      if (piece !== undefined && piece.toMs === tick) piece.toMs += MEAN_INTERVAL_MS;
      else pieces.push({ fromMs: tick, toMs: tick + MEAN_INTERVAL_MS });
    }
    if (pieces.length > PIECES_MAX) pieces = [{ fromMs: pieces[0]!.fromMs, toMs: pieces.at(-1)!.toMs }];
    for (const { fromMs, toMs } of pieces) {
      const inside = { ...query, fromMs: Math.max(fromMs, query.fromMs), toMs: Math.min(toMs, query.toMs) };
      for (const row of await this.#raw(inside)) {
        if (!covered.has(row.tsMs - (row.tsMs % MEAN_INTERVAL_MS))) sampler.addReading(row);
      }
    }
  }

  /** A mean tells that there was an outage, not how many readings it had. */
  async #addOutages(sampler: Sampler, query: SeriesQuery, means: readonly VoltageMean[]): Promise<void> {
    const dark = new Set(means.filter(({ flags }) => flags & READING_FLAG.outage).map(({ tsMs }) => tsMs));
    if (dark.size === 0) return;
    const [series] = await this.#connection.query(
      'raw',
      `SELECT flags FROM reading WHERE ${spanOf(query)} AND flags >= ${READING_FLAG.outage}`,
    );
    for (const [tsMs, flags] of (series?.values ?? []) as [number, number][]) {
      if (flags & READING_FLAG.outage && dark.has(tsMs - (tsMs % MEAN_INTERVAL_MS)))
        sampler.addOutages(tsMs, 1);
    }
  }

  async #summarise(query: SeriesQuery): Promise<void> {
    const limits = this.#options.limitsOf(query.transformerId, query.point);
    const { means, dailies } = summarise(await this.#raw(query), { offset: this.#offset, limits });
    for (let from = 0; from < means.length; from += WRITE_ROWS_MAX) {
      stored(await this.writeMeans(means.slice(from, from + WRITE_ROWS_MAX)));
    }
    stored(await this.writeDailies(dailies));
  }

  #dayStart(timeMs: number): number {
    return localDayStart(timeMs, this.#offset);
  }
}

/** A recomputation that could not be written is tried again as a whole by its caller. */
function stored(result: WriteResult): void {
  if (result.kind !== 'stored') throw new Error(`Writing summaries: ${result.reason}`);
}
