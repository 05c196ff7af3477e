import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../../server/core/access.ts';
import { createHttpApp } from '../../server/http/app.ts';
import type { HttpDeps } from '../../server/http/deps.ts';
import { FORECAST_OPTIONS } from '../../server/core/forecast/forecast.ts';
import { LiveHub } from '../../server/http/live.ts';
import { rightOf } from '../../server/http/rights.ts';
import { seasonOf } from '../../server/core/forecast/season.ts';
import { testAccounts, type TestAccounts } from '../fixtures/accounts.ts';
import { reportOf, rowOf, runOf } from '../fixtures/readiness.ts';
import { gridModel, handClock, httpDeps, mapDelta, mapSnapshot, signedInAs, transformer } from './deps.ts';

/** A viewer of one area reads nothing of another, by whatever route. */

const MINE = transformer('T-MINE', { name: '河湾一号' });
const OTHER = transformer('T-OTHER', { name: '东岭二号', areaId: 'A-OTHER', feederId: 'F-OTHER' });
/** None of these may be in any answer. */
const FORBIDDEN = ['OTHER', '东岭'];
const base = gridModel([OTHER, MINE]);
const model = {
  ...base,
  areas: [{ id: 'A-OTHER', name: '东岭供电所', org: 'county' }, ...base.areas],
  feeders: [
    { id: 'F-OTHER', name: '10kV 东岭线', substationId: 'S2', substationName: '东岭变' },
    ...base.feeders,
  ],
};
const whole = () => {
  const snapshot = mapSnapshot(model, [5, 7]);
  return { ...snapshot, transformers: { ...snapshot.transformers, area: [0, 1], feeder: [0, 1] } };
};
const inputs = {
  program: '0.1.0',
  gridVersion: 1,
  firstDay: 0,
  lastDay: 900,
  transformersWithHistory: 30,
  transformersWithOwnLimits: 4,
  historyChecksum: 'c',
  weatherStations: [],
  options: FORECAST_OPTIONS,
};
const live = {
  snapshot: whole,
  onDelta: () => () => undefined,
  transformer: () => null,
  replayDay: () => ({
    startMs: 0,
    stepMs: 900_000,
    steps: 2,
    rows: 2,
    condition: new Uint8Array([5, 1, 6, 2]),
    worstDeciV: new Uint16Array([1842, 2301, 1843, 2302]),
  }),
};
const principal = (over: Partial<Principal> = {}): Principal => ({
  id: 'u',
  name: 'Lin',
  role: 'viewer',
  areaIds: ['A1'],
  via: 'session',
  ...over,
});

let accounts: TestAccounts;
beforeAll(async () => {
  accounts = await testAccounts();
  await accounts.database.registry.upsert(model, { validFromMs: 0 });
  const { readiness } = accounts.database;
  await readiness.put({ ...runOf('RUN', { inputs }), seasonId: seasonOf('summer', 1970).id });
  await readiness.put({ ...runOf('SCORED', { inputs }), kind: 'backtest' });
  await readiness.putRows('RUN', [
    rowOf('RUN', 1, { transformerId: OTHER.id, areaId: OTHER.areaId, feederId: OTHER.feederId }),
    rowOf('RUN', 2, { transformerId: MINE.id, areaId: MINE.areaId, feederId: MINE.feederId }),
  ]);
  const dayOf = { day: 1, pLow: 0.4, p10V: 190, p50V: 197, p90V: 203 };
  const item = ({ id, areaId, feederId }: typeof MINE) => ({
    transformerId: id,
    areaId,
    feederId,
    customers: 80,
    days: [dayOf],
  });
  const unknown = [{ transformerId: 'T-OTHER-2', areaId: 'A-OTHER', reason: 'no-history' }];
  const report = { originDay: 0, items: [item(OTHER), item(MINE)], unknown };
  await readiness.put({ ...runOf('NEAR'), kind: 'tonight', report });
});
afterAll(() => accounts.dispose());

