import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startMosquitto } from '../fixtures/mosquitto.ts';
import { type IngestReport, startIngest } from '../simulation/ingestProcess.ts';
import { publishReadings } from './publisher.ts';
import { benchStore } from './benchStore.ts';

/** The load of P1, 500,000 points at one reading a minute, for as long as `PEAKVOLT_BENCH_S` says (the bar: 600). */

const SECONDS = Number(process.env['PEAKVOLT_BENCH_S'] ?? 30);
const POINTS = Number(process.env['PEAKVOLT_BENCH_POINTS'] ?? 500_000);
const PER_S = 8_333;
const SAMPLE_MS = 200;
/** The first seconds warm the code up and are left out of the figures. */
const WARM_UP_S = 5;

export interface LiveLoad {
  store: string;
  seconds: number;
  points: number;
  /** Processor seconds a second, once warm. */
  cores: number;
  /** Reports while it ran, once warm. */
  samples: IngestReport[];
  sent: number;
  last: IngestReport;
}

export async function runLiveLoad(): Promise<LiveLoad> {
  const dataDir = mkdtempSync(join(tmpdir(), 'peakvolt-bench-'));
  const broker = await startMosquitto();
  const store = await benchStore();
  try {
    const ingest = await startIngest({
      dataDir,
      mqttUrl: broker.url,
      store: store.options,
      transformers: POINTS,
    });
    const sent = SECONDS * PER_S;
    const load = { publishing: true };
    const published = publishReadings({
      url: broker.url,
      transformers: POINTS,
      count: sent,
      perS: PER_S,
    }).finally(() => (load.publishing = false));
    await delay(WARM_UP_S * 1000);
    const before = await ingest.report();
    const startMs = performance.now();
    const samples: IngestReport[] = [];
    while (load.publishing) {
      await delay(SAMPLE_MS);
      samples.push(await ingest.report());
    }
    const cores = (samples.at(-1)!.cpuS - before.cpuS) / ((performance.now() - startMs) / 1000);
    await published;
    let last = await ingest.report();
    while (last.status.conservation.spooled > 0) {
      await delay(SAMPLE_MS);
      last = await ingest.report();
    }
    await ingest.stop();
    return { store: store.name, seconds: SECONDS, points: POINTS, cores, samples, sent, last };
  } finally {
    await store.stop();
    await broker.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
