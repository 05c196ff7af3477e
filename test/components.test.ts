import { describe, expect, it } from 'vitest';
import { componentsOf, type Component, type ComponentSources } from '../server/components.ts';
import type { ReadinessRun } from '../server/core/forecast/run.ts';
import { NO_WEATHER_FORECAST } from '../server/pipeline/plan/weatherAhead.ts';
import { runOf } from './fixtures/readiness.ts';
import { handClock } from './http/deps.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2027, 6, 1, 8);

/** The part that plans, of these runs, newest first. */
async function planning(...runs: Partial<ReadinessRun>[]): Promise<Component | undefined> {
  const well = { ok: true, product: 'p', detail: 'well' };
  const kept = runs.map((run, i) => runOf(`r${i}`, { kind: 'tonight', ...run }));
  const sources = {
    source: { health: () => well },
    sourceProduct: 'p',
    status: () => ({
      conservation: { error: 0 },
      spool: { refusal: null, entries: 0, oldestAgeMs: null },
      writer: { state: 'idle' },
    }),
    store: { health: async () => well },
    database: { health: async () => well, readiness: { list: async () => kept } },
    alerts: { proof: () => ({ ok: true, lastProvenMs: NOW_MS }) },
    clock: handClock(NOW_MS).clock,
  };
  const parts = await componentsOf(sources as unknown as ComponentSources)();
  expect(parts.slice(0, 5).every(({ ok }) => ok)).toBe(true);
  return parts[5];
}

const failed = (error: string, hoursAgo = 2): Partial<ReadinessRun> => ({
  state: 'failed',
  error,
  finishedMs: NOW_MS - hoursAgo * HOUR_MS,
});

describe('planning among the parts', () => {
  it('is not there where nothing was forecast of late', async () => {
    expect(await planning()).toBeUndefined();
    expect(await planning({ state: 'running', finishedMs: null })).toBeUndefined();
    expect(await planning(failed('disk full', 37))).toBeUndefined();
  });

  it('says that no weather forecast is fed, and keeps the service from nothing', async () => {
    expect(await planning({ state: 'running', finishedMs: null }, failed(NO_WEATHER_FORECAST))).toMatchObject(
      {
        name: 'planning',
        ok: false,
        isAside: true,
        detail: expect.stringContaining('no weather forecast is stored') as string,
        remedy: expect.stringContaining('weather/v1/') as string,
        notice: { code: 'planning-no-weather' },
      },
    );
  });

  it('says why else it failed, until a run is done', async () => {
    expect(await planning(failed('disk full'))).toMatchObject({
      ok: false,
      notice: { code: 'planning-failed', values: { error: 'disk full' } },
    });
    expect(await planning({ finishedMs: NOW_MS - HOUR_MS }, failed('disk full'))).toMatchObject({
      ok: true,
      notice: { code: 'planning-done', values: { hours: 1 } },
    });
    expect(await planning({ finishedMs: NOW_MS - HOUR_MS / 2 })).toMatchObject({
      detail: 'the next three days were forecast less than an hour ago',
      notice: { code: 'planning-done', values: { hours: 0 } },
    });
  });
});
