import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpError, InfluxDB, type Headers, type WriteApi } from '@influxdata/influxdb-client';
import type { Clock, WriteResult } from '../../../ports.ts';
import { noticeOf, reasonOf, remedyFor, writeResultOf } from './answers.ts';

export interface InfluxConnectionOptions {
  url: string;
  token?: string | undefined;
  /** Login of a 1.x server. */
  username?: string | undefined;
  password?: string | undefined;
  /** Organisation of a 2.x server. Default `peakvolt`. */
  org?: string;
  /** Bucket (2.x) or database of readings and means; daily summaries go to `<bucket>_daily`. Default `peakvolt`. */
  bucket?: string;
  /** Asked of the server when absent. */
  version?: 1 | 2 | 3 | undefined;
  /** Compresses what is written: a tenth of the bytes for twice the processor time. Default false. */
  gzip?: boolean;
  /** A request without an answer for so long has failed. Default 30,000. */
  timeoutMs?: number;
}

/** One series of an InfluxQL answer. */
export interface InfluxSeries {
  name: string;
  tags?: Record<string, string>;
  columns: string[];
  values: (number | string | null)[][];
}

interface QueryAnswer {
  results?: { series?: InfluxSeries[]; error?: string }[];
  error?: string;
}

export type Shelf = 'raw' | 'daily';

/** Group of shards that is dropped as one. A day at 500,000 readings a minute is a shard of about 8 GB. */
const SHARD_DURATION = { raw: '1d', daily: '52w' } as const;
const SHARD_SECONDS = { raw: 86_400, daily: 31_449_600 } as const;
const GZIP_FROM_BYTES = 1000;
const SOCKETS_MAX = 8;
/** On top of the client's own timeout, which a server that trickles bytes can put off for ever. */
const DEADLINE_FACTOR = 2;

/** InfluxDB 1.6 and later through the official client, its own retries and buffers off. */
export class InfluxConnection {
  readonly #options: InfluxConnectionOptions;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #client: InfluxDB;
  readonly #names: Record<Shelf, string>;
  #writers: Record<Shelf, WriteApi> | null = null;
  #preparing: Promise<void> | null = null;
  /** Exact version as the server gives it. */
  product = 'influxdb';
  major: 1 | 2 | 3 | null = null;

