import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Mosquitto, startMosquitto } from '../fixtures/mosquitto.ts';
import { type RunningService, startService } from '../fixtures/service.ts';
import { type Load, startLoad } from './load.ts';
import { DIP_DETECTION, readingsOf, registryOf, wholeDips } from './loadPlan.ts';
import { raisedAndCleared } from './noticedDips.ts';
import { type SystemAnswer, drained, importRegistry, systemOf } from './serviceWatch.ts';
import { influxStore } from './testStore.ts';

/** R11: no room to keep readings, and a store that is away: nothing is acknowledged, so nothing is lost. */

const SPOOL_BYTES = 1 << 20;
const PER_S = 1_500;
const SECONDS = 40;

let broker: Mosquitto;
let store: Awaited<ReturnType<typeof influxStore>>;
let folder: string;
let service: RunningService;
let load: Load;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'peakvolt-spool-full-'));
  writeFileSync(join(folder, 'peakvolt.yaml'), `${DIP_DETECTION}spool: { bytesMax: ${SPOOL_BYTES} }\n`);
  [broker, store] = await Promise.all([startMosquitto(), influxStore()]);
});
afterEach(async () => {
  await Promise.all([load?.stop(), service?.kill()]);
  await Promise.all([broker.stop(), store.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

function serve(): Promise<RunningService> {
  return startService({
    args: ['serve', '--config', join(folder, 'peakvolt.yaml')],
    dataDir: join(folder, 'data'),
    env: { ...store.env, MQTT_URL: broker.url, PEAKVOLT_LOG_LEVEL: 'warn' },
  });
}

const flowOf = ({ components }: SystemAnswer) => components.find((c) => c.name === 'flow')!;

describe('a full spool while the store is away', () => {
  it.each(['stays up', 'is killed'])(
    'loses nothing when the service %s, and empties by itself',
    async (fate) => {
      service = await serve();
      const fleet = { url: broker.url, transformers: PER_S, dipEvery: 50, dipSteps: 5, stepMs: 1000 };
      await importRegistry(service, registryOf(fleet));
      await store.server.halt();
      const plan = wholeDips({ ...fleet, startMs: Date.now(), steps: SECONDS });
      load = startLoad(plan);

      await expect
        .poll(async () => flowOf(await systemOf(service)), { timeout: 60_000, interval: 500 })
        .toMatchObject({
          ok: false,
          detail: expect.stringContaining('nothing is acknowledged') as string,
          remedy: expect.stringContaining('spool.bytesMax') as string,
        });
      const { conservation, spool } = (await systemOf(service)).pipeline;
      expect(conservation).toMatchObject({ stored: 0, error: 0 });
      expect(conservation.received).toBeLessThan(readingsOf(plan));
      expect(spool.bytes).toBeLessThanOrEqual(SPOOL_BYTES);

      if (fate === 'is killed') {
        await service.kill();
        service = await serve();
      }
      await store.server.resume();
      expect(await load.finished).toEqual({ sent: readingsOf(plan), acknowledged: readingsOf(plan) });
      const last = await drained(service, readingsOf(plan), 90_000);
      expect(last.pipeline.conservation).toMatchObject({
        stored: readingsOf(plan),
        deadLettered: 0,
        error: 0,
      });
      await expect.poll(async () => flowOf(await systemOf(service)).ok, { timeout: 10_000 }).toBe(true);
      await raisedAndCleared(service, plan);
      expect(await service.stop()).toBe(0);
      expect(await store.count('')).toBe(readingsOf(plan));
    },
    240_000,
  );
});
