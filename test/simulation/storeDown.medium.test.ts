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
import { type SystemAnswer, ServiceWatch, drained, importRegistry } from './serviceWatch.ts';
import { influxStore } from './testStore.ts';

/**
 * R2 and R6: InfluxDB is stopped while readings come. Lengths by environment: `PEAKVOLT_STORE_DOWN_S` seconds without a
 * store, `PEAKVOLT_LOAD_PER_S` readings a second; with `PEAKVOLT_FIGURES` the course is written there as JSON lines.
 */

const DOWN_S = Number(process.env['PEAKVOLT_STORE_DOWN_S'] ?? 10);
const PER_S = Number(process.env['PEAKVOLT_LOAD_PER_S'] ?? 1_000);
const FIGURES = process.env['PEAKVOLT_FIGURES'];
const BEFORE_S = 8;
const AFTER_S = 12 + DOWN_S / 3;
const STEP_MS = 1000;
/** R2: the backlog shrinks while as much as ever comes in. */
const DRAIN_FACTOR_MIN = 3;

let broker: Mosquitto;
let store: Awaited<ReturnType<typeof influxStore>>;
let folder: string;
let service: RunningService;
let load: Load;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'peakvolt-store-down-'));
  [broker, store] = await Promise.all([startMosquitto(), influxStore()]);
  writeFileSync(join(folder, 'peakvolt.yaml'), DIP_DETECTION);
});
afterEach(async () => {
  await Promise.all([load?.stop(), service?.kill()]);
  await Promise.all([broker.stop(), store.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

describe('InfluxDB stopped under load', () => {
  it(
    `keeps detecting, shows the backlog, drains it at ${DRAIN_FACTOR_MIN} × the live rate and loses nothing`,
    async () => {
      service = await startService({
        args: ['serve', '--config', join(folder, 'peakvolt.yaml')],
        dataDir: join(folder, 'data'),
        env: { ...store.env, MQTT_URL: broker.url, PEAKVOLT_LOG_LEVEL: 'warn' },
      });
      const fleet = { url: broker.url, transformers: PER_S, dipEvery: 50, dipSteps: 5, stepMs: STEP_MS };
      await importRegistry(service, registryOf(fleet));
      const plan = wholeDips({ ...fleet, startMs: Date.now(), steps: BEFORE_S + DOWN_S + AFTER_S });
      const watch = new ServiceWatch(service);
      load = startLoad(plan);
      await delay(BEFORE_S * 1000);
      await store.server.halt();
      const downMs = Date.now();
      await delay(DOWN_S * 1000);
      const down = watch.samples.filter((s) => s.nowMs > downMs + 2_000);
      await store.server.resume();
      const upMs = Date.now();

      const { sent, acknowledged } = await load.finished;
      const last = await drained(service, readingsOf(plan), 60_000 + DOWN_S * 1_000).finally(() => {
        if (FIGURES !== undefined) writeFileSync(FIGURES, course(watch.samples, plan.startMs));
      });
      const samples = [...(await watch.end()), last];

      expect({ sent, acknowledged }).toEqual({ sent: readingsOf(plan), acknowledged: readingsOf(plan) });
      expectBacklogVisible(down);
      expect(drainFactor(samples.filter((s) => s.nowMs > upMs))).toBeGreaterThanOrEqual(DRAIN_FACTOR_MIN);
      expect(samples.filter((s) => s.pipeline.conservation.error !== 0)).toEqual([]);
      // Live deltas and events went on: one delta or more in every five seconds without the store.
      for (let ms = downMs; ms + 5_000 <= upMs; ms += 5_000)
        expect(watch.deltasMs.filter((at) => at >= ms && at < ms + 5_000).length).toBeGreaterThan(0);
      const waits = (await raisedAndCleared(service, plan)).map((e) => e.detectedMs - e.tsMs);
      expect(Math.max(...waits)).toBeLessThan(10_000);
      const { stored, deadLettered, duplicate, received } = last.pipeline.conservation;
      expect({ stored, deadLettered }).toEqual({ stored: readingsOf(plan), deadLettered: 0 });
      expect(received - duplicate).toBe(stored);
      expect(await store.count('')).toBe(stored);
      expect(await service.stop()).toBe(0);
    },
    180_000 + DOWN_S * 3_000,
  );
});

/** Grows from question to question, says why, and says what to do. */
function expectBacklogVisible(down: readonly SystemAnswer[]): void {
  expect(down.length).toBeGreaterThan(3);
  const spooled = down.map((s) => s.pipeline.conservation.spooled);
  expect(spooled).toEqual(spooled.toSorted((a, b) => a - b));
  expect(spooled.at(-1)!).toBeGreaterThan(PER_S * (DOWN_S - 4) * 0.8);
  for (const { pipeline, components } of down.slice(3)) {
    expect(pipeline.writer.state).toBe('retrying');
    expect(pipeline.writer.reason).toMatch(/refused|ECONN/);
    expect(pipeline.spool.oldestAgeMs).toBeGreaterThan(0);
    const part = components.find((c) => c.name === 'store')!;
    expect(part.ok).toBe(false);
    expect(part.remedy).toMatch(/\w{3}/);
  }
  // A backlog that is older than a minute (and than the answer that is shared for two seconds) is said to be one.
  const old = down.filter((s) => !(s.pipeline.spool.oldestAgeMs! < 63_000));
  const silent = old.filter((s) =>
    s.components.some((c) => c.name === 'flow' && (c.ok || c.remedy === undefined)),
  );
  expect(silent.map((s) => s.components)).toEqual([]);
}

/** Readings that left the backlog a second, with what came meanwhile, over those that came; while there was a backlog. */
function drainFactor(up: readonly SystemAnswer[]): number {
  const from = up.findIndex(
    (s, i) => s.pipeline.conservation.stored < (up[i + 1]?.pipeline.conservation.stored ?? 0),
  );
  // The last two seconds of readings are always on their way.
  const to = up.findIndex((s, i) => i > from && s.pipeline.conservation.spooled <= 2 * PER_S);
  const [a, b] = [up[from]!, up[to]!];
  return (
    (b.pipeline.conservation.stored - a.pipeline.conservation.stored) / ((b.nowMs - a.nowMs) / 1000) / PER_S
  );
}

function course(samples: readonly SystemAnswer[], startMs: number): string {
  return samples
    .map(({ nowMs, pipeline: { conservation, spool, writer, detectionP99Ms }, components }) =>
      JSON.stringify({
        atS: (nowMs - startMs) / 1000,
        ...conservation,
        spool,
        writer,
        detectionP99Ms,
        unwell: components.filter((c) => !c.ok).map((c) => `${c.name}: ${c.detail} ${c.remedy ?? ''}`),
      }),
    )
    .join('\n');
}