  constructor(options: InfluxConnectionOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    const { url, token, username, password, timeoutMs = 30_000, bucket = 'peakvolt' } = options;
    this.#timeoutMs = timeoutMs;
    this.#names = { raw: bucket, daily: `${bucket}_daily` };
    const kind = url.startsWith('https:') ? HttpsAgent : HttpAgent;
    this.#agent = new kind({ keepAlive: true, maxSockets: SOCKETS_MAX });
    const login = Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64');
    this.#client = new InfluxDB({
      url,
      timeout: timeoutMs,
      transportOptions: { agent: this.#agent },
      ...(token === undefined ? {} : { token }),
      // 1.6 and 1.7 do not know the header `Token user:password` of later versions.
      ...(token === undefined && username !== undefined
        ? { headers: { authorization: `Basic ${login}` } }
        : {}),
    });
  }

  /** Learns the version and makes database or buckets, once; fails while there is no server. */
  prepare(): Promise<void> {
    if (this.#writers !== null) return Promise.resolve();
    this.#preparing ??= this.#prepare().finally(() => (this.#preparing = null));
    return this.#preparing;
  }

  async write(shelf: Shelf, lines: string): Promise<WriteResult> {
    try {
      await this.prepare();
    } catch (error) {
      // Making the databases refused is not the rows' fault.
      const result = writeResultOf(error, this.#clock.nowMs());
      if (result.kind !== 'refused') return result;
      return { kind: 'retry', reason: result.reason, notice: noticeOf(error) };
    }
    const writer = this.#writers![shelf];
    try {
      writer.writeRecord(lines);
      await this.#inTime(writer.flush());
      return { kind: 'stored' };
    } catch (error) {
      // The database was deleted behind our back: it is made again before the next write.
      if (error instanceof HttpError && error.statusCode === 404) this.#writers = null;
      return writeResultOf(error, this.#clock.nowMs());
    }
  }

  /** InfluxQL, the one language of all versions; one statement. Times come in ms. */
  async query(shelf: Shelf, influxQl: string): Promise<InfluxSeries[]> {
    await this.prepare();
    return this.#influxQl('GET', influxQl, this.#names[shelf]);
  }

  /** Deletes readings and means before a time; whole shards at once where the server can. */
  async deleteBefore(tsMs: number): Promise<void> {
    await this.prepare();
    if (this.major === 3)
      throw new Error('InfluxDB 3 deletes by the retention period of the database: set it there.');
    if (this.major === 2) {
      const { org = 'peakvolt' } = this.#options;
      const query = new URLSearchParams({ org, bucket: this.#names.raw });
      const body = { start: '1677-09-22T00:00:00Z', stop: new Date(tsMs - 1).toISOString() };
      await this.#request('POST', `/api/v2/delete?${query}`, JSON.stringify(body));
      return;
    }
    for (const { name, columns, values } of await this.#influxQl('GET', 'SHOW SHARDS')) {
      if (name !== this.#names.raw) continue;
      const [id, end] = [columns.indexOf('id'), columns.indexOf('end_time')];
      for (const shard of values.filter((row) => Date.parse(String(row[end])) <= tsMs)) {
        await this.#influxQl('POST', `DROP SHARD ${Number(shard[id])}`);
      }
    }
    await this.#influxQl('POST', `DELETE WHERE time < ${tsMs}ms`, this.#names.raw);
  }

  /** Asks the server for its version: whether there is one at all. */
  async ping(): Promise<void> {
    const headers = await this.#headersOf('/ping');
    const version = header(headers, 'x-influxdb-version').replace(/^v/, '');
    if (version !== '') this.product = `influxdb ${version}`;
    const major = Number(version.split('.')[0]);
    this.major = this.#options.version ?? (major === 2 || major === 3 ? major : 1);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #prepare(): Promise<void> {
    await this.ping();
    if (this.major === 1) {
      for (const shelf of ['raw', 'daily'] as const) {
        await this.#influxQl(
          'POST',
          `CREATE DATABASE "${this.#names[shelf]}" WITH DURATION INF SHARD DURATION ${SHARD_DURATION[shelf]} NAME "autogen"`,
        ).catch((error: unknown) => {
          // A database made by someone else with other settings is used as it is; so is one that we may only write.
          if (!/conflict|different|not authorized|403/i.test(reasonOf(error))) throw error;
        });
      }
    } else if (this.major === 2) await this.#makeBuckets();
    this.#writers = { raw: this.#writer('raw'), daily: this.#writer('daily') };
  }

  #writer(shelf: Shelf): WriteApi {
    const { org = 'peakvolt', gzip = false } = this.#options;
    const writer = this.#client.getWriteApi(org, this.#names[shelf], 'ms', {
      // Our writer sends a batch at a time and decides by itself about trying again.
      // One record, already joined, is below the size at which the client sends by itself.
      batchSize: 2,
      maxBatchBytes: Number.MAX_SAFE_INTEGER,
      flushInterval: 0,
      maxRetries: 0,
      gzipThreshold: gzip ? GZIP_FROM_BYTES : Number.MAX_SAFE_INTEGER,
      // A promise returned here replaces the client's logging to the console.
      writeFailed: async (error) => {
        throw error;
      },
    });
    // 1.6 and 1.7 have no /api/v2/write; the property is public for this purpose.
    if (this.major === 1) writer.path = `/write?db=${encodeURIComponent(this.#names[shelf])}&precision=ms`;
    return writer;
  }

  /** A token that may only write cannot look buckets up: then they must be there, or the first write says so. */
  async #makeBuckets(): Promise<void> {
    const { org = 'peakvolt' } = this.#options;
    try {
      const found = (await this.#request('GET', `/api/v2/orgs?${new URLSearchParams({ org })}`)) as {
        orgs?: { id: string }[];
      };
      const orgID = found.orgs?.[0]?.id;
      if (orgID === undefined) return;
      for (const shelf of ['raw', 'daily'] as const) {
        const name = this.#names[shelf];
        const query = new URLSearchParams({ orgID, name });
        const known = (await this.#request('GET', `/api/v2/buckets?${query}`)) as { buckets?: unknown[] };
        if ((known.buckets?.length ?? 0) > 0) continue;
        const retentionRules = [
          { type: 'expire', everySeconds: 0, shardGroupDurationSeconds: SHARD_SECONDS[shelf] },
        ];
        await this.#request('POST', '/api/v2/buckets', JSON.stringify({ orgID, name, retentionRules }));
      }
    } catch (error) {
      if (!(error instanceof HttpError) || remedyFor(error.statusCode) === null) throw error;
    }
  }

  async #influxQl(method: 'GET' | 'POST', q: string, db?: string): Promise<InfluxSeries[]> {
    const query = new URLSearchParams({ q, epoch: 'ms', ...(db === undefined ? {} : { db }) });
    const answer = (await this.#request(method, `/query?${query}`)) as QueryAnswer | null;
    const failed = answer?.error ?? answer?.results?.find((result) => result.error !== undefined)?.error;
    if (failed !== undefined) throw new Error(`InfluxDB: ${failed}`);
    return answer?.results?.[0]?.series ?? [];
  }

  #request(method: string, path: string, body = ''): Promise<unknown> {
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    return this.#inTime(this.#client.transport.request(path, body, { method, headers }));
  }

  async #headersOf(path: string): Promise<Headers> {
    let seen: Headers = {};
    await this.#inTime(
      this.#client.transport.request(path, '', { method: 'GET' }, (headers) => (seen = headers)),
    );
    return seen;
  }

  async #inTime<T>(work: Promise<T>): Promise<T> {
    let cancel: () => void = () => undefined;
    const late = new Promise<never>((_, reject) => {
      const deadlineMs = this.#timeoutMs * DEADLINE_FACTOR;
      const silence = Object.assign(new Error(`no answer within ${deadlineMs} ms`), { code: 'ETIMEDOUT' });
      cancel = this.#clock.after(deadlineMs, () => reject(silence));
    });
    work.catch(() => undefined);
    return Promise.race([work, late]).finally(() => cancel());
  }
}

function header(headers: Headers, name: string): string {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
}
