import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { profileOf, type SsoRules } from '../../server/core/sso.ts';
import { SESSION_MS } from '../../server/pipeline/access/signIn.ts';
import { SingleSignOn } from '../../server/pipeline/access/singleSignOn.ts';
import type { SsoIdentity } from '../../server/ports.ts';
import { startOidcServer } from '../fixtures/oidcServer.ts';
import { ORIGIN, ssoWorld, type SsoWorld } from './ssoWorld.ts';

/** OWASP ASVS 5.0, the lines of levels 1 and 2 in V6.8, V7.6 and V10 that apply to a client of OpenID Connect. */

let world: SsoWorld;
beforeAll(async () => {
  world = await ssoWorld();
  for (const id of ['lin', 'wu', 'he']) {
    world.provider.people.set(id, { email: `${id}@grid.example`, email_verified: true });
  }
});
afterEach(() => {
  world.provider.forge = null;
});
afterAll(() => world.dispose());

const anyone = (over: object = {}) => world.open({ users: 'create', ...over });
/** The address with one parameter changed. */
function altered(url: string | URL, name: string, value: string): URL {
  const changed = new URL(url);
  changed.searchParams.set(name, value);
  return changed;
}
const rules: SsoRules = {
  loginClaim: 'email',
  nameClaim: 'name',
  emailDomains: [],
  roleClaim: null,
  roles: {},
  defaultRole: null,
  areasClaim: null,
  areas: null,
  acr: [],
};
/** Signs someone in of whom a provider of our own making says this. */
async function vouched(identity: Partial<SsoIdentity>, maxAgeMs: number | null = null) {
  const { parts, signIn } = world.accounts;
  const full: SsoIdentity = {
    issuer: 'https://one.example',
    subject: '7',
    claims: { email: 'seven@grid.example', email_verified: true },
    authenticatedMs: null,
    idToken: 'id',
    ...identity,
  };
  const provider = {
    begin: () => Promise.reject(new Error('not asked')),
    finish: async () => ({ kind: 'vouched', identity: full }) as const,
    logoutUrl: async () => null,
  };
  const log = { info: () => undefined };
  const signOn = new SingleSignOn({ provider, rules, creates: true, maxAgeMs, access: parts, signIn, log });
  const attempt = { state: '', nonce: '', verifier: '', callbackUrl: `${ORIGIN}/` };
  const outcome = await signOn.finish(attempt, new URL(ORIGIN), { address: '192.0.2.1', agent: '' });
  return outcome.kind === 'in' ? signIn.bySession(outcome.token) : outcome.why;
}

describe('V6.8 authentication with a provider', () => {
  it('6.8.1, 10.5.2: someone is the issuer and the subject together, not the subject or the address alone', async () => {
    expect(await vouched({})).toMatchObject({ principal: { name: 'seven@grid.example' } });
    expect(await vouched({ issuer: 'https://two.example' })).toBe('unknown');
    expect(await vouched({ subject: '8' })).toBe('unknown');
    const moved = { email: 'eight@grid.example', email_verified: true };
    expect(await vouched({ claims: moved })).toMatchObject({ principal: { name: 'seven@grid.example' } });
  });

  it.each(['nobody', 'stranger'] as const)('6.8.2: an ID token signed by %s is refused', async (by) => {
    world.provider.forge = (claims) => ({ claims, by });
    const browser = anyone();
    expect(await browser.logIn('lin')).toBe('/?sso=distrusted#/');
    expect(await browser.who()).toBeNull();
  });

  it('6.8.4: the strength that is configured is asked for, and checked in what the provider says', async () => {
    const asked = await anyone({ acr: ['mfa'] }).begin();
    expect(new URL(asked).searchParams.get('acr_values')).toBe('mfa');
    expect(await anyone({ acr: ['mfa'] }).logIn('lin')).toBe('/?sso=forbidden#/');
    world.provider.forge = (claims) => ({ claims: { ...claims, acr: 'mfa' }, by: 'provider' });
    expect(await anyone({ acr: ['mfa'] }).logIn('lin')).toBe('/#/');
  });

  it('6.8.4: a login at the provider that is older than configured does not count', async () => {
    expect(new URL(await anyone({ maxAgeS: 3_600 }).begin()).searchParams.get('max_age')).toBe('3600');
    world.provider.forge = (claims) => ({ claims: { ...claims, auth_time: 1 }, by: 'provider' });
    expect(await anyone({ maxAgeS: 3_600 }).logIn('lin')).toBe('/?sso=distrusted#/');
    world.provider.forge = null;
    expect(await anyone({ maxAgeS: 3_600 }).logIn('lin')).toBe('/#/');
  });

  it('an address that the provider did not verify is nobody’s', () => {
    for (const verified of [false, 'true', undefined]) {
      const claims = { email: 'lin@grid.example', email_verified: verified };
      expect(profileOf(claims, rules)).toEqual({ kind: 'unfit', reason: 'email-unverified' });
    }
  });
});

