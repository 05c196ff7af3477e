import { createRoute, z } from '@hono/zod-openapi';
import { VersionConflictError } from '../../alertPorts.ts';
import type { Principal } from '../../core/access.ts';
import { CONTACT_FIELDS } from '../../core/incident/contact.ts';
import { onCallAt, shifts } from '../../core/incident/rota.ts';
import { isOwn, requireDocument, requireSound } from '../alertDocuments.ts';
import { alertingSchema, DOCUMENT_BODIES, DOCUMENTS } from '../alertSchemas.ts';
import { principalOf } from '../auth.ts';
import { calendarAround } from '../calendar.ts';
import type { HttpDeps } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { incidentNews } from '../incidentNews.ts';
import { peopleNames } from '../incidentView.ts';
import { jsonContent, resource } from '../openapi.ts';
import { idParam, spanQuery } from '../schemas.ts';

/** Longest stretch of a rota in one answer. */
const SHIFTS_MS_MAX = 400 * 86_400_000;

/** How alerting does, who is on call, and the people who can be told. */
export function alertingRoutes(deps: HttpDeps) {
  return resource()
    .openapi(statusRoute, async (c) => c.json(await status(deps, principalOf(c)), 200))
    .openapi(onCallRoute, (c) => {
      const schedule = requireDocument(deps, principalOf(c), 'schedules', c.req.valid('param').id);
      const userId = onCallAt(schedule, c.req.valid('query').at ?? deps.clock.nowMs());
      return c.json({ userId, userName: nameOf(deps, userId) }, 200);
    })
    .openapi(shiftsRoute, (c) => {
      const schedule = requireDocument(deps, principalOf(c), 'schedules', c.req.valid('param').id);
      const { from, to } = c.req.valid('query');
      if (to <= from || to - from > SHIFTS_MS_MAX) {
        throw new HttpProblem(422, 'No such stretch', 'Ask for at most 400 days, from before to.');
      }
      const items = shifts(schedule, from, to).map((s) => ({ ...s, userName: nameOf(deps, s.userId) }));
      return c.json({ items }, 200);
    })
    .openapi(calendarRoute, (c) => {
      const schedule = requireDocument(deps, principalOf(c), 'schedules', c.req.valid('param').id);
      const calendar = calendarAround(schedule, deps.clock.nowMs(), (id) => nameOf(deps, id) ?? id);
      return c.body(calendar, 200, { 'content-type': 'text/calendar; charset=utf-8' });
    })
    .openapi(peopleRoute, (c) => c.json({ items: listPeople(deps, principalOf(c)) }, 200))
    .openapi(personRoute, async (c) => {
      const who = principalOf(c);
      const { id } = c.req.valid('param');
      if (!isOwn(who, id)) {
        throw new HttpProblem(
          403,
          'Not allowed',
          'These are the hours of someone else.',
          {},
          { code: 'not-yours' },
        );
      }
      return c.json(await changePerson(deps, who, id, c.req.valid('json')), 200);
    });
}

async function status(deps: HttpDeps, who: Principal) {
  const { alerts, clock, database } = deps;
  const { open, unacknowledged } = incidentNews(alerts, [], who.areaIds);
  const onCall = alerts.settings().schedules.map((schedule) => {
    const userId = onCallAt(schedule, clock.nowMs());
    return { scheduleId: schedule.id, name: schedule.name, userId, userName: nameOf(deps, userId) };
  });
  const warnings = alerts.warnings().map(({ code, values }) => ({ code, values: { ...values } }));
  const outbox = await database.outbox.counts();
  const vapidPublicKey = alerts.vapidPublicKey ?? null;
  const channels = alerts.channels.map((channel) => ({ channel, fields: [...CONTACT_FIELDS[channel]] }));
  return { open, unacknowledged, warnings, onCall, channels, outbox, proof: alerts.proof(), vapidPublicKey };
}

function nameOf({ alerts }: HttpDeps, userId: string | null): string | null {
  return userId === null ? null : (peopleNames(alerts).get(userId) ?? userId);
}

function listPeople({ alerts, info }: HttpDeps, who: Principal) {
  const settings = new Map(alerts.settings().people.map((person) => [person.id, person]));
  return alerts.people().map((person) => {
    const { version = 0, quietHours = null, timeZone = info.timeZone } = settings.get(person.id) ?? {};
    return { ...person, version, quietHours, timeZone, isMine: isOwn(who, person.id) };
  });
}

/** @throws HttpProblem 404, 409 */
async function changePerson(deps: HttpDeps, who: Principal, id: string, body: z.infer<typeof personBody>) {
  const find = () => listPeople(deps, who).find((person) => person.id === id);
  if (find() === undefined)
    throw new HttpProblem(404, 'No such person', `There is no user ${id}.`, {}, { code: 'gone' });
  requireSound(deps, 'people', { id, ...body });
  try {
    await deps.alerts.put('people', { id, ...body });
  } catch (error) {
    if (!(error instanceof VersionConflictError)) throw error;
    const current = find();
    throw new HttpProblem(
      409,
      'Someone else changed it',
      'Nothing was changed. See what it is now.',
      {},
      { code: 'changed', ...(current === undefined ? {} : { current }) },
    );
  }
  return find()!;
}

const personBody = DOCUMENT_BODIES.people.extend({ version: z.number().int().min(0) });
const nullableString = z.string().nullable();

const statusRoute = createRoute({
  method: 'get',
  path: '/alerting',
  summary: 'Warnings about the settings, who is on call, the outbox, the last proof',
  responses: { 200: jsonContent(alertingSchema, 'Now') },
});

const onCallRoute = createRoute({
  method: 'get',
  path: '/schedules/{id}/on-call',
  summary: 'Who is on call now, or at a time',
  request: {
    params: idParam,
    query: z.object({ at: z.coerce.number().int().min(0).max(8.64e15).optional() }),
  },
  responses: {
    200: jsonContent(z.object({ userId: nullableString, userName: nullableString }), 'Null: nobody'),
    ...PROBLEMS,
  },
});

const shiftsRoute = createRoute({
  method: 'get',
  path: '/schedules/{id}/shifts',
  summary: 'Who is on call when',
  request: { params: idParam, query: spanQuery },
  responses: {
    200: jsonContent(
      z.object({
        items: z.array(
          z.object({
            userId: z.string(),
            userName: nullableString,
            fromMs: z.number(),
            toMs: z.number(),
            by: z.enum(['rotation', 'override']),
          }),
        ),
      }),
      'In order, without overlap',
    ),
    ...PROBLEMS,
  },
});

const calendarRoute = createRoute({
  method: 'get',
  path: '/schedules/{id}/calendar.ics',
  summary: 'The rota as iCalendar',
  request: { params: idParam },
  responses: {
    200: { description: 'RFC 5545', content: { 'text/calendar': { schema: z.string() } } },
    ...PROBLEMS,
  },
});

const peopleRoute = createRoute({
  method: 'get',
  path: '/people',
  summary: 'People who can be told, with their quiet hours',
  responses: { 200: jsonContent(z.object({ items: z.array(DOCUMENTS.people) }), 'All') },
});

const personRoute = createRoute({
  method: 'put',
  path: '/people/{id}',
  summary: 'Quiet hours of a person; severe messages are never held back',
  request: {
    params: idParam,
    body: { required: true, content: { 'application/json': { schema: personBody } } },
  },
  responses: { 200: jsonContent(DOCUMENTS.people, 'As it is kept'), ...PROBLEMS },
});
