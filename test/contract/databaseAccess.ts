import { describe, expect, test } from 'vitest';
import type { AccessStore, Database, UserRecord } from '../../server/ports.ts';

const NOW_MS = Date.UTC(2026, 10, 1);

function userOf(id: string, over: Partial<UserRecord> = {}): UserRecord {
  return {
    id,
    login: id,
    name: `${id} 工`,
    role: 'viewer',
    areaIds: ['A1', 'A2'],
    disabled: false,
    createdMs: NOW_MS,
    passwordHash: null,
    linkHash: null,
    linkExpiresMs: null,
    ssoSubject: null,
    ...over,
  };
}

/** Accounts, on each product. */
export function accessContract(database: () => Database): void {
  const store = (): AccessStore => database().access;
  describe('users', () => {
    usersContract(store);
  });
  describe('sessions and tokens', () => {
    sessionsContract(store);
  });
  describe('calendar feeds', () => {
    feedsContract(store);
  });
  describe('failed logins', () => {
    failuresContract(store);
  });
  describe('audit', () => {
    auditContract(store);
  });
}

function usersContract(store: () => AccessStore): void {
  test('are found by id, by login and by single sign-on; a login is taken once', async () => {
    const { users } = store();
    const lin = userOf('lin', { ssoSubject: 'https://id.example 7' });
    expect(await users.add(lin)).toBe(true);
    expect(await users.add({ ...userOf('other'), login: 'lin' })).toBe(false);
    for (const by of [{ id: 'lin' }, { login: 'lin' }, { ssoSubject: 'https://id.example 7' }]) {
      expect(await users.find(by)).toEqual(lin);
    }
    expect(await users.find({ id: 'nobody' })).toBeNull();
  });

  test('change in what is named and in nothing else', async () => {
    const { users } = store();
    await users.add(userOf('wu'));
    expect(await users.change('wu', { role: 'planner', areaIds: null, disabled: true })).toBe(true);
    expect(await users.find({ id: 'wu' })).toEqual(
      userOf('wu', { role: 'planner', areaIds: null, disabled: true }),
    );
    expect(await users.change('nobody', { disabled: true })).toBe(false);
  });

  test('a link is used once, also by two at once, and not after its time', async () => {
    const { users } = store();
    await users.add(userOf('he', { linkHash: 'h-he', linkExpiresMs: NOW_MS + 10 }));
    expect(await users.byLink('h-he', NOW_MS + 10)).toBeNull();
    expect(await users.useLink('h-he', NOW_MS + 10, 'p')).toBeNull();
    const both = await Promise.all([1, 2].map((n) => users.useLink('h-he', NOW_MS, `p${n}`)));
    expect(both.filter((user) => user !== null)).toHaveLength(1);
    expect((await users.find({ id: 'he' }))?.linkHash).toBeNull();
  });

  test('a link of a disabled user does not hold', async () => {
    const { users } = store();
    await users.add(userOf('xu', { linkHash: 'h-xu', linkExpiresMs: NOW_MS + 10, disabled: true }));
    expect(await users.byLink('h-xu', NOW_MS)).toBeNull();
    expect(await users.useLink('h-xu', NOW_MS, 'p')).toBeNull();
  });
}

function sessionsContract(store: () => AccessStore): void {
  const session = (id: string, userId: string, expiresMs = NOW_MS + 1_000) => ({
    id,
    userId,
    createdMs: NOW_MS,
    lastSeenMs: NOW_MS,
    expiresMs,
    address: '192.0.2.7',
    agent: 'Firefox',
  });

  test('a session is found by its token, ends by its owner alone, and goes when it is over', async () => {
    const { users, sessions } = store();
    await users.add(userOf('s1'));
    await users.add(userOf('s2'));
    await sessions.add({ ...session('a', 's1'), tokenHash: 't-a', idToken: 'id-a' });
    await sessions.add({ ...session('b', 's1'), tokenHash: 't-b', idToken: null });
    await sessions.add({ ...session('c', 's1', NOW_MS), tokenHash: 't-c', idToken: null });
    await sessions.seen('a', NOW_MS + 5);
    expect(await sessions.byToken('t-a')).toEqual({ ...session('a', 's1'), lastSeenMs: NOW_MS + 5 });
    expect(await Promise.all(['a', 'b', 'x'].map((id) => sessions.idTokenOf(id)))).toEqual([
      'id-a',
      null,
      null,
    ]);
    expect(await sessions.end('s2', 'a')).toBe(false);
    await sessions.prune(NOW_MS);
    expect((await sessions.of('s1')).map(({ id }) => id)).toEqual(['a', 'b']);
    await sessions.endAll('s1', 'b');
    expect((await sessions.of('s1')).map(({ id }) => id)).toEqual(['b']);
    expect(await sessions.end('s1', 'b')).toBe(true);
    expect(await sessions.byToken('t-b')).toBeNull();
  });

  test('a token is listed without its secret, and revoked once', async () => {
    const { tokens } = store();
    const token = {
      id: 'k1',
      name: 'scada',
      role: 'viewer',
      areaIds: ['A1'],
      scopes: ['read', 'incidents:act'],
      createdBy: 'lin',
      createdMs: NOW_MS,
      expiresMs: NOW_MS + 10,
      lastUsedMs: null,
      revokedMs: null,
    } as const;
    await tokens.add({ ...token, tokenHash: 'h-k1' });
    expect(await tokens.byToken('h-k1')).toEqual(token);
    await tokens.add({ ...token, id: 'k0', scopes: null, revokedMs: 1, tokenHash: 'h-k0' });
    expect((await tokens.byToken('h-k0'))?.scopes).toBeNull();
    await tokens.used('k1', NOW_MS + 1);
    expect((await tokens.list()).find(({ id }) => id === 'k1')).toEqual({ ...token, lastUsedMs: NOW_MS + 1 });
    expect(await tokens.revoke('k1', NOW_MS + 2)).toBe(true);
    expect(await tokens.revoke('k1', NOW_MS + 3)).toBe(false);
    expect((await tokens.byToken('h-k1'))?.revokedMs).toBe(NOW_MS + 2);
  });
}

