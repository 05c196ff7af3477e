import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReadinessRun } from '../../../server/core/forecast/run.ts';
import { SEASON_WINDOWS, seasonOf } from '../../../server/core/forecast/season.ts';
import { Planner, type PlannerDeps, type RunWork } from '../../../server/pipeline/plan/planner.ts';
import { RunError } from '../../../server/pipeline/plan/runError.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';

const summer = seasonOf('summer', 2027);
const winter = seasonOf('winter', 2026);

let kept: Map<string, ReadinessRun>;
let lastId: number;
beforeEach(() => {
  kept = new Map();
  lastId = 0;
});
const planners: Planner[] = [];
afterEach(async () => {
  await Promise.all(planners.splice(0).map((planner) => planner.stop()));
});

const result = { inputs: null, summary: null, report: null };

function plannerOf(forecast: RunWork, onDone?: PlannerDeps['onDone']): Planner {
  const readiness = {
    put: async (run: ReadinessRun) => void kept.set(run.id, structuredClone(run)),
    get: async (id: string) => kept.get(id) ?? null,
    list: async ({ state }: { state?: string }) =>
      [...kept.values()].filter((run) => run.state === state).toReversed(),
    prune: async () => 0,
  };
  const planner = new Planner({
    clock: realClock,
    log: recordingLog(),
    database: { readiness } as unknown as PlannerDeps['database'],
    newId: () => `run-${++lastId}`,
    simulated: true,
    windows: SEASON_WINDOWS,
    offset: () => 0,
    runsKept: 5,
    work: { forecast, backtest: forecast, tonight: forecast, sensitivity: forecast },
    ...(onDone === undefined ? {} : { onDone }),
  });
  planners.push(planner);
  return planner;
}

describe('planner', () => {
  it('works on one run after the other, in the order of the wishes', async () => {
    const order: string[] = [];
    let atOnce = 0;
    const planner = plannerOf(async (_run, season) => {
      expect(++atOnce).toBe(1);
      await Promise.resolve();
      order.push(season.id);
      atOnce--;
      return result;
    });
    const first = await planner.request({ kind: 'forecast', season: summer });
    const second = await planner.request({ kind: 'forecast', season: winter });
    expect(await planner.ended(second.id)).toMatchObject({ state: 'done', share: 1 });
    expect(await planner.ended(first.id)).toMatchObject({ state: 'done' });
    expect(order).toEqual(['summer-2027', 'winter-2026']);
  });

  it('knows nothing of a season that it forecasts or looks back at, nor of days to come, whatever it is asked', async () => {
    const planner = plannerOf(async () => result);
    const past = seasonOf('summer', 2020);
    const originDay = past.lastDay + 30;
    for (const kind of ['forecast', 'backtest'] as const) {
      const run = await planner.request({ kind, season: past, originDay });
      expect(run.originDay).toBe(past.firstDay - 1);
    }
    const farDay = seasonOf('summer', 2200).firstDay;
    const far = await planner.request({
      kind: 'forecast',
      season: seasonOf('summer', 2201),
      originDay: farDay,
    });
    expect(far.originDay).toBeLessThan(farDay);
    const early = await planner.request({ kind: 'backtest', season: past, originDay: past.originDay - 40 });
    expect(early.originDay).toBe(past.originDay - 40);
    await planner.ended(early.id);
  });

  it('answers a second wish for the same season with the run that is under way', async () => {
    let release = (): void => undefined;
    const planner = plannerOf(async () => {
      await new Promise<void>((resolve) => (release = resolve));
      return result;
    });
    const first = await planner.request({ kind: 'forecast', season: summer });
    const again = await planner.request({ kind: 'forecast', season: summer });
    expect(again.id).toBe(first.id);
    release();
    await planner.ended(first.id);
    const later = await planner.request({ kind: 'forecast', season: summer });
    expect(later.id).not.toBe(first.id);
    release();
  });

  it('makes one run for each shift of the weather', async () => {
    const planner = plannerOf(async () => result);
    const wish = { kind: 'sensitivity', season: summer } as const;
    const warm = await planner.request({ ...wish, addedK: 1 });
    const cold = await planner.request({ ...wish, addedK: -1 });
    expect((await planner.request({ ...wish, addedK: 1 })).id).toBe(warm.id);
    expect(cold.id).not.toBe(warm.id);
    expect(await planner.ended(cold.id)).toMatchObject({ state: 'done', kind: 'sensitivity', addedK: -1 });
  });

  it('keeps why a run failed, as it can be told and in English, and goes on with the next', async () => {
    const notice = { code: 'run-no-history', values: {} } as const;
    const planner = plannerOf(async ({ kind }, season) => {
      if (kind === 'backtest') throw new TypeError('x is undefined');
      if (season.kind === 'winter') throw new RunError(notice, 'no history is known');
      return result;
    });
    const bad = await planner.request({ kind: 'forecast', season: winter });
    const worse = await planner.request({ kind: 'backtest', season: winter });
    const good = await planner.request({ kind: 'forecast', season: summer });
    expect(await planner.ended(bad.id)).toMatchObject({
      state: 'failed',
      error: 'no history is known',
      notice,
    });
    expect(await planner.ended(worse.id)).toMatchObject({
      state: 'failed',
      error: 'x is undefined',
      notice: { code: 'run-unexpected', values: { error: 'x is undefined' } },
    });
    const done = await planner.ended(good.id);
    expect(done).toMatchObject({ state: 'done' });
    expect(done).not.toHaveProperty('notice');
  });

  it('hands over a run that is done and kept, and is not broken by who it is handed to', async () => {
    const told: string[] = [];
    const planner = plannerOf(
      async (_run, season) => {
        if (season.kind === 'winter') throw new Error('no weather is known');
        return result;
      },
      async ({ id }) => {
        told.push(`${id} ${kept.get(id)?.state}`);
        throw new Error('nobody listens');
      },
    );
    await planner.request({ kind: 'tonight', season: winter });
    const good = await planner.request({ kind: 'tonight', season: summer });
    expect(await planner.ended(good.id)).toMatchObject({ state: 'done' });
    expect(told).toEqual(['run-2 done']);
  });

  it('a run that a stop broke off goes on at the next start', async () => {
    const before = plannerOf(
      (_run, _season, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    );
    const run = await before.request({ kind: 'forecast', season: summer });
    await before.stop();
    expect(kept.get(run.id)).toMatchObject({ state: 'running' });
    const after = plannerOf(async () => result);
    await after.start();
    expect(await after.ended(run.id)).toMatchObject({ id: run.id, state: 'done' });
  });

  it('tells how far it is', async () => {
    let release = (): void => undefined;
    const planner = plannerOf(async (_run, _season, { onProgress }) => {
      onProgress(0.4);
      await new Promise<void>((resolve) => (release = resolve));
      return result;
    });
    const run = await planner.request({ kind: 'forecast', season: summer });
    await expect.poll(() => planner.progress(run.id)).toBe(0.4);
    release();
    await planner.ended(run.id);
    expect(planner.progress(run.id)).toBeNull();
  });
});
