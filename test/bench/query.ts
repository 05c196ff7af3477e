import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDuckDbStore } from '../../server/adapters/store/duckdb/duckDbStore.ts';
import { createInfluxStore } from '../../server/adapters/store/influx/influxStore.ts';
import { emptyReading, type Reading } from '../../server/core/reading.ts';
import { MEAN_INTERVAL_MS } from '../../server/core/summary.ts';
import type { ReadingStore, SampledSeries } from '../../server/ports.ts';
import { startInfluxd } from '../fixtures/influxd.ts';
import { realClock, recordingLog } from '../fixtures/world.ts';
import type { BenchResult } from './main.ts';

/**
 * P9: a month and a year of one transformer at 10-minute step, from the store to JSON, among the same of others. The
 * quality bars are times here, so the worst of the rounds counts, not the best.
 */
const DAY_MS = 86_400_000;
const DAYS = 365;
const TRANSFORMERS = 12;
const ROUNDS = 5;
const BATCH_ROWS = 20_000;
const BAR_MONTH_MS = 100;
const BAR_YEAR_MS = 500;
const T0 = Date.UTC(2025, 6, 1);

export async function run(): Promise<BenchResult> {
  const world = {
    timeZone: 'Asia/Shanghai',
    limitsOf: () => ({ lowV: 198, highV: 235.4 }),
    log: recordingLog(),
    clock: realClock,
  };
  const dir = mkdtempSync(join(tmpdir(), 'peakvolt-bench-'));
  const influxd = await startInfluxd();
  try {
    const embedded = await measure(createDuckDbStore({ ...world, file: join(dir, 'readings.duckdb') }));
    const influx = await measure(createInfluxStore({ ...world, url: influxd.url, bucket: 'bench' }));
    const bar = (what: string, valueMs: number, barMs: number) => ({
      id: 'P9',
      what,
      value: Math.round(valueMs),
      unit: 'ms',
      bar: `≤${barMs}`,
      met: valueMs <= barMs,
    });
    return {
      name: 'query',
      bars: [
        bar('a month, embedded store', embedded.monthMs, BAR_MONTH_MS),
        bar('a year, embedded store', embedded.yearMs, BAR_YEAR_MS),
        bar('a month, InfluxDB', influx.monthMs, BAR_MONTH_MS),
        bar('a year, InfluxDB', influx.yearMs, BAR_YEAR_MS),
      ],
      detail: { transformers: TRANSFORMERS, readings: TRANSFORMERS * DAYS * 144, embedded, influx },
    };
  } finally {
    await influxd.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

interface Times {
  loadS: number;
  recomputeS: number;
  monthMs: number;
  yearMs: number;
}

async function measure(store: ReadingStore): Promise<Times> {
  await store.start();
  try {
    const loadS = await timed(() => load(store));
    const recomputeS = await timed(() => store.recomputeAll(T0, T0 + DAYS * DAY_MS));
    const times: Times = { loadS: round(loadS), recomputeS: round(recomputeS), monthMs: 0, yearMs: 0 };
    for (let k = 0; k < ROUNDS; k++) {
      times.monthMs = Math.max(times.monthMs, 1000 * (await timed(() => toJson(store, k, 30))));
      times.yearMs = Math.max(times.yearMs, 1000 * (await timed(() => toJson(store, k, DAYS))));
    }
    return times;
  } finally {
    await store.stop();
  }
}

async function toJson(store: ReadingStore, transformer: number, days: number): Promise<void> {
  const span = { transformerId: `TQ${transformer}`, point: 'outlet', fromMs: T0, toMs: T0 + days * DAY_MS };
  const series: SampledSeries = await store.series(span, MEAN_INTERVAL_MS);
  if (series.tsMs.length !== days * 144) throw new Error(`${series.tsMs.length} steps in ${days} days`);
  const columns = Object.entries(series).map(([name, values]: [string, Float64Array | number]) => [
    name,
    typeof values === 'number' ? values : [...values],
  ]);
  JSON.stringify(Object.fromEntries(columns));
}

/** In the order in which readings arrive: every transformer, then the next interval. */
async function load(store: ReadingStore): Promise<void> {
  let batch: Reading[] = [];
  const flush = async (): Promise<void> => {
    const result = await store.writeReadings(batch);
    if (result.kind !== 'stored') throw new Error(`the store answered ${result.kind}: ${result.reason}`);
    batch = [];
  };
  for (let step = 0; step < DAYS * 144; step++) {
    for (let k = 0; k < TRANSFORMERS; k++) {
      const row = emptyReading(`TQ${k}`, 'outlet', T0 + step * MEAN_INTERVAL_MS);
      row.uaV = 213 + ((k * 7 + step * 13) % 160) / 10;
      row.ubV = row.uaV + 1;
      row.ucV = row.uaV - 1.5;
      row.iaA = 100 + (step % 144);
      row.pKw = 60 + (step % 144) / 2;
      row.qKvar = 15;
      if (batch.push(row) === BATCH_ROWS) await flush();
    }
  }
  await flush();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return (performance.now() - startMs) / 1000;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
