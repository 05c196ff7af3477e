import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDuckDbStore } from '../../server/adapters/store/duckdb/duckDbStore.ts';
import type { GridModel, Transformer } from '../../server/core/grid.ts';
import { resolveLimits } from '../../server/core/limits.ts';
import { MEAN_INTERVAL_MS } from '../../server/core/summary.ts';
import { replayThresholds } from '../../server/pipeline/thresholdReplay.ts';
import type { ReadingStore } from '../../server/ports.ts';
import { gridOf, transformer } from '../core/timeline.ts';
import { realClock, recordingLog } from '../fixtures/world.ts';
import type { BenchResult } from './main.ts';
import { writeMeansInBulk } from './bulkMeans.ts';

/**
 * Threshold replay: a month of 10-minute means of 10,000 transformers, two rules at once, from the embedded store. Beside
 * it a bare scan of the same rows in the same run, so that the ratio says what judging costs; and the processor time of
 * both, which a busy machine does not stretch as it does the clock's.
 * `PEAKVOLT_BENCH_TRANSFORMERS` makes it smaller.
 */
const TRANSFORMERS = Number(process.env['PEAKVOLT_BENCH_TRANSFORMERS'] ?? 10_000);
const DAYS = 30;
const BAR_S = 60;
const T0 = Date.UTC(2026, 6, 1);
const PER_FEEDER = 40;

export async function run(): Promise<BenchResult> {
  const dir = mkdtempSync(join(tmpdir(), 'peakvolt-bench-'));
  const file = join(dir, 'readings.duckdb');
  const toMs = T0 + DAYS * 144 * MEAN_INTERVAL_MS;
  const store = createDuckDbStore({
    file,
    timeZone: 'Asia/Shanghai',
    limitsOf: () => ({ lowV: 198, highV: 235.4 }),
    log: recordingLog(),
    clock: realClock,
  });
  try {
    const load = await timed(() =>
      writeMeansInBulk(file, { transformers: TRANSFORMERS, days: DAYS, fromMs: T0 }),
    );
    await store.start();
    let scanned = 0;
    const scan = await timed(() => bareScan(store, toMs, (rows) => (scanned += rows)));
    const heapBefore = process.memoryUsage.rss();
    let outcome: Awaited<ReturnType<typeof replay>> | null = null;
    let peakBytes = 0;
    const judged = await timed(async () => {
      outcome = await replay(store, toMs, () => (peakBytes = Math.max(peakBytes, process.memoryUsage.rss())));
    });
    const { rows, draft, inForce } = outcome!;
    return {
      name: 'replay',
      bars: [
        {
          id: 'replay',
          what: `${TRANSFORMERS} transformers, ${DAYS} days of 10-minute means`,
          value: round(judged.wallS),
          unit: 's',
          bar: `≤${BAR_S}`,
          met: judged.wallS <= BAR_S,
        },
      ],
      detail: {
        rows,
        scanned,
        loadS: round(load.wallS),
        replayCpuS: round(judged.cpuS),
        bareScanS: round(scan.wallS),
        bareScanCpuS: round(scan.cpuS),
        ratioToBareScan: round(judged.wallS / scan.wallS),
        cpuRatioToBareScan: round(judged.cpuS / scan.cpuS),
        rowsPerS: Math.round(rows / judged.wallS),
        rssMb: { before: megabytes(heapBefore), peak: megabytes(peakBytes) },
        draft: { incidents: draft.incidents, pages: draft.pages, episodes: draft.episodes },
        inForce: { incidents: inForce.incidents, pages: inForce.pages, episodes: inForce.episodes },
      },
    };
  } finally {
    await store.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function bareScan(store: ReadingStore, toMs: number, count: (rows: number) => void): Promise<void> {
  return store.scanMeans({ fromMs: T0, toMs, onPoint: ({ tsMs }) => count(tsMs.length) });
}

function replay(store: ReadingStore, toMs: number, onProgress: () => void) {
  const inForce = { detection: {}, limitsOf: () => resolveLimits('gbt-12325', 220) };
  const draft = { ...inForce, detection: { mildDelayS: 1800, seriousDelayS: 600 } };
  const span = { fromMs: T0, toMs, areaIds: null };
  return replayThresholds(
    { draft, inForce },
    span,
    { store, grid: grid(), timeZone: 'Asia/Shanghai' },
    { onProgress },
  );
}

function grid(): GridModel {
  const transformers: Transformer[] = Array.from({ length: TRANSFORMERS }, (_, k) =>
    transformer(`TQ${k}`, { feederId: `F${Math.floor(k / PER_FEEDER)}` }),
  );
  return gridOf(...transformers);
}

/** By the clock, and in processor time of this process with the threads of the store. */
async function timed(work: () => Promise<unknown>): Promise<{ wallS: number; cpuS: number }> {
  const startMs = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wallS: (performance.now() - startMs) / 1000, cpuS: (user + system) / 1e6 };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
