import { describe, expect, it } from 'vitest';
import type { Principal } from '../../server/core/access.ts';
import { createHttpApp } from '../../server/http/app.ts';
import type { HttpDeps } from '../../server/http/deps.ts';
import { LiveHub } from '../../server/http/live.ts';
import { incidentOf } from '../fixtures/incidents.ts';
import { gridModel, handClock, httpDeps, signedInAs, transformer } from './deps.ts';
import { fakeDesk } from './fakeDesk.ts';

const DAY_MS = 86_400_000;
const admin: Principal = { id: 'boss', name: '主任', role: 'admin', areaIds: null, via: 'session' };
const people = [
  { id: 'u1', name: '李工', language: 'zh-CN', enabled: true },
  { id: 'u2', name: '王工', language: 'zh-CN', enabled: false },
] as const;
const model = gridModel([
  transformer('T1'),
  transformer('X1', { areaId: 'A9', feederId: 'F9' }),
  transformer('X2', { areaId: 'A9', feederId: 'F1' }),
]);

function compose() {
  const desk = fakeDesk([incidentOf('i1'), incidentOf('i2', { state: 'acknowledged' })], people);
  let lastId = 0;
  const as = (who: Partial<Principal> = {}) => {
    const deps = httpDeps({
      alerts: desk,
      newId: () => `n${++lastId}`,
      grid: () => model,
      access: signedInAs({ ...admin, ...who }),
      database: desk.database as unknown as HttpDeps['database'],
    });
    const app = createHttpApp(deps, new LiveHub(deps.live, handClock().clock, 'run1'));
    return async (method: string, path: string, body?: object) => {
      const answer = await app.request(`/api/v1${path}`, {
        method,
        headers: { origin: 'http://localhost', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: await answer.json() };
    };
  };
  return { desk, as };
}

const silence = { match: { areaIds: ['A1'] }, reason: '检修', fromMs: 1, toMs: DAY_MS };
const policy = { name: '值班', steps: [{ targets: [{ kind: 'user', id: 'u1' }], waitS: 300 }], repeats: 1 };
const schedule = {
  name: '一线',
  timeZone: 'Asia/Shanghai',
  rotations: [{ name: '周', userIds: ['u1', 'u2'], startDate: '1970-01-01', handOffMin: 0, turnDays: 1 }],
  overrides: [],
};
const robot = {
  userId: 'u1',
  channel: 'dingtalk',
  name: '群',
  language: 'zh-CN',
  settings: { url: 'https://oapi.example/robot?access_token=abc', secret: 'SEC1' },
  priority: 0,
  enabled: true,
};

describe('documents', () => {
  it('are made, changed by version and removed; whoever is late is told what there is', async () => {
    const ask = compose().as();
    const made = await ask('POST', '/policies', policy);
    expect(made).toEqual({ status: 201, body: { ...policy, id: 'n1', version: 1 } });
    const changed = await ask('PUT', '/policies/n1', { ...policy, name: '夜班', version: 1 });
    expect(changed.body).toMatchObject({ id: 'n1', version: 2, name: '夜班' });
    const late = await ask('PUT', '/policies/n1', { ...policy, version: 1 });
    expect(late.status).toBe(409);
    expect(late.body.current).toMatchObject({ id: 'n1', version: 2, name: '夜班' });
    expect((await ask('DELETE', '/policies/n1?version=1')).status).toBe(409);
    expect((await ask('GET', '/policies')).body.items).toHaveLength(1);
    expect((await ask('DELETE', '/policies/n1?version=2')).status).toBe(200);
    expect((await ask('GET', '/policies')).body).toEqual({ items: [] });
    expect((await ask('PUT', '/policies/n1', { ...policy, version: 2 })).status).toBe(404);
  });

  it('that cannot be understood are refused with every fault', async () => {
    const ask = compose().as();
    const zone = await ask('POST', '/schedules', { ...schedule, timeZone: 'Mars/Base', name: '' });
    expect(zone.status).toBe(422);
    expect(zone.body.faults.map((f: { path: string }) => f.path)).toEqual(['name', 'timeZone']);
    const order = await ask('POST', '/silences', { ...silence, toMs: 1 });
    expect(order.body.faults).toMatchObject([{ path: 'toMs', code: 'not-after' }]);
  });

  it('routes and seasons are kept too', async () => {
    const ask = compose().as();
    const lost = { name: '全部', order: 1, match: {}, policyId: 'p', mildToDigest: true };
    const refused = await ask('POST', '/routes', lost);
    expect([refused.status, refused.body.faults]).toMatchObject([
      422,
      [{ path: 'policyId', code: 'unknown', values: { id: 'p' } }],
    ]);
    const kept = await ask('POST', '/policies', policy);
    const route = { ...lost, policyId: kept.body.id };
    expect((await ask('POST', '/routes', route)).body).toMatchObject({ ...route, version: 1 });
    const season = {
      name: '迎峰',
      fromDay: '06-15',
      toDay: '09-15',
      waitFactor: 0.5,
      policyInstead: {},
      tellMild: true,
    };
    expect((await ask('POST', '/seasons', season)).body).toMatchObject({ ...season, version: 1 });
  });
});

describe('silences and planned outages', () => {
  it('name their author, end and stay known', async () => {
    const ask = compose().as({ id: 'u1', role: 'on-call' });
    const made = await ask('POST', '/silences', { ...silence, author: 'someone else' });
    expect(made.body).toMatchObject({ author: 'u1', endedMs: null, version: 1 });
    expect((await ask('DELETE', '/silences/n1?version=1')).status).toBe(200);
    expect((await ask('GET', '/silences')).body.items).toMatchObject([
      { id: 'n1', version: 2, endedMs: 1_000_000 },
    ]);
    const again = await ask('PUT', '/silences/n1', { ...silence, reason: '延长', version: 2 });
    expect(again.body).toMatchObject({ author: 'u1', endedMs: 1_000_000, reason: '延长' });
  });

  it('says whether customers were told seven days before', async () => {
    const ask = compose().as({ role: 'planner' });
    const outage = {
      title: '检修',
      feederIds: ['F1'],
      transformerIds: [],
      fromMs: 10 * DAY_MS,
      toMs: 11 * DAY_MS,
    };
    const late = await ask('POST', '/outages', { ...outage, noticedMs: 4 * DAY_MS });
    expect(late.body.notice).toEqual({ ok: false, daysBefore: 6 });
    const intime = await ask('PUT', '/outages/n1', { ...outage, noticedMs: 3 * DAY_MS, version: 1 });
    expect(intime.body).toMatchObject({ notice: { ok: true, daysBefore: 7 }, cancelledMs: null });
    await ask('DELETE', '/outages/n1?version=2');
    expect((await ask('GET', '/outages')).body.items[0].cancelledMs).toBe(1_000_000);
  });

  it('of another area are neither seen nor made', async () => {
    const { as } = compose();
    const boss = as();
    await boss('POST', '/silences', { ...silence, match: { areaIds: ['A9'] }, reason: '外区' });
    const scoped = as({ id: 'u1', role: 'planner', areaIds: ['A1'] });
    expect((await scoped('GET', '/silences')).body.items).toEqual([]);
    expect((await scoped('DELETE', '/silences/n1?version=1')).status).toBe(404);
    expect((await scoped('POST', '/silences', silence)).status).toBe(201);
    expect((await scoped('POST', '/silences', { ...silence, match: {} })).status).toBe(403);
    expect((await scoped('POST', '/silences', { ...silence, match: { feederIds: ['F1'] } })).status).toBe(
      403,
    );
    const within = { areaIds: ['A1'], feederIds: ['F1'] };
    expect((await scoped('POST', '/silences', { ...silence, match: within })).status).toBe(201);
    const outage = { title: 'x', feederIds: [], fromMs: 1, toMs: 2, noticedMs: null };
    const mixed = await boss('POST', '/outages', { ...outage, transformerIds: ['T1', 'X1'] });
    const [seen] = (await scoped('GET', '/outages')).body.items;
    expect(seen.transformerIds).toEqual(['T1']);
    const { version } = mixed.body;
    expect(
      (await scoped('PUT', `/outages/${seen.id}`, { ...outage, transformerIds: [], version })).status,
    ).toBe(403);
    expect((await scoped('POST', '/outages', { ...outage, transformerIds: ['X1'] })).status).toBe(403);
  });
});

describe('ways to reach people', () => {
  it('show no secret, and keep what comes back hidden', async () => {
    const { as, desk } = compose();
    const ask = as({ id: 'u1', role: 'on-call' });
    const made = await ask('POST', '/contact-points', robot);
    const hidden = { url: 'https://oapi.example/***', secret: '***' };
    expect(made.body.settings).toEqual(hidden);
    expect(JSON.stringify((await ask('GET', '/contact-points')).body)).not.toMatch(/abc|SEC1/);
    await ask('PUT', '/contact-points/n1', { ...robot, name: '值班', settings: hidden, version: 1 });
    expect(desk.settings().contactPoints[0]).toMatchObject({ name: '值班', settings: robot.settings });
    const moved = { ...hidden, url: 'https://elsewhere.example/' };
    const refused = await ask('PUT', '/contact-points/n1', { ...robot, settings: moved, version: 2 });
    expect(refused).toMatchObject({ status: 422, body: { code: 'secrets-again' } });
    expect(await ask('POST', '/contact-points/n1/test')).toEqual({
      status: 202,
      body: { deliveryId: 'test-of-n1' },
    });
  });

  it('must have what their channel needs, and nothing else', async () => {
    const ask = compose().as();
    const settings = { url: 'ftp://x', secret: 'S', group: '抢修' };
    const { status, body } = await ask('POST', '/contact-points', { ...robot, settings });
    expect(status).toBe(422);
    expect(body.code).toBe('faults');
    expect(body.faults.map(({ path, code }: { path: string; code: string }) => [path, code])).toEqual([
      ['settings.url', 'url'],
      ['settings.group', 'unknown-field'],
    ]);
  });

  it('tell what became of a test, and nothing of another message', async () => {
    const { as, desk } = compose();
    const ask = as();
    await ask('POST', '/contact-points', robot);
    const attempt = { number: 1, startedMs: 1, endedMs: 2, result: 'retry', detail: '429' } as const;
    const delivery = { contactPointId: 'n1', state: 'queued', nextMs: 9, facts: { isTest: true } };
    const known = (change: object) => async () =>
      ({
        delivery: { ...delivery, ...change },
        attempts: [{ ...attempt, deliveryId: 'd1' }],
      }) as unknown as Awaited<ReturnType<typeof desk.database.outbox.one>>;
    desk.database.outbox.one = known({});
    const path = '/contact-points/n1/tests/d1';
    expect((await ask('GET', path)).body).toEqual({ state: 'queued', nextMs: 9, attempts: [attempt] });
    desk.database.outbox.one = known({ contactPointId: 'n2' });
    expect((await ask('GET', path)).status).toBe(404);
    desk.database.outbox.one = known({ facts: { isTest: false } });
    expect((await ask('GET', path)).status).toBe(404);
    expect((await as({ id: 'u2', role: 'on-call' })('GET', path)).status).toBe(404);
  });

  it('are those of oneself', async () => {
    const { as } = compose();
    await as()('POST', '/contact-points', robot);
    const other = as({ id: 'u2', role: 'on-call' });
    expect((await other('GET', '/contact-points')).body.items).toEqual([]);
    expect((await other('POST', '/contact-points/n1/test')).status).toBe(404);
    expect((await other('POST', '/contact-points', robot)).status).toBe(403);
    expect((await as({ id: 'u1' })('GET', '/contact-points')).body.items).toHaveLength(1);
  });
});

describe('on call', () => {
  it('tells who, now and over a stretch', async () => {
    const ask = compose().as();
    await ask('POST', '/schedules', schedule);
    const path = '/schedules/n1/on-call';
    expect((await ask('GET', path)).body).toEqual({ userId: 'u1', userName: '李工' });
    expect((await ask('GET', `${path}?at=${DAY_MS}`)).body).toEqual({ userId: 'u2', userName: '王工' });
    const { body } = await ask('GET', `/schedules/n1/shifts?from=0&to=${DAY_MS}`);
    expect(body.items.map((s: { userId: string }) => s.userId)).toEqual(['u1', 'u2']);
    expect((await ask('GET', `/schedules/n1/shifts?from=0&to=${401 * DAY_MS}`)).status).toBe(422);
    const status = (await ask('GET', '/alerting')).body;
    expect(status).toMatchObject({
      open: 2,
      unacknowledged: 1,
      warnings: [{ code: 'nobody-now' }],
      onCall: [{ scheduleId: 'n1', name: '一线', userId: 'u1', userName: '李工' }],
      outbox: { queued: 2, failed: 1 },
      proof: { ok: true },
    });
  });

  it('lists people, who set their own quiet hours', async () => {
    const { as } = compose();
    const ask = as({ id: 'u1', role: 'on-call' });
    expect((await ask('GET', '/people')).body.items[1]).toEqual({
      ...people[1],
      version: 0,
      quietHours: null,
      timeZone: 'Asia/Shanghai',
      isMine: false,
    });
    const quietHours = { fromMin: 1_320, toMin: 420, weekdays: [] };
    const body = { quietHours, timeZone: 'Asia/Shanghai', version: 0 };
    expect((await ask('PUT', '/people/u1', body)).body).toMatchObject({
      version: 1,
      quietHours,
      name: '李工',
    });
    expect((await ask('PUT', '/people/u1', body)).body).toMatchObject({
      status: 409,
      current: { version: 1 },
    });
    expect((await ask('PUT', '/people/u2', body)).status).toBe(403);
    expect((await as()('PUT', '/people/nobody', body)).status).toBe(404);
  });
});

it.each([
  ['viewer', 'POST', '/silences', silence],
  ['on-call', 'POST', '/outages', {}],
  ['planner', 'POST', '/policies', policy],
  ['planner', 'DELETE', '/schedules/n1?version=1', undefined],
] as const)('a %s may not %s %s', async (role, method, path, body) => {
  expect((await compose().as({ role })(method, path, body)).status).toBe(403);
});
