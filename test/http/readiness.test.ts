import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../../server/core/access.ts';
import type { ReadinessRow } from '../../server/core/forecast/run.ts';
import { seasonOf } from '../../server/core/forecast/season.ts';
import { testAccounts, type TestAccounts } from '../fixtures/accounts.ts';
import { rowOf, runOf } from '../fixtures/readiness.ts';
import { askAs } from './askAs.ts';
import { gridModel, transformer } from './deps.ts';

const SEASON = seasonOf('summer', 1970);
const NEXT = seasonOf('winter', 1970);
const model = gridModel([
  transformer('T1', { importantCustomers: 2, attributes: { second_source: 'yes' } }),
  transformer('T2', { customers: 50 }),
  transformer('X1', { areaId: 'A9' }),
]);
const planner: Principal = { id: 'p', name: '李工', role: 'planner', areaIds: null, via: 'session' };
const ofA1 = { ...planner, areaIds: ['A1'] };

/** A measure as a run tried it. */
function tried(
  kind: ReadinessRow['measures'][number]['kind'],
  detail: Record<string, number>,
  cost: number,
  avoidedCustomerHours: number,
  suffices: boolean,
): ReadinessRow['measures'][number] {
  const minHourV = { p05: 198, p10: 199, p50: 203, p90: 206, p95: 208 };
  const after = {
    pLow: 0.03,
    expectedLowHours: 0.1,
    minHourV,
    highestV: 236,
    peakLoadPct: { p50: 70, p90: 80 },
  };
  return { kind, detail, cost, after, avoidedCustomerHours, suffices, notes: [] };
}

let accounts: TestAccounts;
beforeAll(async () => {
  accounts = await testAccounts();
  const { registry, readiness } = accounts.database;
  await registry.upsert(
    { ...model, areas: [...model.areas, { id: 'A9', name: '外区', org: 'county' }] },
    { validFromMs: 0 },
  );
  await readiness.put(runOf('RUN', { seasonId: SEASON.id }));
  await readiness.putRows('RUN', [
    rowOf(
      'RUN',
      1,
      {
        transformerId: 'T1',
        importantCustomers: 2,
        measures: [
          tried('tap', { from: 2, to: 3 }, 1_500, 40, false),
          tried('tap', { from: 2, to: 4 }, 1_500, 90, true),
          {
            ...tried('tap', { from: 2, to: 4 }, 5_500, 95, true),
            second: { kind: 'rebalance', detail: { fromPct: 60, toPct: 15 }, cost: 4_000 },
          },
          {
            ...tried('tap', { from: 2, to: 5 }, 1_500, 99, false),
            notes: [{ code: 'over-voltage', values: { volts: 239, limitV: 235.4 } }],
          },
        ],
        recommended: 1,
        cause: { kind: 'tap', confidence: 0.8, evidence: [] },
      },
      'at_risk',
    ),
    rowOf('RUN', 2, { transformerId: 'T2' }),
    rowOf('RUN', 3, { transformerId: 'X1', areaId: 'A9', importantCustomers: 1 }, 'at_risk'),
  ]);
});
afterAll(() => accounts.dispose());

const compose = (who: Principal) => askAs(who, accounts, model);

