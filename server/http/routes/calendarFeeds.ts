import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Principal } from '../../core/access.ts';
import { requireDocument } from '../alertDocuments.ts';
import { originOf, principalOf } from '../auth.ts';
import { calendarAround } from '../calendar.ts';
import type { HttpDeps } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { peopleNames } from '../incidentView.ts';
import { jsonContent, resource } from '../openapi.ts';
import { idParam } from '../schemas.ts';

/** A rota for calendar programs, by a secret address of one person: they send neither cookie nor header. */
export function calendarFeedRoutes(deps: HttpDeps) {
  const { access, alerts, clock } = deps;
  const scheduleOf = (principal: Principal, id: string) => requireDocument(deps, principal, 'schedules', id);
  return resource()
    .openapi(standingRoute, async (c) => {
      const principal = principalOf(c);
      const { id } = scheduleOf(principal, c.req.valid('param').id);
      const feed = principal.via === 'session' ? await access.feeds.standing(principal.id, id) : null;
      c.header('cache-control', 'no-store');
      const { createdMs = 0, lastUsedMs = null } = feed ?? {};
      return c.json({ feed: feed === null ? null : { createdMs, lastUsedMs } }, 200);
    })
    .openapi(makeRoute, async (c) => {
      const owner = ownAccount(c);
      const secret = await access.feeds.make(owner, scheduleOf(owner, c.req.valid('param').id).id);
      c.header('cache-control', 'no-store');
      return c.json({ url: `${originOf(c, access)}/api/v1/calendars/${secret}.ics` }, 201);
    })
    .openapi(revokeRoute, async (c) => {
      if (!(await access.feeds.revoke(ownAccount(c), c.req.valid('param').id))) throw gone();
      return c.json({ done: true }, 200);
    })
    .openapi(feedRoute, async (c) => {
      const reader = await access.feeds.reader(c.req.valid('param').feed.replace(/\.ics$/, ''));
      if (reader === null) throw gone();
      const schedule = scheduleOf(reader.principal, reader.scheduleId);
      const names = peopleNames(alerts);
      const text = calendarAround(schedule, clock.nowMs(), (id) => names.get(id) ?? id);
      c.header('cache-control', 'private, no-store');
      return c.body(text, 200, { 'content-type': 'text/calendar; charset=utf-8' });
    });
}

/** A token and the demo's own screen are nobody whom an address could belong to. */
function ownAccount(c: Context): Principal {
  const principal = principalOf(c);
  if (principal.via === 'session') return principal;
  throw new HttpProblem(
    409,
    'No account',
    'Only someone who logged in has a calendar address of their own.',
    {},
    { code: 'account-none' },
  );
}

const gone = (): HttpProblem =>
  new HttpProblem(404, 'No such calendar', 'The address is void.', {}, { code: 'gone' });

const standingRoute = createRoute({
  method: 'get',
  path: '/schedules/{id}/feed',
  summary: 'Whether one has a calendar address for the rota; the address itself is not kept',
  request: { params: idParam },
  responses: {
    200: jsonContent(
      z.object({
        feed: z.object({ createdMs: z.number(), lastUsedMs: z.number().nullable() }).nullable(),
      }),
      'Null: none',
    ),
    ...PROBLEMS,
  },
});
const makeRoute = createRoute({
  method: 'post',
  path: '/schedules/{id}/feed',
  summary: 'Make a calendar address for the rota, told this once; the one before is void',
  request: { params: idParam },
  responses: { 201: jsonContent(z.object({ url: z.string() }), 'The address'), ...PROBLEMS },
});
const revokeRoute = createRoute({
  method: 'delete',
  path: '/schedules/{id}/feed',
  summary: 'Void the own calendar address of the rota',
  request: { params: idParam },
  responses: { 200: jsonContent(z.object({ done: z.boolean() }), 'Done'), ...PROBLEMS },
});
const feedRoute = createRoute({
  method: 'get',
  path: '/calendars/{feed}',
  summary: 'The rota as iCalendar, by a secret address',
  request: { params: z.object({ feed: z.string().max(200) }) },
  responses: {
    200: { description: 'RFC 5545', content: { 'text/calendar': { schema: z.string() } } },
    ...PROBLEMS,
  },
});
