import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDuckDbStore } from '../../server/adapters/store/duckdb/duckDbStore.ts';
import { createInfluxStore } from '../../server/adapters/store/influx/influxStore.ts';
import { LineEncoder } from '../../server/adapters/store/influx/lineProtocol.ts';
import { emptyReading, type Reading } from '../../server/core/reading.ts';
import type { ReadingStore } from '../../server/ports.ts';
import { startInfluxd } from '../fixtures/influxd.ts';
import { realClock, recordingLog } from '../fixtures/world.ts';
import type { BenchResult } from './main.ts';

/**
 * P4: rows a second into InfluxDB through the store, as a ratio to the same rows, already encoded, posted by raw HTTP to
 * the same server in turn; and rows a second into the embedded store.
 */
const BATCH_ROWS = 5000;
const ROUNDS = 6;
const BATCHES = 6;
const DUCKDB_BATCHES = 60;
const BAR_RATIO = 0.9;
const BAR_ROWS_PER_S = 100_000;
const T0 = Date.UTC(2026, 6, 20);

export async function run(): Promise<BenchResult> {
  const influx = await influxRates();
  const duckdb = await duckDbRate();
  return {
    name: 'store',
    bars: [
      {
        id: 'P4',
        what: 'write to InfluxDB through the store',
        value: round(influx.ratio),
        unit: '× raw HTTP',
        bar: `≥${BAR_RATIO}`,
        met: influx.ratio >= BAR_RATIO,
      },
      {
        id: 'P4',
        what: 'write to the embedded store',
        value: Math.round(duckdb),
        unit: 'rows/s',
        bar: `≥${BAR_ROWS_PER_S}`,
        met: duckdb >= BAR_ROWS_PER_S,
      },
    ],
    detail: { ...influx },
  };
}

type Way = 'raw' | 'store' | 'gzip';
interface InfluxRates {
  ratio: number;
  rowsPerS: Record<Way, number>;
  cpuSPerMillion: Record<Way, number>;
}

/** Raw HTTP and the store take turns, so that compactions of the server hit both; other times, so that neither rewrites. */
async function influxRates(): Promise<InfluxRates> {
  const influxd = await startInfluxd();
  const agent = new Agent({ keepAlive: true });
  const open = (gzip: boolean): ReadingStore =>
    createInfluxStore({ ...world(), url: influxd.url, bucket: 'bench', gzip });
  const [plain, gzip] = [open(false), open(true)];
  try {
    await plain.start();
    await gzip.start();
    const encoder = new LineEncoder();
    const ways = {
      raw: (_: readonly Reading[], body: string) => post(agent, influxd.url, body),
      store: async (rows: readonly Reading[]) => expectStored(plain, rows),
      gzip: async (rows: readonly Reading[]) => expectStored(gzip, rows),
    };
    const seconds = { raw: 0, store: 0, gzip: 0 };
    const cpu = { raw: 0, store: 0, gzip: 0 };
    let step = 0;
    for (let round = -1; round < ROUNDS; round++) {
      const order = (['raw', 'store', 'gzip'] as const).map((_, k, all) => all[(k + round + 3) % 3]!);
      for (const way of order) {
        for (let batch = 0; batch < BATCHES; batch++) {
          const rows = batchOf(step++);
          const body = encoder.encode('reading', rows) as string;
          const used = process.cpuUsage();
          const startMs = performance.now();
          await ways[way](rows, body);
          if (round < 0) continue;
          seconds[way] += (performance.now() - startMs) / 1000;
          const { user, system } = process.cpuUsage(used);
          cpu[way] += (user + system) / 1e6;
        }
      }
    }
    const total = ROUNDS * BATCHES * BATCH_ROWS;
    const rate = (way: keyof typeof seconds): number => Math.round(total / seconds[way]);
    const cpuPerMillion = (way: keyof typeof cpu): number => round((cpu[way] / total) * 1e6);
    return {
      ratio: seconds.raw / seconds.store,
      rowsPerS: { raw: rate('raw'), store: rate('store'), gzip: rate('gzip') },
      cpuSPerMillion: {
        raw: cpuPerMillion('raw'),
        store: cpuPerMillion('store'),
        gzip: cpuPerMillion('gzip'),
      },
    };
  } finally {
    await plain.stop();
    await gzip.stop();
    agent.destroy();
    await influxd.stop();
  }
}

async function duckDbRate(): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'peakvolt-bench-'));
  const store = createDuckDbStore({ ...world(), file: join(dir, 'readings.duckdb') });
  try {
    await store.start();
    let seconds = 0;
    for (let step = 0; step < DUCKDB_BATCHES; step++) {
      const rows = batchOf(step);
      const startMs = performance.now();
      await expectStored(store, rows);
      seconds += (performance.now() - startMs) / 1000;
    }
    return (DUCKDB_BATCHES * BATCH_ROWS) / seconds;
  } finally {
    await store.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function world() {
  return {
    timeZone: 'Asia/Shanghai',
    limitsOf: () => ({ lowV: 198, highV: 235.4 }),
    log: recordingLog(),
    clock: realClock,
  };
}

/** One interval of {@link BATCH_ROWS} transformers: ten measured columns. */
function batchOf(step: number): Reading[] {
  return Array.from({ length: BATCH_ROWS }, (_, k) => {
    const row = emptyReading(`TQ${k}`, 'outlet', T0 + step * 60_000);
    const swing = ((k * 7 + step * 13) % 160) / 10;
    row.intervalS = 60;
    row.uaV = tenth(213 + swing);
    row.ubV = tenth(214 + swing);
    row.ucV = tenth(212 + swing);
    row.uaMinV = tenth(210 + swing);
    row.iaA = 100 + (k % 300);
    row.ibA = 110 + (k % 200);
    row.icA = 90 + (k % 250);
    row.pKw = tenth(60 + swing);
    row.qKvar = tenth(15 + swing);
    return row;
  });
}

async function expectStored(store: ReadingStore, rows: readonly Reading[]): Promise<void> {
  const result = await store.writeReadings(rows);
  if (result.kind !== 'stored') throw new Error(`the store answered ${result.kind}: ${result.reason}`);
}

async function post(agent: Agent, url: string, body: string): Promise<void> {
  const sent = request(`${url}/write?db=bench&precision=ms`, { method: 'POST', agent });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 204) throw new Error(`raw write: ${response.statusCode}`);
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
