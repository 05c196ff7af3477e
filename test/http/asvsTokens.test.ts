import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localPrincipal, type Scope } from '../../server/core/access.ts';
import { createHttpApp } from '../../server/http/app.ts';
import { LiveHub } from '../../server/http/live.ts';
import { testAccounts, type TestAccounts } from '../fixtures/accounts.ts';
import { httpDeps, signedInAs } from './deps.ts';

/** OWASP ASVS 5.0, the lines of levels 1 and 2 in V8 and V10 that apply to API tokens. */

let world: TestAccounts;
beforeEach(async () => {
  world = await testAccounts();
});
afterEach(() => world.dispose());

function compose() {
  const { signIn, accounts, database, clock } = world;
  const deps = httpDeps({ access: { ...signedInAs(null), signIn, accounts }, database, clock });
  return createHttpApp(deps, new LiveHub(deps.live, clock, 'run1'));
}

describe('an API token', () => {
  it('a token has its role until it is revoked or expires', async () => {
    const actor = localPrincipal('local');
    const draft = { name: 'scada', role: 'viewer', areaIds: null, scopes: ['read'] } as const;
    const { token, secret } = await world.accounts.addToken(
      { ...draft, expiresMs: world.clock.nowMs() + 1_000 },
      actor,
    );
    const app = compose();
    const ask = async (path: string) =>
      (await app.request(`/api/v1${path}`, { headers: { authorization: `Bearer ${secret}` } })).status;
    expect([await ask('/auth/sessions'), await ask('/users')]).toEqual([200, 403]);
    world.advance(1_000);
    expect(await ask('/auth/sessions')).toBe(401);
    expect(await world.accounts.revokeToken(token.id, actor)).toBe(true);
  });

  it('8.2.1, 10.3.2: a token may what its scopes say, and no more than its role', async () => {
    const draft = { name: 'scada', role: 'on-call', areaIds: null } as const;
    const expiresMs = world.clock.nowMs() + 1_000;
    const app = compose();
    const ask = async (scopes: readonly Scope[], path: string, method = 'GET') => {
      const { secret } = await world.accounts.addToken(
        { ...draft, scopes, expiresMs },
        localPrincipal('local'),
      );
      return app.request(`/api/v1${path}`, { method, headers: { authorization: `Bearer ${secret}` } });
    };
    expect((await ask(['read'], '/auth/sessions')).status).toBe(200);
    const refused = await ask(['read'], '/incidents/x/acknowledge', 'POST');
    expect([refused.status, (await refused.json()).code]).toEqual([403, 'scope-needed']);
    expect(refused.headers.get('www-authenticate')).toContain('scope="incidents:act"');
    expect((await ask(['incidents:act'], '/auth/sessions')).status).toBe(403);
    expect((await (await ask(['read', 'admin'], '/users')).json()).code).toBe('role-needed');
  });
});