describe('readiness of a season', () => {
  it('is its newest run that is done; one that failed since is told beside it', async () => {
    const { readiness } = accounts.database;
    const startedMs = runOf('').startedMs + 1;
    const notice = { code: 'run-weather-unmatched', values: { forecasts: 'CITY', stations: 'W1' } } as const;
    await readiness.put(
      runOf('BAD', { seasonId: SEASON.id, state: 'failed', error: 'no weather is known', notice, startedMs }),
    );
    const ask = compose(planner);
    const { body } = await ask('GET', `/readiness?season=${SEASON.id}`);
    expect(body).toMatchObject({
      run: { id: 'RUN' },
      running: null,
      failed: { error: 'no weather is known', notice },
    });
    expect((await ask('GET', `/readiness?season=${NEXT.id}`)).body).toMatchObject({
      run: null,
      failed: null,
    });
    const none = await ask('GET', '/readiness?season=monsoon');
    expect(none).toMatchObject({ status: 422, body: { code: 'season-unknown' } });
  });

  it('comes a page at a time, and narrowed', async () => {
    const ask = compose(planner);
    const first = await ask('GET', '/readiness/RUN?limit=2');
    expect(first.body.items.map((i: { rank: number }) => i.rank)).toEqual([1, 2]);
    const rest = await ask('GET', `/readiness/RUN?limit=2&cursor=${first.body.cursor}`);
    expect(rest.body).toMatchObject({ items: [{ rank: 3 }], cursor: null });
    const low = await ask('GET', '/readiness/RUN?status=at_risk&important=true&area=A1');
    expect(low.body.items.map((i: { transformerId: string }) => i.transformerId)).toEqual(['T1']);
    expect((await ask('GET', '/readiness/NONE')).status).toBe(404);
  });

  it('may be asked for only by who sees everything', async () => {
    expect((await compose(ofA1)('POST', '/readiness', {})).status).toBe(403);
    expect((await compose({ ...planner, role: 'viewer' })('POST', '/readiness', {})).status).toBe(403);
    const { status, body } = await compose(planner)('POST', '/readiness', { season: NEXT.id });
    expect([status, body.seasonId, body.state]).toEqual([202, NEXT.id, 'running']);
  });

  it('says what a budget buys, of the areas in sight', async () => {
    const { body } = await compose(ofA1)('GET', '/readiness/RUN/budget');
    expect(body.steps).toEqual([expect.objectContaining({ id: 'T1', kind: 'tap', gain: 90, cost: 1_500 })]);
    expect(body).toMatchObject({ currency: 'CNY', avoided: 90 });
    // Two hours expected of 50 and 50 customers: those of the other area are not in the sum.
    expect(body.expected).toBe(200);
  });

  it('says what growing budgets buy, by what is short, of the areas in sight', async () => {
    const ask = compose(ofA1);
    const { body } = await ask('GET', '/readiness/RUN/budget-curve?by=money');
    expect(body).toMatchObject({
      currency: 'CNY',
      by: 'money',
      expected: 200,
      items: [{ id: 'T1', kind: 'tap', second: null }],
      points: [
        {
          limit: 1_500,
          cost: 1_500,
          works: 1,
          coveredPct: 45,
          optimumAtMostPct: 45,
          chosen: [{ item: 0, gain: 90 }],
        },
      ],
    });
    const crews = await ask('GET', '/readiness/RUN/budget-curve?by=crews');
    expect(crews.body.points).toEqual([expect.objectContaining({ limit: 1, cost: 1_500 })]);
    const nothing = await ask('GET', '/readiness/RUN/budget-curve?by=crews&area=A9');
    expect(nothing.body).toMatchObject({ items: [], points: [] });
    expect((await ask('GET', '/readiness/RUN/budget-curve')).status).toBe(422);
    expect((await ask('GET', '/readiness/NONE/budget-curve?by=crews')).status).toBe(404);
  });

  it('adds up areas and feeders in sight, with what past seasons were there', async () => {
    const { body } = await compose(planner)('GET', '/readiness/RUN/areas');
    expect(body.areas.map((a: { areaId: string }) => a.areaId)).toEqual(['A1', 'A9']);
    expect(body.areas[0]).toMatchObject({ transformers: 2, atRisk: 1, ready: 1, customerHours: 200 });
    expect(body.seasons).toEqual([]);
    const ofMine = await compose(ofA1)('GET', '/readiness/RUN/areas');
    expect(ofMine.body.areas).toHaveLength(1);
    expect(ofMine.body.feeders).toEqual([expect.objectContaining({ areaId: 'A1', feederId: 'F1' })]);
  });

  it('lists important customers with where else they can be fed from', async () => {
    const { body } = await compose(ofA1)('GET', '/readiness/RUN/protection');
    expect(body.items).toEqual([
      expect.objectContaining({
        transformerId: 'T1',
        secondSource: { state: 'unspecified', text: 'yes', pLow: null },
      }),
    ]);
  });
});

