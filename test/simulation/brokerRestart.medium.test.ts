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

/** Mosquitto is stopped and started in good order, its sessions kept; the devices send again what it had not taken. */

const PER_S = 500;
const SECONDS = 25;

let broker: Mosquitto;
let folder: string;
let service: RunningService;
let load: Load;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'peakvolt-broker-restart-'));
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

const isConnected = async (service: RunningService): Promise<boolean> =>
  (await systemOf(service)).components.find((c) => c.name === 'broker')!.ok;

describe('Mosquitto restarted under load', () => {
  it('while the service runs, and while it is down: nothing is missing, nothing is raised twice', async () => {
    service = await serve();
    const fleet = { url: broker.url, transformers: PER_S, dipEvery: 25, dipSteps: 5, stepMs: 1000 };
    await importRegistry(service, registryOf(fleet));
    const plan = wholeDips({ ...fleet, startMs: Date.now(), steps: SECONDS });
    load = startLoad(plan);

    await delay(4_000);
    await broker.halt();
    await expect.poll(() => isConnected(service), { timeout: 20_000 }).toBe(false);
    await broker.resume();
    await expect.poll(() => isConnected(service), { timeout: 20_000 }).toBe(true);

    // The session is kept on disk with what is queued for the service, over a restart of the broker.
    expect(await service.stop()).toBe(0);
    const { acknowledged } = load.progress();
    await expect
      .poll(() => load.progress().acknowledged, { timeout: 20_000 })
      .toBeGreaterThan(acknowledged + PER_S);
    await broker.restart();
    service = await serve();

    expect(await load.finished).toEqual({ sent: readingsOf(plan), acknowledged: readingsOf(plan) });
    const { conservation } = (await drained(service, readingsOf(plan))).pipeline;
    expect(conservation).toMatchObject({ stored: readingsOf(plan), deadLettered: 0, error: 0 });
    await raisedAndCleared(service, plan);
    expect(await service.stop()).toBe(0);
    expect(await embeddedStore().count(join(folder, 'data'))).toBe(readingsOf(plan));
  });
});
