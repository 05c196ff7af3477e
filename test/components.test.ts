import { describe, expect, it } from 'vitest';
import { componentsOf, type Component, type ComponentSources } from '../server/components.ts';
import type { ReadinessRun } from '../server/core/forecast/run.ts';
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

const failed = (
  error: string,
  { hoursAgo = 2, notice }: { hoursAgo?: number; notice?: ReadinessRun['notice'] } = {},
): Partial<ReadinessRun> => ({
  state: 'failed',
  error,
  notice,
  finishedMs: NOW_MS - hoursAgo * HOUR_MS,
});

describe('planning among the parts', () => {
  it('is not there where nothing was forecast of late', async () => {
    expect(await planning()).toBeUndefined();
    expect(await planning({ state: 'running', finishedMs: null })).toBeUndefined();
    expect(await planning(failed('disk full', { hoursAgo: 37 }))).toBeUndefined();
  });

  it('says that no weather forecast is fed, and keeps the service from nothing', async () => {
    const unfed = failed('Feed one.', { notice: { code: 'run-no-weather-forecast', values: {} } });
    expect(await planning({ state: 'running', finishedMs: null }, unfed)).toMatchObject({
      name: 'planning',
      ok: false,
      isAside: true,
      detail: expect.stringContaining('no weather forecast is stored') as string,
      remedy: expect.stringContaining('weather/v1/') as string,
      notice: { code: 'planning-no-weather' },
    });
  });

  it('says why else it failed, until a run is done', async () => {
    const notice = { code: 'run-no-history', values: {} } as const;
    expect(await planning(failed('No history.', { notice }))).toMatchObject({
      ok: false,
      detail: 'the next three days could not be forecast: No history.',
      notice: { code: 'planning-failed', values: {}, cause: notice },
    });
    // A run of an earlier version.
    expect(await planning(failed('disk full'))).toMatchObject({
      notice: { cause: { code: 'run-unexpected', values: { error: 'disk full' } } },
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
