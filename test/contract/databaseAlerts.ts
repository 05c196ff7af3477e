import { describe, expect, test } from 'vitest';
import { VersionConflictError } from '../../server/alertPorts.ts';
import type { Incident } from '../../server/core/incident/incident.ts';
import type { Silence } from '../../server/core/incident/settings.ts';
import type { Database } from '../../server/ports.ts';
import { deliveryOf, incidentOf, memberOf, timelineEntryOf } from '../fixtures/incidents.ts';
import { outage as outageOf } from '../core/incident/incidents.ts';
import { outboxContract } from './databaseOutbox.ts';

const NOON_MS = Date.UTC(2026, 6, 1, 12);

/** The nouns of {@link Database} that alerting keeps: incidents, outbox, settings. */
export function alertsContract(database: () => Database): void {
  describe('incidents', () => {
    commitContract(database);
    listContract(database);
  });
  describe('outbox', () => {
    outboxContract(database);
  });
  describe('alert settings', () => {
    settingsContract(database);
  });
}

const commit = (database: Database, incidents: readonly Incident[], more: object = {}): Promise<void> =>
  database.incidents.commit({ incidents, timeline: [], deliveries: [], ...more });

function commitContract(database: () => Database): void {
  test('gives back what was committed, with the mark of the spool', async () => {
    const { incidents } = database();
    expect(await incidents.seq()).toBeNull();
    const members = [
      memberOf('T2', { phase: null, valueV: null, limitV: null, condition: 'outage' }),
      memberOf('T1', { point: 'tail-7', clearedMs: NOON_MS + 5, onset: 'own', changedMs: NOON_MS + 5 }),
    ];
    const given = incidentOf('i-whole', {
      number: 1,
      members,
      cause: {
        kind: 'upstream',
        confidence: 0.95,
        evidence: [{ code: 'x', values: { name: "10kV '河' \0", n: 3 } }],
      },
    });
    const entry = timelineEntryOf('t-1', 'i-whole', {
      actor: 'u1',
      kind: 'commented',
      body: { text: '已派人' },
    });
    await commit(database(), [given], { timeline: [entry], seq: 17 });
    expect(await incidents.get('i-whole')).toEqual(given);
    expect(await incidents.timeline('i-whole')).toEqual([entry]);
    expect(await incidents.seq()).toBe(17);
    expect(await incidents.lastNumber()).toBe(1);
    expect(await incidents.get('nobody')).toBeNull();
    expect(await incidents.byNumber(1)).toEqual(given);
    expect(await incidents.byNumber(999_999)).toBeNull();
  });

  test('committed twice is committed once, and an older version changes nothing', async () => {
    const { incidents } = database();
    const first = incidentOf('i-twice', { number: 2 });
    const entry = timelineEntryOf('t-2', 'i-twice');
    await commit(database(), [first], { timeline: [entry] });
    const second = {
      ...first,
      version: 2,
      members: [...first.members, memberOf('T9')],
      areaIds: ['A1', 'A2'],
    };
    await commit(database(), [second], { timeline: [{ ...entry, kind: 'severity' }] });
    await commit(database(), [first], { timeline: [entry] });
    expect(await incidents.get('i-twice')).toEqual(second);
    expect(await incidents.timeline('i-twice')).toEqual([entry]);
  });

  test('a member that went to another incident is gone from the first', async () => {
    const { incidents } = database();
    const [one, two, three] = [memberOf('S1'), memberOf('S2'), memberOf('S3')];
    const whole = incidentOf('i-split', { number: 3, members: [one, two, three] });
    await commit(database(), [whole]);
    const left = { ...whole, version: 2, members: [three, { ...one, clearedMs: NOON_MS }] };
    const taken = incidentOf('i-taken', { number: 4, members: [two] });
    await commit(database(), [left, taken]);
    expect(await incidents.get('i-split')).toEqual(left);
    expect(await incidents.get('i-taken')).toEqual(taken);
  });

  test('all or nothing: a commit that fails in the middle leaves no trace', async () => {
    const { incidents } = database();
    const seq = await incidents.seq();
    const orphan = timelineEntryOf('t-orphan', 'no-such-incident');
    const broken = commit(database(), [incidentOf('i-broken')], { timeline: [orphan], seq: 99 });
    await expect(broken).rejects.toThrow(/foreign key/i);
    expect(await incidents.get('i-broken')).toBeNull();
    expect(await incidents.seq()).toBe(seq);
  });

  test('marks a planned outage along with its messages, or neither', async () => {
    const { alertSettings, outbox } = database();
    const made = await alertSettings.put('outages', outageOf({ id: 'po-1', version: 0 }));
    const marked = { ...made, startedMs: NOON_MS };
    const message = deliveryOf('po-message', { incidentId: null });
    await commit(database(), [], { deliveries: [message], outages: [marked] });
    expect((await alertSettings.load()).outages).toContainEqual({ ...marked, version: made.version + 1 });
    const late = deliveryOf('po-late', { incidentId: null });
    const again = commit(database(), [], { deliveries: [late], outages: [marked] });
    await expect(again).rejects.toThrow(VersionConflictError);
    const due = await outbox.lease({ nowMs: NOON_MS * 2, leaseMs: 1, limit: 1_000 });
    expect(due.map(({ id }) => id)).toEqual([message.id]);
    await outbox.settle({ ...due[0]!, state: 'skipped' }, null);
  });

  test('takes a storm at once', async () => {
    const { incidents } = database();
    const storm = Array.from({ length: 500 }, (_, i) =>
      incidentOf(`storm-${i}`, {
        number: 1_000 + i,
        areaIds: ['storm'],
        members: Array.from({ length: 40 }, (_, m) => memberOf(`T${i}-${m}`)),
      }),
    );
    await commit(database(), storm);
    expect(await incidents.get('storm-499')).toEqual(storm[499]);
    const over = storm.map((i) => ({
      ...i,
      version: 2,
      state: 'resolved' as const,
      resolvedMs: NOON_MS - 86_400_000,
      members: i.members.map((m, at) => (at === 0 ? { ...m, clearedMs: NOON_MS } : m)),
    }));
    await commit(database(), over);
    expect(await incidents.get('storm-0')).toEqual(over[0]);
    const loaded = await incidents.load(NOON_MS);
    expect(loaded.filter(({ id }) => id.startsWith('storm'))).toEqual([]);
    expect(await incidents.load(0)).toContainEqual(over[7]);
    // The numbers of what was pruned are not given again.
    expect(await incidents.prune(NOON_MS - 1)).toBe(500);
    expect(await incidents.get('storm-0')).toBeNull();
    expect(await incidents.lastNumber()).toBe(1_499);
  });
}

