import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Mosquitto, startMosquitto } from '../fixtures/mosquitto.ts';
import { type RunningService, startService } from '../fixtures/service.ts';
import { type Load, startLoad } from './load.ts';
import { DIP_DETECTION, readingsOf, registryOf, wholeDips } from './loadPlan.ts';
import { raisedAndCleared } from './noticedDips.ts';
import { ServiceWatch, drained, importRegistry } from './serviceWatch.ts';
import { startStalledProxy, type StalledProxy } from './stalledProxy.ts';
import { influxStore } from './testStore.ts';

/** R2, R11: InfluxDB takes connections and never answers. */

const PER_S = 500;
const SECONDS = 32;
const TIMEOUT_MS = 2_000;

let broker: Mosquitto;
let store: Awaited<ReturnType<typeof influxStore>>;
let proxy: StalledProxy;
let folder: string;
let service: RunningService;
let load: Load;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'peakvolt-store-hang-'));
  writeFileSync(join(folder, 'peakvolt.yaml'), `${DIP_DETECTION}influx: { timeoutMs: ${TIMEOUT_MS} }\n`);
  [broker, store] = await Promise.all([startMosquitto(), influxStore()]);
  proxy = await startStalledProxy(store.server.url);
});
afterEach(async () => {
  await Promise.all([load?.stop(), service?.kill()]);
  await proxy.stop();
  await Promise.all([broker.stop(), store.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

describe('a store that hangs', () => {
  it('holds up nothing but itself, is named, and gets everything once it answers', async () => {
    service = await startService({
      args: ['serve', '--config', join(folder, 'peakvolt.yaml')],
      dataDir: join(folder, 'data'),
      env: { INFLUX_URL: proxy.url, MQTT_URL: broker.url, PEAKVOLT_LOG_LEVEL: 'warn' },
    });
    const fleet = { url: broker.url, transformers: PER_S, dipEvery: 50, dipSteps: 5, stepMs: 1000 };
    await importRegistry(service, registryOf(fleet));
    const plan = wholeDips({ ...fleet, startMs: Date.now(), steps: SECONDS });
    const watch = new ServiceWatch(service);
    load = startLoad(plan);
    await delay(4_000);
    proxy.stall();
    const stalledMs = Date.now();
    // A few time-outs of the store, and of the question how it is.
    await delay(20_000);
    const answeredMs = Date.now();
    proxy.resume();

    expect(await load.finished).toEqual({ sent: readingsOf(plan), acknowledged: readingsOf(plan) });
    const { conservation } = (await drained(service, readingsOf(plan), 90_000)).pipeline;
    // The answer to a question is up to five seconds younger than the question.
    const hung = (await watch.end()).filter(
      (s) => s.nowMs > stalledMs + 8_000 && s.nowMs < answeredMs - 6_000,
    );
    expect(hung.length).toBeGreaterThan(0);
    for (const { pipeline, components } of hung) {
      expect(pipeline.writer).toMatchObject({
        state: 'retrying',
        reason: expect.stringMatching(/./) as string,
      });
      expect(components.find((c) => c.name === 'store')!.ok).toBe(false);
    }
    expect(watch.deltasMs.filter((at) => at > stalledMs && at < answeredMs).length).toBeGreaterThan(5);
    const waits = (await raisedAndCleared(service, plan)).map((e) => e.detectedMs - e.tsMs);
    expect(Math.max(...waits)).toBeLessThan(10_000);
    expect(watch.samples.filter((s) => s.pipeline.conservation.error !== 0)).toEqual([]);
    expect(conservation).toMatchObject({ stored: readingsOf(plan), deadLettered: 0 });
    expect(await service.stop()).toBe(0);
    expect(await store.count('')).toBe(readingsOf(plan));
  }, 180_000);
});
