import { describe, expect, it } from 'vitest';
import type { Principal } from '../../server/core/access.ts';
import type { Incident } from '../../server/core/incident/incident.ts';
import { createHttpApp } from '../../server/http/app.ts';
import type { HttpDeps } from '../../server/http/deps.ts';
import { LiveHub } from '../../server/http/live.ts';
import { attemptOf, deliveryOf, incidentOf, memberOf, timelineEntryOf } from '../fixtures/incidents.ts';
import { gridModel, handClock, httpDeps, signedInAs, transformer } from './deps.ts';
import { fakeDesk } from './fakeDesk.ts';

const named = { name_en: 'Hewan 1', feeder_name_en: 'Hexi line' };
const model = gridModel([transformer('T1', { attributes: named }), transformer('T2')]);
const abroad = transformer('X1', { areaId: 'A9', name: '外区' });
const everywhere = { ...model, transformers: [...model.transformers, abroad] };
const admin: Principal = { id: 'local', name: 'local', role: 'admin', areaIds: null, via: 'local' };
const people = [{ id: 'u1', name: '李工', language: 'zh-CN', enabled: true }] as const;

function compose(incidents: Incident[], parts: { database?: object; principal?: Partial<Principal> } = {}) {
  const desk = fakeDesk(incidents, people);
  const deps = httpDeps({
    alerts: desk,
    grid: () => everywhere,
    access: signedInAs({ ...admin, ...parts.principal }),
    database: { ...desk.database, ...parts.database } as unknown as HttpDeps['database'],
  });
  const app = createHttpApp(deps, new LiveHub(deps.live, handClock().clock, 'run1'));
  const request = (path: string, body?: object) =>
    app.request(
      `/api/v1${path}`,
      body === undefined
        ? {}
        : {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          },
    );
  return { request, desk };
}

describe('incidents', () => {
  it('are found by their number too, as short links have it, and never out of sight', async () => {
    const abroadOne = incidentOf('far', { number: 130, areaIds: ['A9'], members: [memberOf('X1')] });
    const { request, desk } = compose([incidentOf('i1', { number: 129 }), abroadOne], {
      principal: { areaIds: ['A1'] },
    });
    expect(await (await request('/incidents/129')).json()).toMatchObject({ incident: { id: 'i1' } });
    expect((await request('/incidents/130')).status).toBe(404);
    expect((await request('/incidents/131')).status).toBe(404);
    expect((await request('/incidents/129/acknowledge', { version: 1 })).status).toBe(200);
    expect(desk.asked.map(({ id }) => id)).toEqual(['i1']);
  });

  it('are listed with place and evidence in both languages', async () => {
    const evidence = [{ code: 'load', values: { pct: 132 } }];
    const { request } = compose([
      incidentOf('i1', { cause: { kind: 'overload', confidence: 0.8, evidence } }),
      incidentOf('i2', { members: [memberOf('T1'), memberOf('T2')] }),
    ]);
    const answer = await (await request('/incidents?state=active')).json();
    expect(answer.cursor).toBeNull();
    expect(answer.items[0]).toMatchObject({
      id: 'i1',
      place: { zh: 'T1 公变', en: 'Hewan 1' },
      transformers: 1,
      cause: {
        kind: 'overload',
        evidence: [{ sentence: { zh: '负载率 132%', en: 'load is 132 % of capacity' } }],
      },
    });
    expect(answer.items[1].place).toEqual({ zh: '10kV 合溪线', en: 'Hexi line' });
    expect(answer.items[0]).not.toHaveProperty('told');
  });

  it('shows one with its timeline and every message about it', async () => {
    const database = {
      outbox: { of: async () => [{ delivery: deliveryOf('d1'), attempts: [attemptOf('d1', 1)] }] },
    };
    const { request, desk } = compose([incidentOf('i1', { acknowledgedBy: 'u1' })], { database });
    desk.database.incidents.timeline = async () => [
      timelineEntryOf('t1', 'i1', { kind: 'acknowledged', actor: 'u1' }),
    ];
    const answer = await (await request('/incidents/i1')).json();
    expect(answer.timeline).toMatchObject([{ kind: 'acknowledged', actor: 'u1', actorName: '李工' }]);
    expect(answer.deliveries).toMatchObject([
      {
        id: 'd1',
        kind: 'opened',
        userName: '李工',
        channel: null,
        attempts: [{ number: 1, result: 'sent' }],
      },
    ]);
    expect(answer.incident.members[0].name).toEqual({ zh: 'T1 公变', en: 'Hewan 1' });
    expect(answer.names).toEqual({ u1: '李工' });
  });

  it('answers 404 for one that there is not', async () => {
    const { request } = compose([]);
    expect((await request('/incidents/i9')).status).toBe(404);
    expect((await request('/incidents/i9/acknowledge', { version: 1 })).status).toBe(404);
  });
});