function compose(who: Principal | null) {
  const store = {
    points: async () => [],
    dailies: async () => [],
    monitoredTimes: async () => [],
  } as unknown as HttpDeps['store'];
  const deps = httpDeps({
    live,
    grid: () => model,
    store,
    database: accounts.database,
    access: {
      ...signedInAs(who),
      signIn: accounts.signIn,
      accounts: accounts.accounts,
      feeds: accounts.feeds,
    },
    pipeline: { status: () => ({}) as ReturnType<HttpDeps['pipeline']['status']> },
  });
  return createHttpApp(deps, new LiveHub(live, handClock().clock, 'run1'));
}

type Document = { paths: Record<string, Record<string, unknown>> };
const documentOf = async (app: ReturnType<typeof compose>): Promise<Document> =>
  (await (await app.request('/api/v1/openapi.json')).json()) as Document;

describe('the table of rights', () => {
  it('names every route of the OpenAPI document', async () => {
    const { paths } = await documentOf(compose(principal()));
    const unlisted = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => rightOf(method.toUpperCase(), path) === null)
        .map((method) => `${method.toUpperCase()} ${path}: add it to server/http/rights.ts`),
    );
    expect(unlisted).toEqual([]);
  });

  it('lets nobody unknown read anything but what is for anyone', async () => {
    const app = compose(null);
    const { paths } = await documentOf(app);
    for (const path of Object.keys(paths).filter((p) => rightOf('GET', p) !== 'anyone')) {
      for (const method of Object.keys(paths[path]!)) {
        if (rightOf(method.toUpperCase(), path) === 'anyone') continue;
        const answer = await app.request(path.replace(/\{\w+\}/g, 'x'), {
          method: method.toUpperCase(),
          headers: { 'content-type': 'application/json' },
        });
        expect({ path, method, status: answer.status }).toEqual({ path, method, status: 401 });
      }
    }
  });
});

describe('a viewer of one area', () => {
  it('finds nothing of another in any GET route', async () => {
    const app = compose(principal());
    const { paths } = await documentOf(app);
    const asked = Object.keys(paths).filter((path) => paths[path]!['get'] !== undefined);
    expect(asked.length).toBeGreaterThan(10);
    for (const path of [...asked, '/api/v1/live']) {
      for (const id of ['T-OTHER', 'A-OTHER', 'F-OTHER']) {
        const url = `${path.replace('{runId}', 'RUN').replace(/\{\w+\}/g, id)}?from=0&to=1000&stepMs=1000&area=${id}&transformer=${id}`;
        const answer = await app.request(url);
        // A failure would hide what there is.
        expect({ path, failed: answer.status >= 500 }).toEqual({ path, failed: false });
        const text = path.endsWith('/live') ? await firstChunks(answer) : await answer.text();
        // A refusal may repeat what was asked for: that is no news to who asked.
        const told = answer.ok ? text : text.replaceAll(id, '');
        expect({ path, said: FORBIDDEN.filter((word) => told.includes(word)) }).toEqual({ path, said: [] });
      }
    }
  });

  it.each([
    '/api/v1/map',
    '/api/v1/transformers',
    '/api/v1/areas',
    '/api/v1/feeders',
    '/api/v1/live',
    '/api/v1/tonight',
    '/api/v1/readiness/RUN',
    '/api/v1/readiness/RUN/ranking.csv',
    '/api/v1/readiness/RUN/areas',
    '/api/v1/transformers/T-MINE/forecast',
  ])('sees their own in %s', async (path) => {
    const answer = await compose(principal()).request(path);
    const text = path.endsWith('/live') ? await firstChunks(answer) : await answer.text();
    expect(text).toMatch(/T-MINE|"A1"|"F1"/);
  });

  it('finds no other area in a run of the next days', async () => {
    const answer = await compose(principal()).request('/api/v1/readiness/NEAR');
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(FORBIDDEN.filter((word) => text.includes(word))).toEqual([]);
  });

  it('is told how sure the forecast is, and no count of the whole grid', async () => {
    const of = async (areaIds: Principal['areaIds']) =>
      (await (await compose(principal({ areaIds })).request('/api/v1/readiness/RUN')).json()).run;
    const all = await of(null);
    expect(all.report).toEqual(reportOf());
    expect(all.inputs).toMatchObject({ transformersWithHistory: 30, transformersWithOwnLimits: 4 });
    const { report, inputs } = await of(['A1']);
    expect(report).toMatchObject({
      published: 'model',
      beatsAll: true,
      models: [
        { name: 'model', metrics: all.report.models[0].metrics, reliability: [{ said: 0.25, came: 0.22 }] },
      ],
    });
    const told = JSON.stringify({ report, inputs });
    const counts =
      /"(transformers\w*|low|newEntrants|feeders|unknown\w*|withoutOutcome|alarms|lastYearList|count|\w*aughtAtCrew)":(?!0\.)/g;
    expect(told.match(counts)).toEqual(null);
    expect(JSON.stringify(all.report).match(counts)!.length).toBeGreaterThan(10);
    const { items } = await (await compose(principal({})).request('/api/v1/backtests')).json();
    expect(JSON.stringify(items).match(counts)).toEqual(null);
  });

  it('has sums of their own area alone', async () => {
    const map = await (await compose(principal()).request('/api/v1/map')).json();
    expect(map.totals).toMatchObject({ transformers: 1, customers: 80, customersLow: 0, customersOut: 80 });
    const replay = await (await compose(principal()).request('/api/v1/map/replay')).json();
    expect(replay.rows).toBe(1);
    expect([...Buffer.from(replay.conditionBase64, 'base64')]).toEqual([1, 2]);
  });

  it.each([
    ['GET', '/api/v1/deadletters'],
    ['GET', '/api/v1/config'],
    ['POST', '/api/v1/backups'],
    ['POST', '/api/v1/imports/registry'],
  ])('is refused %s %s, also as a planner of one area', async (method, path) => {
    expect((await compose(principal()).request(path, { method })).status).toBe(403);
    const planner = compose(principal({ role: 'planner' }));
    expect((await planner.request(path, { method })).status).toBe(403);
  });
});

