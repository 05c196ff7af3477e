import type { Principal } from '../../server/core/access.ts';
import type { GridModel } from '../../server/core/grid.ts';
import { createHttpApp } from '../../server/http/app.ts';
import { LiveHub } from '../../server/http/live.ts';
import type { TestAccounts } from '../fixtures/accounts.ts';
import { handClock, httpDeps, signedInAs } from './deps.ts';

/** Asks the API as someone who is signed in, over a database of these accounts; parts of it may be replaced. */
export function askAs(
  who: Principal,
  { clock, database, signIn, accounts, parts }: TestAccounts,
  grid: GridModel,
  replaced: Partial<TestAccounts['database']> = {},
) {
  const deps = httpDeps({
    grid: () => grid,
    database: { ...database, ...replaced },
    clock,
    newId: parts.newId,
    access: { ...signedInAs(who), signIn, accounts },
  });
  const app = createHttpApp(deps, new LiveHub(deps.live, handClock().clock, 'run1'));
  return async (method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const answer = await app.request(`/api/v1${path}`, init);
    return { status: answer.status, body: await answer.json() };
  };
}