describe('commands', () => {
  it('acknowledge: the first wins, the second is told what it is now', async () => {
    const { request, desk } = compose([incidentOf('i1')]);
    const first = await request('/incidents/i1/acknowledge', { version: 1 });
    expect(await first.json()).toMatchObject({ state: 'acknowledged', version: 2, acknowledgedBy: 'local' });
    const second = await request('/incidents/i1/acknowledge', { version: 1 });
    expect(second.status).toBe(409);
    expect(second.headers.get('content-type')).toBe('application/problem+json');
    expect(await second.json()).toMatchObject({
      title: 'Someone else was first',
      current: { id: 'i1', version: 2, state: 'acknowledged', place: { en: 'Hewan 1' } },
    });
    expect(desk.asked).toHaveLength(2);
  });

  it.each([
    ['assign', { userId: 'u1' }],
    ['assign', { userId: null }],
    ['comment', { text: '已派人' }],
    ['snooze', { untilMs: 5_000_000 }],
    ['unsnooze', {}],
    ['resolve', { text: null }],
    ['merge', { intoId: 'i2' }],
    ['split', { transformerIds: ['T1'] }],
  ])('%s hands %j on', async (kind, fields) => {
    const { request, desk } = compose([incidentOf('i1'), incidentOf('i2')]);
    const answer = await request(`/incidents/i1/${kind}`, { version: 1, ...fields });
    expect(answer.status).toBe(200);
    expect(desk.asked).toEqual([{ id: 'i1', actorId: 'local', command: { kind, ...fields } }]);
  });

  it('is refused with the reason, and what cannot be understood with every fault', async () => {
    const { request, desk } = compose([incidentOf('i1', { state: 'resolved' })]);
    const refused = await request('/incidents/i1/snooze', { version: 1, untilMs: 5 });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ reason: 'resolved' });
    const empty = await request('/incidents/i1/comment', { text: ' ' });
    expect((await empty.json()).faults.map((f: { path: string }) => f.path)).toEqual(['version', 'text']);
    expect((await request('/incidents/i1/merge', { version: 1, intoId: 'i9' })).status).toBe(404);
    expect(desk.asked).toHaveLength(1);
  });
});

describe('of one area', () => {
  const both = incidentOf('both', {
    areaIds: ['A1', 'A9'],
    feederId: null,
    members: [memberOf('X1'), memberOf('T2')],
  });
  const principal = { areaIds: ['A1'], role: 'on-call' } as const;

  it('nothing of another is shown', async () => {
    const { request, desk } = compose([both, incidentOf('abroad', { areaIds: ['A9'] })], { principal });
    desk.database.incidents.timeline = async () => [
      timelineEntryOf('t1', 'both', { kind: 'member-joined', body: { transformerId: 'X1' } }),
      timelineEntryOf('t2', 'both', { kind: 'member-joined', body: { transformerId: 'T2' } }),
    ];
    const list = await (await request('/incidents')).json();
    expect(list.items.map((i: Incident) => i.id)).toEqual(['both']);
    expect(JSON.stringify(list)).not.toMatch(/X1|A9|外区/);
    const one = await request('/incidents/both');
    expect(await one.text()).not.toMatch(/X1|A9|外区/);
    expect((await request('/incidents/abroad')).status).toBe(404);
    expect((await request('/incidents/abroad/acknowledge', { version: 1 })).status).toBe(404);
    expect((await request('/incidents/both/merge', { version: 1, intoId: 'abroad' })).status).toBe(404);
    expect((await request('/incidents/both/acknowledge', { version: 1 })).status).toBe(200);
  });

  it('a viewer reads and changes nothing', async () => {
    const { request, desk } = compose([both], { principal: { role: 'viewer' } });
    expect((await request('/incidents/both')).status).toBe(200);
    expect((await request('/incidents/both/acknowledge', { version: 1 })).status).toBe(403);
    expect(desk.asked).toEqual([]);
  });
});