describe('the register of measures', () => {
  const wish = { transformerId: 'T1', seasonId: SEASON.id, runId: 'RUN', kind: 'tap' };

  it('keeps the very measure that was chosen, with what the run promised of it', async () => {
    const ask = compose(planner);
    const { status, body } = await ask('POST', '/measures', { ...wish, tried: 1 });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      detail: { from: 2, to: 4 },
      plannedBy: '李工',
      state: 'planned',
      promised: { runId: 'RUN', pLowBefore: 0.1, pLowAfter: 0.03, minV: 197, minAfterV: 203 },
    });
    const first = await ask('POST', '/measures', wish);
    expect(first.body).toMatchObject({ detail: { from: 2, to: 3 }, second: null });
  });

  it('holds the same work once, however often it is asked for', async () => {
    const ask = compose(planner);
    const first = await ask('POST', '/measures', wish);
    const again = await ask('POST', '/measures', wish);
    expect([again.status, again.body.id]).toEqual([201, first.body.id]);
    await ask('PUT', `/measures/${first.body.id}`, { version: first.body.version, state: 'dropped' });
    expect((await ask('POST', '/measures', wish)).body.id).not.toBe(first.body.id);
  });

  it('keeps a pair as one entry, at the cost of both', async () => {
    const ask = compose(planner);
    const { body } = await ask('POST', '/measures', { ...wish, tried: 2 });
    const second = { kind: 'rebalance', detail: { fromPct: 60, toPct: 15 }, cost: 4_000 };
    expect(body).toMatchObject({ kind: 'tap', detail: { from: 2, to: 4 }, second, cost: 5_500 });
    const { body: seen } = await ask('GET', '/readiness/RUN/transformers/T1');
    expect(seen.measures.map((one: { second: unknown }) => one.second)).toEqual([null, null, second, null]);
  });

  it.each([
    ['another kind than that one', { ...wish, kind: 'capacity', tried: 1 }],
    ['one that the run did not try', { ...wish, tried: 7 }],
    ['a kind that it did not try', { ...wish, kind: 'feeder' }],
    ['what the run of another season promises', { ...wish, seasonId: NEXT.id }],
  ])('refuses %s', async (_what, body) => {
    const refused = await compose(planner)('POST', '/measures', body);
    expect(refused).toMatchObject({ status: 422, body: { code: 'gone' } });
  });

  it('refuses what would lift light-load nights over the limit', async () => {
    const refused = await compose(planner)('POST', '/measures', { ...wish, tried: 3 });
    expect(refused).toMatchObject({ status: 422, body: { code: 'measure-refused' } });
  });

  it('goes from planned to done, by the version that was seen; who was slower sees theirs', async () => {
    const ask = compose(planner);
    const { body: planned } = await ask('POST', '/measures', wish);
    const doneMs = accounts.clock.nowMs() - 1_000;
    const done = await ask('PUT', `/measures/${planned.id}`, {
      version: planned.version,
      state: 'done',
      doneMs,
    });
    expect(done.body).toMatchObject({ state: 'done', doneMs, version: planned.version + 1 });
    const late = await ask('PUT', `/measures/${planned.id}`, { version: planned.version, state: 'dropped' });
    expect(late).toMatchObject({ status: 409, body: { code: 'changed', current: { state: 'done' } } });
    const future = { version: done.body.version, state: 'done', doneMs: accounts.clock.nowMs() + 60_000 };
    const ahead = await ask('PUT', `/measures/${planned.id}`, future);
    expect(ahead).toMatchObject({ status: 422, body: { code: 'measure-ahead' } });
    const noTime = { ...future, doneMs: -1e18 };
    expect((await ask('PUT', `/measures/${planned.id}`, noTime)).status).toBe(422);
    const mistaken = { version: done.body.version, state: 'planned' };
    const takenBack = await ask('PUT', `/measures/${planned.id}`, mistaken);
    expect(takenBack).toMatchObject({ status: 200, body: { state: 'planned', doneMs: null } });
  });

  it('is judged only when it was done', async () => {
    const ask = compose(planner);
    const { body: planned } = await ask('POST', '/measures', wish);
    const early = await ask('POST', `/measures/${planned.id}/verify`, {});
    expect(early).toMatchObject({ status: 409, body: { code: 'measure-not-done' } });
    await ask('PUT', `/measures/${planned.id}`, { version: planned.version, state: 'done' });
    expect((await ask('POST', `/measures/${planned.id}/verify`, {})).status).toBe(200);
  });

  it('is written down in the audit, and hidden from who sees other areas', async () => {
    const { body } = await compose(planner)('POST', '/measures', {
      transformerId: 'X1',
      seasonId: SEASON.id,
      kind: 'feeder',
    });
    const [entry] = await accounts.database.access.audit.list({ action: 'measure.plan', limit: 1 });
    expect(entry).toMatchObject({ subject: body.id, actor: { name: '李工' } });
    const ask = compose(ofA1);
    const { items } = (await ask('GET', '/measures')).body as { items: { areaId: string }[] };
    expect(new Set(items.map(({ areaId }) => areaId))).toEqual(new Set(['A1']));
    expect((await ask('PUT', `/measures/${body.id}`, { version: 1, state: 'dropped' })).status).toBe(404);
    expect((await ask('POST', '/measures', { ...wish, transformerId: 'X1' })).status).toBe(404);
  });
});
