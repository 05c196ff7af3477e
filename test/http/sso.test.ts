import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { localPrincipal } from '../../server/core/access.ts';
import { PASSWORD, withUser } from '../fixtures/accounts.ts';
import { CLIENT_SECRET } from '../fixtures/oidcServer.ts';
import { ssoWorld, type SsoWorld } from './ssoWorld.ts';

/** Single sign-on against a real OpenID provider. */

let world: SsoWorld;
beforeAll(async () => {
  world = await ssoWorld();
});
afterEach(() => {
  world.provider.standing = 'up';
  world.provider.forge = null;
});
afterAll(() => world.dispose());

/** Someone at the provider, under a name that no other test uses. */
function person(id: string, claims: object = {}): string {
  world.provider.people.set(id, {
    email: `${id}@grid.example`,
    email_verified: true,
    name: `${id} 工`,
    ...claims,
  });
  return id;
}
const invited = (id: string) =>
  world.accounts.accounts.addUser(
    { login: `${id}@grid.example`, name: id, role: 'on-call', areaIds: ['A1'] },
    localPrincipal('local'),
  );

describe('the whole way', () => {
  it('takes someone known in, to the screen that they wanted, and out again at the provider as well', async () => {
    await invited('lin');
    const browser = world.open();
    expect(await browser.logIn(person('lin'), '#/incidents/7?tab=told')).toBe('/#/incidents/7?tab=told');
    expect(await browser.who()).toMatchObject({ name: 'lin', role: 'on-call', areaIds: ['A1'] });
    const { goTo } = await (await browser.ask('/api/v1/auth/logout', {})).json();
    expect(new URL(goTo).searchParams.get('post_logout_redirect_uri')).toBe('http://127.0.0.1:8080/');
    expect((await fetch(goTo, { redirect: 'manual' })).status).toBe(200);
    expect(await browser.who()).toBeNull();
  });

  it('knows them again by issuer and subject, whatever they are called by then', async () => {
    await invited('he');
    await world.open().logIn(person('he'));
    person('he', { email: 'he.new@grid.example' });
    const browser = world.open();
    expect(await browser.logIn('he')).toBe('/#/');
    expect((await browser.who())?.name).toBe('he');
  });

  it('voids the one-time link at the first login; a password goes on working', async () => {
    const made = (await invited('zhao'))!;
    await world.open().logIn(person('zhao'));
    expect(await world.accounts.signIn.linkOwner(made.link)).toBeNull();
    await withUser(world.accounts, { login: 'qian@grid.example' });
    await world.open().logIn(person('qian'));
    const visitor = { address: '192.0.2.1', agent: '' };
    expect(await world.accounts.signIn.login('qian@grid.example', PASSWORD, visitor)).toMatchObject({
      kind: 'in',
    });
  });

  it.each(['https://evil.example/', '//evil.example', '#/\r\nset-cookie: a=b', 'javascript:alert(1)'])(
    'goes to the start page, not to %j',
    async (goTo) => {
      const browser = world.open({ users: 'create' });
      expect(await browser.logIn(person('sun'), goTo)).toBe('/#/');
    },
  );
});

