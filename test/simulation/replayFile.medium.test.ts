import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Mosquitto, startMosquitto } from '../fixtures/mosquitto.ts';
import { type RunningService, startService } from '../fixtures/service.ts';
import { REPLAYED_ID, REPLAYED_REGISTRY, disorderedHistory } from './historyFile.ts';
import { drained, eventsOf, importRegistry } from './serviceWatch.ts';
import { embeddedStore, influxStore, type TestStore } from './testStore.ts';

/** A transformer's history file, disorder and all, replayed over MQTT as if live: every row is accounted for. */

const DAY_MS = 86_400_000;
const SEED = 20_250_620;
/** Half of it is history (older than seven days), half is live. */
const SPAN_DAYS = 14;

let broker: Mosquitto;
let folder: string;
let service: RunningService;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'peakvolt-replay-'));
  broker = await startMosquitto();
});
afterEach(async () => {
  await service?.kill();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function replay(file: string): Promise<Record<string, number>> {
  const args = ['simulate', '--replay', file, '--mqtt', broker.url, '--data-dir', folder];
  const { stdout } = await promisify(execFile)(process.execPath, ['server/main.ts', ...args]);
  return JSON.parse(stdout) as Record<string, number>;
}

async function seriesOf({ url, headers }: RunningService, fromMs: number, toMs: number, stepMs: number) {
  const target = new URL(`/api/v1/transformers/${REPLAYED_ID}/readings`, url);
  target.search = new URLSearchParams({
    from: String(fromMs),
    to: String(toMs),
    stepMs: String(stepMs),
  }).toString();
  return (await (await fetch(target, { headers })).json()) as Record<
    'uaV' | 'uaMinV' | 'count' | 'outageCount',
    number[]
  >;
}

const sum = (column: readonly number[]): number => column.reduce((total, value) => total + value, 0);

const STORES: readonly { name: string; open: () => Promise<TestStore> }[] = [
  { name: 'InfluxDB', open: influxStore },
  { name: 'the embedded store', open: async () => embeddedStore() },
];

describe.each(STORES)('a history file replayed through Mosquitto into $name', ({ open }) => {
  let store: TestStore;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.stop());

  it('is reconciled to the last row, and its zeros are outages', async () => {
    const toMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    const fromMs = toMs - SPAN_DAYS * DAY_MS;
    const file = disorderedHistory(SEED, fromMs, toMs);
    const path = join(folder, 'history.csv');
    writeFileSync(path, file.csv);
    const dataDir = join(folder, 'data');
    service = await startService({
      args: ['serve'],
      dataDir,
      env: { ...store.env, MQTT_URL: broker.url, PEAKVOLT_LOG_LEVEL: 'warn' },
    });
    await importRegistry(service, REPLAYED_REGISTRY);

    expect(await replay(path)).toEqual({
      rows: file.rows,
      sent: file.rows,
      refused: 0,
      acked: file.rows,
      failed: 0,
    });
    const { conservation } = (await drained(service, file.rows)).pipeline;
    expect(conservation).toEqual({
      received: file.rows,
      stored: file.distinct,
      duplicate: file.rows - file.distinct,
      deadLettered: 0,
      spooled: 0,
      error: 0,
    });

    for (const stepMs of [900_000, 3_600_000, DAY_MS]) {
      const series = await seriesOf(service, fromMs, toMs, stepMs);
      expect([stepMs, sum(series.count), sum(series.outageCount)]).toEqual([
        stepMs,
        file.distinct,
        file.zeroRows,
      ]);
      // A zero never enters a mean or a minimum.
      for (const column of [series.uaV, series.uaMinV]) {
        expect(Math.min(...column.filter((v) => v !== null))).toBeGreaterThan(200);
      }
    }
    const events = await eventsOf(service, REPLAYED_ID);
    expect(events.filter((e) => e.condition === 'under-voltage')).toEqual([]);
    const outages = events.filter((e) => e.condition === 'outage' && e.kind === 'raised');
    expect(outages.length).toBeGreaterThan(file.zeroRuns / 3);
    expect(outages.filter((e) => e.valueV !== 0)).toEqual([]);

    expect(await service.stop()).toBe(0);
    expect(await store.count(dataDir)).toBe(file.distinct);
  });
});
