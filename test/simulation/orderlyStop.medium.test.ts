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
import { drained, importRegistry, systemOf } from './serviceWatch.ts';
import { embeddedStore } from './testStore.ts';

/** SIGTERM under load, again and again: what a service manager does on every update. */

const RESTARTS = 4;
const PER_S = 1_000;
const SECONDS = 25;

let broker: Mosquitto;
let folder: string;
let service: RunningService;
let load: Load;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'peakvolt-orderly-stop-'));
  writeFileSync(join(folder, 'peakvolt.yaml'), DIP_DETECTION);
  broker = await startMosquitto();
});
afterEach(async () => {
  await Promise.all([load?.stop(), service?.kill()]);
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

function serve(): Promise<RunningService> {
  return startService({
    args: ['serve', '--config', join(folder, 'peakvolt.yaml')],
    dataDir: join(folder, 'data'),
    env: { MQTT_URL: broker.url, PEAKVOLT_LOG_LEVEL: 'warn' },
  });
}

describe('stopped in good order under load', () => {
  it(`loses nothing and raises nothing twice in ${RESTARTS} restarts`, async () => {
    service = await serve();
    const fleet = { url: broker.url, transformers: PER_S, dipEvery: 50, dipSteps: 5, stepMs: 1000 };
    await importRegistry(service, registryOf(fleet));
    const plan = wholeDips({ ...fleet, startMs: Date.now(), steps: SECONDS });
    load = startLoad(plan);
    let received = 0;
    for (let restart = 0; restart < RESTARTS; restart++) {
      // Some readings in each life, at no special moment of the dips.
      await delay(1_300);
      await expect
        .poll(async () => (await systemOf(service)).pipeline.conservation.received, { timeout: 20_000 })
        .toBeGreaterThan(received);
      received = (await systemOf(service)).pipeline.conservation.received;
      expect(await service.stop()).toBe(0);
      service = await serve();
    }
    expect(await load.finished).toEqual({ sent: readingsOf(plan), acknowledged: readingsOf(plan) });
    const { conservation } = (await drained(service, readingsOf(plan))).pipeline;
    expect(conservation).toMatchObject({ stored: readingsOf(plan), deadLettered: 0, error: 0 });
    await raisedAndCleared(service, plan);
    expect(await service.stop()).toBe(0);
    expect(await embeddedStore().count(join(folder, 'data'))).toBe(readingsOf(plan));
  });
});