function feedsContract(store: () => AccessStore): void {
  test('a calendar has one address for each person and rota, known by its secret alone', async () => {
    const { users, feeds } = store();
    await users.add(userOf('f1'));
    const feed = { id: 'c1', userId: 'f1', scheduleId: 'r1', createdMs: NOW_MS, lastUsedMs: null };
    await feeds.put({ ...feed, secretHash: 'h-c1' });
    await feeds.put({ ...feed, id: 'c2', scheduleId: 'r2', secretHash: 'h-c2' });
    expect(await feeds.bySecret('h-c1')).toEqual(feed);
    await feeds.used('c1', NOW_MS + 1);
    expect(await feeds.of('f1', 'r1')).toEqual({ ...feed, lastUsedMs: NOW_MS + 1 });
    await feeds.put({ ...feed, id: 'c3', secretHash: 'h-c3' });
    expect(await feeds.bySecret('h-c1')).toBeNull();
    expect(await feeds.of('f1', 'r1')).toEqual({ ...feed, id: 'c3' });
    expect(await feeds.remove('f1', 'r1')).toBe(true);
    expect(await feeds.remove('f1', 'r1')).toBe(false);
    expect(await feeds.bySecret('h-c3')).toBeNull();
    expect((await feeds.bySecret('h-c2'))?.id).toBe('c2');
  });
}

function failuresContract(store: () => AccessStore): void {
  test('are counted, taken back, forgotten', async () => {
    const { failures } = store();
    await failures.add('account:lin', NOW_MS, 0);
    await failures.add('account:lin', NOW_MS + 1, 0);
    expect(await failures.get('account:lin')).toEqual({ failures: 2, lastMs: NOW_MS + 1 });
    await failures.undo('account:lin');
    expect((await failures.get('account:lin'))?.failures).toBe(1);
    await failures.add('account:lin', NOW_MS + 9, NOW_MS + 5);
    expect(await failures.get('account:lin')).toEqual({ failures: 1, lastMs: NOW_MS + 9 });
    await failures.prune(NOW_MS + 10);
    expect(await failures.get('account:lin')).toBeNull();
  });
}

function auditContract(store: () => AccessStore): void {
  const fact = (n: number) => ({
    actor: { id: 'lin', name: '林' },
    action: n % 2 === 0 ? 'user.change' : 'session.start',
    subject: `u${n}`,
    detail: { n, areaIds: ['A1'], name: '河湾' },
  });

  test('is numbered without a gap whoever writes at once, and whole', async () => {
    const { audit } = store();
    const entries = await Promise.all([1, 2, 3, 4, 5].map((n) => audit.add(fact(n), NOW_MS + n)));
    expect(entries.map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
    expect(await audit.verify()).toEqual({ kind: 'whole', entries: 5 });
    const [newest] = await audit.list({ limit: 1 });
    expect(newest).toEqual(entries.find(({ seq }) => seq === 5));
    expect((await audit.list({ before: 3, limit: 9 })).map(({ seq }) => seq)).toEqual([2, 1]);
    const changes = await audit.list({ action: 'user.change', limit: 9 });
    expect(changes.map(({ subject }) => subject).toSorted()).toEqual(['u2', 'u4']);
  });
}
