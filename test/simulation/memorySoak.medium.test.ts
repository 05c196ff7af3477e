import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Mosquitto, startMosquitto } from '../fixtures/mosquitto.ts';
import { type RunningService, startService } from '../fixtures/service.ts';
import { type Load, startLoad } from './load.ts';
import { DIP_DETECTION, readingsOf, registryOf, wholeDips } from './loadPlan.ts';
import { ServiceWatch, drained, importRegistry } from './serviceWatch.ts';

/**
 * P6: under a steady load, with a page open, memory does not grow with the readings. Runs when `PEAKVOLT_SOAK_S` says how
 * long (at `PEAKVOLT_LOAD_PER_S`): less than ten minutes cannot tell growth from garbage that waits to be collected. With
 * `PEAKVOLT_FIGURES` the course is written there as JSON lines.
 */

const ASKED_S = process.env['PEAKVOLT_SOAK_S'];
const SECONDS = Number(ASKED_S ?? 600);
const PER_S = Number(process.env['PEAKVOLT_LOAD_PER_S'] ?? 2_000);
const FIGURES = process.env['PEAKVOLT_FIGURES'];
const SAMPLE_MS = 500;
/** Code is compiled and caches fill in the first part, which is left out. */
const WARM_UP_SHARE = 0.3;
/** Keeping each reading, at 300 B or more, would add 250 MB to ten minutes. */
const GROWTH_MAX = 1.15;

let broker: Mosquitto;
let folder: string;
let service: RunningService;
let load: Load;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'peakvolt-soak-'));
  writeFileSync(join(folder, 'peakvolt.yaml'), DIP_DETECTION);
  broker = await startMosquitto();
});
afterEach(async () => {
  await Promise.all([load?.stop(), service?.kill()]);
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Memory {
  atS: number;
  residentBytes: number;
  /** Of JavaScript objects, those that wait to be collected among them. */
  heapBytes: number;
}

async function memoryOf(startMs: number): Promise<Memory> {
  const text = await (await fetch(new URL('/metrics', service.url))).text();
  const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)![1]);
  return {
    atS: (Date.now() - startMs) / 1000,
    residentBytes: value('peakvolt_process_resident_memory_bytes'),
    heapBytes: value('peakvolt_nodejs_heap_size_used_bytes'),
  };
}

/** What stays when garbage was collected: the least of a stretch of time. */
const floor = (samples: readonly Memory[]): number => Math.min(...samples.map((m) => m.heapBytes));

describe.runIf(ASKED_S !== undefined)('a steady load', () => {
  it(
    `leaves memory as it is after ${SECONDS} s`,
    async () => {
      service = await startService({
        args: ['serve', '--config', join(folder, 'peakvolt.yaml')],
        dataDir: join(folder, 'data'),
        env: { MQTT_URL: broker.url, PEAKVOLT_LOG_LEVEL: 'warn' },
      });
      const fleet = { url: broker.url, transformers: PER_S, dipEvery: 50, dipSteps: 5, stepMs: 1000 };
      await importRegistry(service, registryOf(fleet));
      const plan = wholeDips({ ...fleet, startMs: Date.now(), steps: SECONDS });
      const watch = new ServiceWatch(service, 2_000);
      load = startLoad(plan);
      const samples: Memory[] = [];
      while (load.progress().acknowledged < readingsOf(plan)) {
        samples.push(await memoryOf(plan.startMs));
        await delay(SAMPLE_MS);
      }
      await drained(service, readingsOf(plan));
      await watch.end();
      if (FIGURES !== undefined) writeFileSync(FIGURES, samples.map((m) => JSON.stringify(m)).join('\n'));

      const warm = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
      const third = Math.floor(warm.length / 3);
      expect(floor(warm.slice(-third)) / floor(warm.slice(0, third))).toBeLessThan(GROWTH_MAX);
      expect(await service.stop()).toBe(0);
    },
    120_000 + SECONDS * 2_000,
  );
});