function listContract(database: () => Database): void {
  const ids = (items: readonly Incident[]): string[] => items.map(({ id }) => id);

  test('lists the most urgent first by page, of the areas in sight', async () => {
    const { incidents } = database();
    const made = [
      incidentOf('l-mild', { severity: 'mild', areaIds: ['L1'] }),
      incidentOf('l-old', { startedMs: 5, areaIds: ['L2'] }),
      incidentOf('l-new', { startedMs: 6, areaIds: ['L1', 'L2'] }),
      incidentOf('l-severe', { severity: 'severe', areaIds: ['L1'] }),
      incidentOf('l-seen', { severity: 'severe', state: 'acknowledged', areaIds: ['L1'] }),
      incidentOf('l-over', { state: 'resolved', resolvedMs: 9, areaIds: ['L1'] }),
      incidentOf('l-just-over', { severity: 'mild', state: 'resolved', resolvedMs: 10, areaIds: ['L1'] }),
    ];
    await commit(database(), made);
    const order = ['l-severe', 'l-new', 'l-old', 'l-mild', 'l-seen', 'l-just-over', 'l-over'];
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const from: { cursor?: string } = cursor === null ? {} : { cursor };
      const page = await incidents.list({ areaIds: ['L1', 'L2'], limit: 2, ...from });
      seen.push(...ids(page.items));
      cursor = page.cursor;
    } while (cursor !== null);
    expect(seen).toEqual(order);
    const inL2 = await incidents.list({ areaIds: ['L2'], limit: 10 });
    expect(inL2).toEqual({ items: [made[2], made[1]], cursor: null });
    expect(ids((await incidents.list({ state: 'resolved', areaIds: ['L1'], limit: 10 })).items)).toEqual([
      'l-just-over',
      'l-over',
    ]);
    const active = await incidents.list({ state: 'active', areaIds: null, limit: 100 });
    expect(ids(active.items)).toEqual(expect.arrayContaining(order.slice(0, 5)));
    expect(ids(active.items)).not.toContain('l-over');
    await commit(database(), [incidentOf('l-of', { areaIds: ['L3'], members: [memberOf('L-T')] })]);
    expect(ids((await incidents.list({ areaIds: null, transformerId: 'L-T', limit: 10 })).items)).toEqual([
      'l-of',
    ]);
    expect((await incidents.list({ areaIds: ['L1'], transformerId: 'L-T', limit: 10 })).items).toEqual([]);
    expect(await incidents.list({ areaIds: [], limit: 10 })).toEqual({ items: [], cursor: null });
    expect(await incidents.list({ areaIds: null, cursor: '%%not-ours', limit: 10 })).toEqual({
      items: [],
      cursor: null,
    });
  });
}

function settingsContract(database: () => Database): void {
  const silence: Silence = {
    id: 's-1',
    version: 0,
    match: { areaIds: ['A1'] },
    author: 'u1',
    reason: '检修',
    fromMs: 1,
    toMs: 2,
    endedMs: null,
  };

  test('documents rise in version; whoever saw an older one is told', async () => {
    const { alertSettings } = database();
    const made = await alertSettings.put('silences', silence);
    expect(made).toEqual({ ...silence, version: 1 });
    await expect(alertSettings.put('silences', silence)).rejects.toThrow(VersionConflictError);
    const both = await Promise.allSettled(
      ['first', 'second'].map((reason) => alertSettings.put('silences', { ...made, reason })),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const [stored] = (await alertSettings.load()).silences;
    expect(stored).toMatchObject({ id: 's-1', version: 2 });
    await expect(alertSettings.remove('silences', 's-1', 1)).rejects.toThrow(VersionConflictError);
    await alertSettings.remove('silences', 's-1', 2);
    expect((await alertSettings.load()).silences).toEqual([]);
    await expect(alertSettings.put('silences', made)).rejects.toThrow(VersionConflictError);
  });

  test('one id may be of two kinds; routes come in their order', async () => {
    const { alertSettings } = database();
    const route = { id: 'a', version: 0, name: '', order: 2, match: {}, policyId: 'a', mildToDigest: true };
    await alertSettings.put('routes', route);
    await alertSettings.put('routes', { ...route, id: 'b', order: 1 });
    await alertSettings.put('policies', { id: 'a', version: 0, name: '值班', steps: [], repeats: 1 });
    const settings = await alertSettings.load();
    expect(settings.routes.map(({ id }) => id)).toEqual(['b', 'a']);
    expect(settings.policies).toEqual([{ id: 'a', version: 1, name: '值班', steps: [], repeats: 1 }]);
    expect(settings.people).toEqual([]);
  });
}
