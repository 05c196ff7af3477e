import ICAL from 'ical.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localPrincipal } from '../../server/core/access.ts';
import { createHttpApp } from '../../server/http/app.ts';
import type { HttpDeps } from '../../server/http/deps.ts';
import { LiveHub } from '../../server/http/live.ts';
import { schedule } from '../core/incident/incidents.ts';
import { testAccounts, withUser, type TestAccounts } from '../fixtures/accounts.ts';
import { httpDeps, quietLog, signedInAs } from './deps.ts';
import { fakeDesk } from './fakeDesk.ts';

/** A rota by a secret address, for programs that can send nothing else. */

const ORIGIN = 'http://127.0.0.1:8080';
const FEED = '/api/v1/schedules/rota/feed';
let world: TestAccounts;
let desk: ReturnType<typeof fakeDesk>;
beforeEach(async () => {
  world = await testAccounts();
  desk = fakeDesk();
  const week = {
    name: 'week',
    userIds: ['li', 'wang'],
    startDate: '2026-01-05',
    handOffMin: 480,
    turnDays: 7,
  };
  await desk.put('schedules', schedule({ version: 0, rotations: [week] }));
});
afterEach(() => world.dispose());

function compose(over: Partial<HttpDeps> = {}, unnamed = false) {
  const { signIn, accounts, feeds, database, clock } = world;
  const who = unnamed ? localPrincipal('local') : null;
  const access = { ...signedInAs(who), signIn, accounts, feeds };
  const deps = httpDeps({ access, database, clock, alerts: desk, ...over });
  const app = createHttpApp(deps, new LiveHub(deps.live, clock, 'run1'));
  return (path: string, method = 'GET', session?: string) =>
    app.request(`${ORIGIN}${path}`, {
      method,
      headers: {
        host: '127.0.0.1:8080',
        origin: ORIGIN,
        ...(session === undefined ? {} : { cookie: `peakvolt=${session}` }),
      },
    });
}
const made = async (ask: ReturnType<typeof compose>, session: string): Promise<string> => {
  const answer = await ask(FEED, 'POST', session);
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([201, 'no-store']);
  const { url } = (await answer.json()) as { url: string };
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:8080\/api\/v1\/calendars\/[\w-]+\.ics$/);
  return new URL(url).pathname;
};

test('the address alone reads that one rota, in a form that another library reads', async () => {
  const { session } = await withUser(world, { login: 'lin' });
  const ask = compose();
  const answer = await ask(await made(ask, session));
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8']);
  const calendar = new ICAL.Component(ICAL.parse(await answer.text()) as unknown[]);
  expect(calendar.getAllSubcomponents('vevent').length).toBeGreaterThan(20);
  expect(await (await ask(FEED, 'GET', session)).json()).toEqual({
    feed: { createdMs: world.clock.nowMs(), lastUsedMs: world.clock.nowMs() },
  });
});

test('it is void when it is made anew, revoked, or its owner is disabled', async () => {
  const { user, session } = await withUser(world, { login: 'lin' });
  const ask = compose();
  const first = await made(ask, session);
  const second = await made(ask, session);
  expect([(await ask(first)).status, (await ask(second)).status]).toEqual([404, 200]);
  expect((await ask(FEED, 'DELETE', session)).status).toBe(200);
  expect([(await ask(second)).status, (await ask(FEED, 'DELETE', session)).status]).toEqual([404, 404]);
  const third = await made(ask, session);
  await world.accounts.changeUser(user.id, { disabled: true }, localPrincipal('local'));
  expect((await ask(third)).status).toBe(404);
  expect(await world.store.audit.list({ action: 'feed.revoke', limit: 5 })).toHaveLength(1);
});

test('it is of one person: another one neither sees nor voids it', async () => {
  const lin = await withUser(world, { login: 'lin' });
  const wu = await withUser(world, { login: 'wu' });
  const ask = compose();
  const address = await made(ask, lin.session);
  expect(await (await ask(FEED, 'GET', wu.session)).json()).toEqual({ feed: null });
  expect((await ask(FEED, 'DELETE', wu.session)).status).toBe(404);
  expect((await ask(address)).status).toBe(200);
});

test('it opens nothing else, and nothing opens by guessing', async () => {
  const { session } = await withUser(world, { login: 'lin' });
  const ask = compose();
  const address = await made(ask, session);
  expect((await ask('/api/v1/calendars/secret-0.ics')).status).toBe(404);
  const secret = /calendars\/(.+)\.ics/.exec(address)![1]!;
  expect((await ask('/api/v1/schedules', 'GET', secret)).status).toBe(401);
  expect((await ask(address, 'DELETE', session)).status).toBe(404);
});

test('who did not log in has none', async () => {
  const answer = await compose({}, true)(FEED, 'POST');
  expect([answer.status, (await answer.json()).code]).toEqual([409, 'account-none']);
});

test('the address is kept as a hash, and is in no log, also when something breaks', async () => {
  const { session } = await withUser(world, { login: 'lin' });
  const address = await made(compose(), session);
  const lines: unknown[] = [];
  const log = { ...quietLog, error: (...line: unknown[]) => lines.push(line) };
  const broken = {
    ...desk,
    settings: () => {
      throw new Error('broken');
    },
  };
  const answer = await compose({ alerts: broken, log })(address);
  expect(answer.status).toBe(500);
  const secret = /calendars\/(.+)\.ics/.exec(address)![1]!;
  expect(JSON.stringify(lines)).toContain('/api/v1/calendars/(secret)');
  expect(JSON.stringify([lines, await answer.text()])).not.toContain(secret);
  expect(JSON.stringify(await world.store.audit.list({ limit: 50 }))).not.toContain(secret);
});