describe('who is let in', () => {
  it('nobody unknown, unless users are created', async () => {
    const browser = world.open();
    expect(await browser.logIn(person('zhou'))).toBe('/?sso=unknown#/');
    expect(await browser.who()).toBeNull();
    expect(await browser.logIn('zhou')).toBe('/?sso=unknown#/');
    const created = world.open({ users: 'create' });
    expect(await created.logIn('zhou')).toBe('/#/');
    expect(await created.who()).toMatchObject({ name: 'zhou 工', role: 'viewer', areaIds: null });
  });

  it('nobody who is disabled here', async () => {
    const { user } = (await invited('wu'))!;
    await world.open().logIn(person('wu'));
    await world.accounts.accounts.changeUser(user.id, { disabled: true }, localPrincipal('local'));
    const browser = world.open();
    expect(await browser.logIn('wu')).toBe('/?sso=unknown#/');
    expect(await browser.who()).toBeNull();
  });

  it('nobody who took over the address of someone else', async () => {
    await invited('zheng');
    await world.open().logIn(person('zheng'));
    const thief = person('zheng-2', { email: 'zheng@grid.example' });
    expect(await world.open({ users: 'create' }).logIn(thief)).toBe('/?sso=unknown#/');
  });

  it('someone whom the provider knows anew, once an administrator has taken the old tie away', async () => {
    const { user } = (await invited('jiang'))!;
    const before = world.open();
    await before.logIn(person('jiang'));
    const again = person('jiang-2', { email: 'jiang@grid.example' });
    expect(await world.open().logIn(again)).toBe('/?sso=unknown#/');
    const { accounts } = world.accounts;
    expect(await accounts.unbind(user.id, localPrincipal('local'))).toMatchObject({ kind: 'done' });
    expect(await before.who()).toBeNull();
    expect(await world.open().logIn(again)).toBe('/#/');
    expect(await accounts.unbind('nobody', localPrincipal('local'))).toEqual({ kind: 'not-found' });
  });

  it('by role and areas of the provider, anew at each login', async () => {
    const rules = {
      users: 'create',
      roleClaim: 'groups',
      roles: { planner: ['pv-plan'], 'on-call': ['pv-duty'] },
      areasClaim: 'areas',
    };
    person('wang', { groups: ['staff', 'pv-duty', 'pv-plan'], areas: ['A1', 'A2'] });
    const browser = world.open(rules);
    await browser.logIn('wang');
    expect(await browser.who()).toMatchObject({ role: 'planner', areaIds: ['A1', 'A2'] });
    person('wang', { groups: ['pv-duty'], areas: ['*'] });
    await world.open(rules).logIn('wang');
    expect(await browser.who()).toMatchObject({ role: 'on-call', areaIds: null });
    person('wang', { groups: ['staff'], areas: ['*'] });
    expect(await world.open(rules).logIn('wang')).toBe('/?sso=forbidden#/');
  });

  it('in the audit, whoever came and whoever was refused', async () => {
    const [in_] = await world.accounts.store.audit.list({ action: 'session.start', limit: 1 });
    expect(in_?.detail).toMatchObject({ by: 'sso' });
    const [out] = await world.accounts.store.audit.list({ action: 'session.refuse', limit: 1 });
    expect(out?.detail).toMatchObject({ by: 'sso', reason: 'no-role' });
  });
});

describe('a provider that is away', () => {
  const pressed = async (browser: ReturnType<SsoWorld['open']>) => {
    const answer = await browser.ask('/api/v1/auth/sso', { goTo: '#/' });
    return [answer.status, (await answer.json()).reason];
  };

  it('is asked for nothing before the first login, and is found as soon as it is there', async () => {
    const path = '/.well-known/openid-configuration';
    const before = world.provider.asked.get(path);
    const browser = world.open({ users: 'create' });
    expect(world.provider.asked.get(path)).toBe(before);
    world.provider.standing = 'away';
    expect(await pressed(browser)).toEqual([503, 'away']);
    world.provider.standing = 'up';
    expect(await browser.logIn(person('feng'))).toBe('/#/');
  });

  it('is given up when it does not answer in time', async () => {
    world.provider.standing = 'silent';
    expect(await pressed(world.open({ timeoutS: 1 }))).toEqual([503, 'away']);
  });

  it('between leaving and coming back, is said to be away', async () => {
    const browser = world.open({ users: 'create' });
    const back = await browser.atProvider(await browser.begin('#/system'), person('chen'));
    world.provider.standing = 'away';
    expect(await browser.come(back)).toBe('/?sso=away#/system');
  });

  it('does not take us for its client: said, and the secret is nowhere', async () => {
    const browser = world.open({ clientSecret: `${CLIENT_SECRET}-old` });
    expect(await browser.logIn(person('chu'))).toBe('/?sso=distrusted#/');
    expect(JSON.stringify(world.lines)).toContain('invalid_client');
    expect(JSON.stringify(world.lines)).not.toContain(CLIENT_SECRET);
  });

  it('lets nobody in who turns back', async () => {
    const browser = world.open();
    expect(await browser.logIn('turn back')).toBe('/?sso=denied#/');
  });
});
