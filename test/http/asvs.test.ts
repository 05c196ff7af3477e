import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localPrincipal, passwordFault } from '../../server/core/access.ts';
import { createHttpApp } from '../../server/http/app.ts';
import { REQUEST_HEADER, requireSight } from '../../server/http/auth.ts';
import { LiveHub } from '../../server/http/live.ts';
import { SESSION_IDLE_MS, SESSION_MS } from '../../server/pipeline/access/signIn.ts';
import { PASSWORD, testAccounts, withUser, type TestAccounts } from '../fixtures/accounts.ts';
import { httpDeps, signedInAs } from './deps.ts';

/** OWASP ASVS 5.0, the lines of levels 1 and 2 in V6–V8 that apply, each by its number. */

const HOST = '127.0.0.1:8080';
let world: TestAccounts;
beforeEach(async () => {
  world = await testAccounts();
});
afterEach(() => world.dispose());

function compose(over: object = {}) {
  const { signIn, accounts, database, clock } = world;
  const access = { ...signedInAs(null), signIn, accounts, ...over };
  const deps = httpDeps({ access, database, clock });
  return createHttpApp(deps, new LiveHub(deps.live, clock, 'run1'));
}
type App = ReturnType<typeof compose>;

function send(app: App, path: string, init: { method?: string; json?: object; cookie?: string } = {}) {
  const { method = init.json === undefined ? 'GET' : 'POST', json, cookie } = init;
  return app.request(`http://${HOST}/api/v1${path}`, {
    method,
    headers: {
      host: HOST,
      origin: `http://${HOST}`,
      'content-type': 'application/json',
      ...(cookie === undefined ? {} : { cookie }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
}
const login = (app: App, name: string, password: string, cookie?: string) =>
  send(app, '/auth/login', {
    json: { login: name, password },
    ...(cookie === undefined ? {} : { cookie }),
  });
const cookieOf = (answer: Response): string => answer.headers.get('set-cookie')!.split(';')[0]!;
const cookie = (session: string): string => `peakvolt=${session}`;
const whoIs = async (app: App, of: string) =>
  (await (await send(app, '/auth/me', { cookie: of })).json()).principal;

describe('V6 authentication', () => {
  it('6.2.1, 6.2.9: a password has at least 12 characters, and may have 128', () => {
    expect(passwordFault('x9 b2 m5 q7', 'lin')).toBe('too-short');
    expect(passwordFault('x9 b2 m5 q7!', 'lin')).toBeNull();
    expect(passwordFault('河 b2'.repeat(32), 'lin')).toBeNull();
    expect(passwordFault('ab 7'.repeat(33), 'lin')).toBe('too-long');
  });

  it.each(['Password1234', '123456789012', 'aaaaaaaaaaaa', 'Peakvolt2026!', 'Dianya123456'])(
    '6.2.4, 6.2.11: %s is refused as one that is guessed first',
    (password) => expect(passwordFault(password, 'lin')).toBe('common'),
  );

  it('6.2.5: no rule of composition', () => {
    expect(passwordFault('correct horse battery', 'lin')).toBeNull();
    expect(passwordFault('一二三 风 河 山 桥 路 灯', 'lin')).toBeNull();
  });

  it('6.2.2, 6.2.3: a password is changed with the current one', async () => {
    const { session } = await withUser(world, { login: 'lin' });
    const change = (current: string) =>
      send(compose(), '/auth/password', {
        json: { current, next: 'another four odd words' },
        cookie: cookie(session),
      });
    expect((await change('not the current one')).status).toBe(401);
    expect((await change(PASSWORD)).status).toBe(200);
    expect((await login(compose(), 'lin', PASSWORD)).status).toBe(401);
    expect((await login(compose(), 'lin', 'another four odd words')).status).toBe(200);
  });

  it('6.2.8: a password is checked as it was typed, without cutting or changing case', async () => {
    await withUser(world, { login: 'lin' });
    for (const wrong of [PASSWORD.toUpperCase(), ` ${PASSWORD}`, `${PASSWORD} `, PASSWORD.slice(0, -1)]) {
      expect((await login(compose(), 'lin', wrong)).status).toBe(401);
      world.advance(3_600_001);
    }
  });

  it('6.3.1: guessing is slowed and nobody is locked out', async () => {
    await withUser(world, { login: 'lin' });
    const app = compose();
    for (let i = 0; i < 5; i++) expect((await login(app, 'lin', 'wrong wrong wrong')).status).toBe(401);
    const refused = await login(app, 'lin', PASSWORD);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    world.advance(1_000);
    expect((await login(app, 'lin', PASSWORD)).status).toBe(200);
  });

  it('6.3.2: there is no account before the first link is used', async () => {
    const { accounts } = world;
    expect(await accounts.users()).toEqual([]);
    const link = (await accounts.firstLink())!;
    expect((await login(compose(), 'admin', 'admin')).status).toBe(401);
    const answer = await send(compose(), '/auth/welcome', { json: { link, password: PASSWORD } });
    expect(answer.status).toBe(200);
    expect(await accounts.firstLink()).toBeNull();
  });

  it('6.3.4, 6.3.8: an unknown user, a disabled one and a wrong password are answered alike', async () => {
    const { user } = await withUser(world, { login: 'lin' });
    await withUser(world, { login: 'wu' });
    await world.accounts.changeUser(user.id, { disabled: true }, localPrincipal('local'));
    const answers = [
      await login(compose(), 'nobody', PASSWORD),
      await login(compose(), 'lin', PASSWORD),
      await login(compose(), 'wu', 'wrong wrong wrong'),
    ];
    const said = await Promise.all(answers.map(async (a) => [a.status, await a.text()]));
    expect(new Set(said.map((s) => JSON.stringify(s))).size).toBe(1);
  });

  it('6.4.1: a one-time link works once and ends after a day', async () => {
    const link = (await world.accounts.firstLink())!;
    const use = (text: string) =>
      send(compose(), '/auth/welcome', { json: { link: text, password: PASSWORD } });
    expect((await use(link)).status).toBe(200);
    expect((await use(link)).status).toBe(404);
    const [admin] = await world.accounts.users();
    const late = (await world.accounts.newLink(admin!.id, localPrincipal('local')))!;
    world.advance(24 * 3_600_000);
    expect((await use(late)).status).toBe(404);
  });
});

describe('V7 sessions', () => {
  it('7.2.1, 7.2.2: a session is known to the server alone; a made-up one is nobody', async () => {
    const { session } = await withUser(world, { login: 'lin' });
    expect(await whoIs(compose(), cookie(session))).toMatchObject({ name: 'lin', via: 'session' });
    expect(await whoIs(compose(), cookie(`${session}x`))).toBeNull();
  });

  it('7.2.4: a login makes a new session and ends the one that the browser came with', async () => {
    const { session } = await withUser(world, { login: 'lin' });
    const app = compose();
    const fresh = cookieOf(await login(app, 'lin', PASSWORD, cookie(session)));
    expect(fresh).not.toBe(cookie(session));
    expect(await whoIs(app, cookie(session))).toBeNull();
    expect(await whoIs(app, fresh)).not.toBeNull();
  });

  it('7.3.1: an idle session ends', async () => {
    const { session } = await withUser(world, { login: 'lin' });
    world.advance(SESSION_IDLE_MS - 1);
    expect(await whoIs(compose(), cookie(session))).not.toBeNull();
    world.advance(SESSION_IDLE_MS);
    expect(await whoIs(compose(), cookie(session))).toBeNull();
  });

  it('7.3.2: a session ends after a week, however busy', async () => {
    const { session } = await withUser(world, { login: 'lin' });
    for (let passedMs = 0; passedMs < SESSION_MS - 3_600_000; passedMs += 3_600_000) {
      world.advance(3_600_000);
      expect(await whoIs(compose(), cookie(session))).not.toBeNull();
    }
    world.advance(3_600_000);
    expect(await whoIs(compose(), cookie(session))).toBeNull();
  });

  it('7.4.1: after the logout the session is void', async () => {
    const { session } = await withUser(world, { login: 'lin' });
    const answer = await send(compose(), '/auth/logout', { json: {}, cookie: cookie(session) });
    expect(answer.headers.get('set-cookie')).toContain('Max-Age=0');
    expect(await whoIs(compose(), cookie(session))).toBeNull();
  });

  it('7.4.2, 7.4.5: sessions end with the account, and at an administrator’s word', async () => {
    const admin = await withUser(world, { login: 'boss', role: 'admin' });
    const { user, session } = await withUser(world, { login: 'lin' });
    const app = compose();
    const path = `/users/${user.id}/sessions`;
    await send(app, path, { method: 'DELETE', cookie: cookie(admin.session) });
    expect(await whoIs(app, cookie(session))).toBeNull();
    const again = cookieOf(await login(app, 'lin', PASSWORD));
    const change = { method: 'PATCH', json: { disabled: true }, cookie: cookie(admin.session) };
    expect((await send(app, `/users/${user.id}`, change)).status).toBe(200);
    expect(await whoIs(app, again)).toBeNull();
  });

  it('7.4.3: a new password ends all other sessions', async () => {
    const { session } = await withUser(world, { login: 'lin' });
    const app = compose();
    const other = cookieOf(await login(app, 'lin', PASSWORD));
    const json = { current: PASSWORD, next: 'another four odd words' };
    await send(app, '/auth/password', { json, cookie: cookie(session) });
    expect(await whoIs(app, other)).toBeNull();
  });

  it('7.5.2: own sessions are listed and ended, those of others are not', async () => {
    const { session } = await withUser(world, { login: 'lin' });
    const { session: foreign } = await withUser(world, { login: 'wu' });
    const app = compose();
    const other = cookieOf(await login(app, 'lin', PASSWORD));
    const { items } = await (await send(app, '/auth/sessions', { cookie: cookie(session) })).json();
    expect(items).toHaveLength(2);
    const path = `/auth/sessions/${items.find((i: { current: boolean }) => !i.current).id}`;
    expect((await send(app, path, { method: 'DELETE', cookie: cookie(foreign) })).status).toBe(404);
    expect((await send(app, path, { method: 'DELETE', cookie: cookie(session) })).status).toBe(200);
    expect(await whoIs(app, other)).toBeNull();
  });

  it('3.3.1–3.3.4: the cookie is out of reach of scripts and other sites; over TLS it has the __Host- prefix', async () => {
    await withUser(world, { login: 'lin' });
    const plain = (await login(compose(), 'lin', PASSWORD)).headers.get('set-cookie');
    expect(plain).toMatch(/^peakvolt=.*HttpOnly; SameSite=Lax$/);
    const tls = compose({ publicOrigin: 'https://peakvolt.example' });
    const secure = (await login(tls, 'lin', PASSWORD)).headers.get('set-cookie');
    expect(secure).toMatch(/^__Host-peakvolt=.*Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  });

  it('3.5.1: a session without a sign of our own page changes nothing', async () => {
    const { session } = await withUser(world, { login: 'lin' });
    const post = (headers: Record<string, string>) =>
      compose().request(`http://${HOST}/api/v1/auth/logout`, {
        method: 'POST',
        headers: { host: HOST, cookie: cookie(session), 'content-type': 'application/json', ...headers },
      });
    expect((await post({})).status).toBe(403);
    expect((await post({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await post({ 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await post({ [REQUEST_HEADER]: '1' })).status).toBe(200);
  });
});

describe('V8 authorization', () => {
  it('8.2.1, 8.3.1: what a role may do is decided here, at each request', async () => {
    const { user, session } = await withUser(world, { login: 'lin', role: 'admin' });
    await withUser(world, { login: 'boss', role: 'admin' });
    const app = compose();
    expect((await send(app, '/users', { cookie: cookie(session) })).status).toBe(200);
    await world.accounts.changeUser(user.id, { role: 'viewer' }, localPrincipal('local'));
    expect((await send(app, '/users', { cookie: cookie(session) })).status).toBe(403);
  });

  it('8.2.2: what is out of sight does not exist', () => {
    expect(() => requireSight({ areaIds: ['A1'] }, 'A2')).toThrow(expect.objectContaining({ status: 404 }));
    expect(() => requireSight({ areaIds: ['A1'] }, 'A1')).not.toThrow();
  });

  it('8.2.3: no answer holds a hash of a password, a link or a token', async () => {
    const admin = await withUser(world, { login: 'boss', role: 'admin' });
    const of = { cookie: cookie(admin.session) };
    const app = compose();
    const json = { name: 'scada', role: 'viewer', days: 9 };
    const made = await (await send(app, '/tokens', { ...of, json })).json();
    expect(made.secret).toMatch(/^pvt_/);
    for (const path of ['/users', '/tokens', '/audit', '/auth/sessions']) {
      expect(await (await send(app, path, of)).text()).not.toMatch(/scrypt|[Tt]okenHash|linkHash|pvt_/);
    }
  });

  it('8.2.1: the last administrator cannot be taken away', async () => {
    const { user } = await withUser(world, { login: 'boss', role: 'admin' });
    const outcome = await world.accounts.changeUser(user.id, { disabled: true }, localPrincipal('local'));
    expect(outcome).toEqual({ kind: 'last-admin' });
  });
});

it('the audit names every step, and is whole', async () => {
  const { session } = await withUser(world, { login: 'lin' });
  await login(compose(), 'lin', 'wrong wrong wrong');
  await send(compose(), '/auth/logout', { json: {}, cookie: cookie(session) });
  const entries = await world.store.audit.list({ limit: 50 });
  expect(entries.map(({ action }) => action).toReversed()).toEqual([
    'user.add',
    'password.set',
    'session.start',
    'session.refuse',
    'session.end',
  ]);
  expect(await world.store.audit.verify()).toEqual({ kind: 'whole', entries: 5 });
});