describe('V7 sessions begun at a provider', () => {
  it('7.2.4: a login makes a new session and ends the one that the browser came with', async () => {
    const browser = anyone();
    await browser.logIn('lin');
    const before = browser.cookies.get('peakvolt')!;
    await browser.logIn('lin');
    expect(browser.cookies.get('peakvolt')).not.toBe(before);
    expect(await world.accounts.signIn.bySession(before)).toBeNull();
  });

  it('7.6.1: a session lasts a week at most, and no longer than the provider’s login counts', async () => {
    const nowMs = world.accounts.clock.nowMs();
    const expiresMs = async (authenticatedMs: number | null, maxAgeMs: number | null) => {
      const signedIn = await vouched({ authenticatedMs }, maxAgeMs);
      return typeof signedIn === 'string' || signedIn === null
        ? signedIn
        : signedIn.session!.expiresMs - nowMs;
    };
    expect(await expiresMs(nowMs - 1_000, null)).toBe(SESSION_MS);
    expect(await expiresMs(nowMs - 1_000, 60_000)).toBe(59_000);
    expect(await expiresMs(nowMs - 1_000, SESSION_MS * 2)).toBe(SESSION_MS);
  });

  it('7.6.2: a session begins by an act of the person: no page elsewhere can begin a login', async () => {
    const browser = anyone();
    expect((await browser.ask('/api/v1/auth/sso')).status).toBe(401);
    const foreign = await browser.ask('/api/v1/auth/sso', { goTo: '#/' }, { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    const elsewhere = await browser.ask(
      '/api/v1/auth/sso',
      { goTo: '#/' },
      { 'sec-fetch-site': 'cross-site' },
    );
    expect(elsewhere.status).toBe(403);
  });
});

describe('V10 client of OpenID Connect', () => {
  it('10.1.1, 14.2.1: no token of the provider reaches the browser or an address', async () => {
    const browser = anyone();
    const back = await browser.atProvider(await browser.begin(), 'lin');
    expect([...back.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
    const answer = await browser.ask(`${back.pathname}${back.search}`);
    const told = JSON.stringify([...answer.headers]) + (await answer.text());
    expect(told).not.toMatch(/eyJ|access_token|id_token/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('10.1.2, 10.2.1: the answer counts only in the browser that began, for the login that it began', async () => {
    const [mine, theirs] = [anyone(), anyone()];
    const back = await mine.atProvider(await mine.begin(), 'lin');
    expect(await anyone().come(back)).toBe('/?sso=stale#/');
    await theirs.begin();
    expect(await theirs.come(back)).toBe('/?sso=stale#/');
    expect(await theirs.who()).toBeNull();
  });

  it('10.1.2: what the browser keeps meanwhile is out of reach of scripts, signed, and void after ten minutes', async () => {
    const browser = anyone();
    const answer = await browser.ask('/api/v1/auth/sso', { goTo: '#/' });
    expect(answer.headers.get('set-cookie')).toMatch(
      /^peakvolt-sso=.*Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const back = await browser.atProvider((await answer.json()).url, 'lin');
    const kept = new Map(browser.cookies);
    const text = kept.get('peakvolt-sso')!;
    browser.cookies.set('peakvolt-sso', text.replace(/state%22%3A%22./, 'state%22%3A%22_'));
    expect(await browser.come(back)).toBe('/?sso=stale#/');
    browser.cookies = kept;
    world.accounts.advance(600_000);
    expect(await browser.come(back)).toBe('/?sso=stale#/');
  });

  it('10.2.1: with another state, another code, or without a code it is refused', async () => {
    for (const [name, value] of [
      ['state', 'another'],
      ['code', 'another'],
      ['code', ''],
    ] as const) {
      const browser = anyone();
      const back = await browser.atProvider(await browser.begin(), 'lin');
      expect(await browser.come(altered(back, name, value))).toBe('/?sso=stale#/');
      expect(await browser.who()).toBeNull();
    }
  });

  it('10.4.6: PKCE with S256; a code for another verifier is refused by the provider', async () => {
    const browser = anyone();
    const url = await browser.begin();
    expect(new URL(url).searchParams.get('code_challenge_method')).toBe('S256');
    const other = altered(
      url,
      'code_challenge',
      new URL(await anyone().begin()).searchParams.get('code_challenge')!,
    );
    expect(await browser.come(await browser.atProvider(other.href, 'lin'))).toBe('/?sso=stale#/');
  });

  it('10.4.2: a code is good once, also with the cookie kept', async () => {
    const browser = anyone();
    const back = await browser.atProvider(await browser.begin(), 'lin');
    const kept = new Map(browser.cookies);
    expect(await browser.come(back)).toBe('/#/');
    expect(await browser.come(back)).toBe('/?sso=stale#/');
    browser.cookies = kept;
    expect(await browser.come(back)).toBe('/?sso=stale#/');
  });

  it('10.5.1: an ID token with another nonce is refused', async () => {
    const browser = anyone();
    const url = altered(await browser.begin(), 'nonce', 'another');
    expect(await browser.come(await browser.atProvider(url.href, 'lin'))).toBe('/?sso=distrusted#/');
    expect(await browser.who()).toBeNull();
  });

  it('10.5.3: a provider that says it is another one is refused', async () => {
    const other = await startOidcServer();
    other.admit(ORIGIN);
    const issuer = other.issuer.replace('127.0.0.1', 'localhost');
    const answer = await anyone({ issuer }).ask('/api/v1/auth/sso', { goTo: '#/' });
    expect([answer.status, (await answer.json()).reason]).toEqual([503, 'distrusted']);
    await other.stop();
  });

  it.each([
    ['10.5.4', 'client', { aud: 'another-client' }],
    ['10.5.3', 'issuer', { iss: 'https://other.example' }],
    ['10.5.1', 'time', { exp: 1_000 }],
  ])('%s: an ID token for another %s is refused', async (_, __, change) => {
    world.provider.forge = (claims) => ({ claims: { ...claims, ...change }, by: 'provider' });
    expect(await anyone().logIn('lin')).toBe('/?sso=distrusted#/');
  });
});