describe('the live stream of some areas', () => {
  it('carries only their deltas, with rows and sums of their own', async () => {
    let push: (delta: ReturnType<typeof mapDelta>) => void = () => undefined;
    const onDelta = (listener: typeof push) => {
      push = listener;
      return () => undefined;
    };
    const hub = new LiveHub({ snapshot: whole, onDelta }, handClock().clock, 'run1');
    hub.start();
    const stream = hub.open(null, ['A1'])!;
    push({ ...mapDelta(1), row: [0], condition: [1] });
    push({ ...mapDelta(2), row: [1], condition: [0] });
    const text = await firstChunks(new Response(stream), 3);
    const deltas = [...text.matchAll(/event: delta\ndata: (.*)/g)].map((m) => JSON.parse(m[1]!));
    expect(deltas).toHaveLength(1);
    expect(deltas[0]).toMatchObject({
      row: [0],
      condition: [0],
      areas: [{ index: 0 }],
      totals: { customersOut: 0 },
    });
    expect(text).not.toContain('OTHER');
  });

  it('ends when whoever opened it may no longer see it', async () => {
    const { clock, advance } = handClock();
    const hub = new LiveHub({ snapshot: whole, onDelta: () => () => undefined }, clock, 'run1');
    hub.start();
    let allowed = true;
    const stream = hub.open(null, ['A1'], async () => allowed)!;
    advance(15_000);
    await Promise.resolve();
    expect(hub.clients).toBe(1);
    allowed = false;
    advance(15_000);
    const text = await new Response(stream).text();
    expect(text.match(/event: heartbeat/g)).toHaveLength(2);
    expect(hub.clients).toBe(0);
  });
});

/** What comes at once of a stream that does not end. */
async function firstChunks(answer: Response, count = 2): Promise<string> {
  const reader = answer.body!.getReader();
  let text = '';
  for (let i = 0; i < count; i++) text += new TextDecoder().decode((await reader.read()).value);
  await reader.cancel();
  return text;
}
