import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startMosquitto } from '../fixtures/mosquitto.ts';
import { startIngest } from '../simulation/ingestProcess.ts';
import { drainBare, openSession } from './bareSubscriber.ts';
import type { BenchResult } from './main.ts';
import { processCpuS } from './processTime.ts';
import { publishReadings } from './publisher.ts';
import { benchStore } from './benchStore.ts';

/** P2: a backlog of 200,000 QoS 1 readings queued in Mosquitto, through the spool into the store, beside a bare subscriber. */

const COUNT = Number(process.env['PEAKVOLT_BENCH_READINGS'] ?? 200_000);
const TRANSFORMERS = 10_000;
const CLIENT_ID = 'peakvolt-ingest';
const POLL_MS = 10;

export async function run(): Promise<BenchResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'peakvolt-bench-'));
  const broker = await startMosquitto({ extra: ['max_queued_messages 0', 'max_queued_bytes 0'] });
  const store = await benchStore();
  try {
    await openSession(broker.url, CLIENT_ID);
    await openSession(broker.url, 'bare');
    await publishReadings({ url: broker.url, transformers: TRANSFORMERS, count: COUNT });
    const bare = await drainBare({ url: broker.url, clientId: 'bare', count: COUNT });
    const others = (): number[] =>
      [broker.pid, store.pid].map((pid) => (pid === null ? 0 : processCpuS(pid)));
    const [brokerS = 0, storeS = 0] = others();
    const ours = await drainOurs(dataDir, broker.url, store.options);
    const [brokerEndS = 0, storeEndS = 0] = others();
    const perMillion = (cpuS: number): number => (cpuS / COUNT) * 1e6;
    const ratio = bare.seconds / ours.storedS;
    const cpuPerMillionS = perMillion(ours.cpuS);
    return {
      name: 'drain',
      bars: [
        {
          id: 'P2',
          what: 'rate into the store beside a bare subscriber',
          value: ratio,
          unit: 'ratio',
          bar: '≥0.6',
          met: ratio >= 0.6,
        },
        {
          id: 'P2',
          what: 'processor time a million readings',
          value: cpuPerMillionS,
          unit: 's',
          bar: '≤14',
          met: cpuPerMillionS <= 14,
        },
      ],
      detail: {
        store: store.name,
        readings: COUNT,
        bare,
        ours,
        spooledRatio: bare.seconds / ours.receivedS,
        bareCpuPerMillionS: perMillion(bare.cpuS),
        // What the machine spends beside us: with it the rate is bounded.
        brokerCpuPerMillionS: perMillion(brokerEndS - brokerS),
        storeCpuPerMillionS: perMillion(storeEndS - storeS),
        load: loadavg(),
      },
    };
  } finally {
    await store.stop();
    await broker.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Drained {
  /** From the first message to the last that is on disk, and to the last that is in the store. */
  receivedS: number;
  storedS: number;
  cpuS: number;
  conservation: object;
}

async function drainOurs(
  dataDir: string,
  mqttUrl: string,
  store: Parameters<typeof startIngest>[0]['store'],
): Promise<Drained> {
  const ingest = await startIngest({ dataDir, mqttUrl, store, transformers: TRANSFORMERS });
  let before = await ingest.report();
  let startMs = performance.now();
  let receivedS = 0;
  for (;;) {
    await delay(POLL_MS);
    const report = await ingest.report();
    if (report.status.conservation.received === 0) [before, startMs] = [report, performance.now()];
    const { received, stored } = report.status.conservation;
    const seconds = (performance.now() - startMs) / 1000;
    if (received >= COUNT && receivedS === 0) receivedS = seconds;
    if (stored < COUNT) continue;
    await ingest.stop();
    const { conservation } = report.status;
    return { receivedS, storedS: seconds, cpuS: report.cpuS - before.cpuS, conservation };
  }
}
