import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Incident } from '../../core/incident/incident.ts';
import type { IncidentCommand } from '../../ports.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { activePage } from '../activeIncidents.ts';
import {
  COMMAND_BODIES,
  incidentDetailSchema,
  incidentPageSchema,
  incidentSchema,
} from '../incidentSchemas.ts';
import { peopleNames, seesIncident, shownDelivery, shownIncident, shownTimeline } from '../incidentView.ts';
import { jsonContent, resource } from '../openapi.ts';
import { idParam, pageQuery } from '../schemas.ts';

/** Incidents: list, one with its timeline and deliveries, and what people do about them. */
export function incidentRoutes(deps: HttpDeps) {
  const act = (c: Context, id: string, version: number | null, command: IncidentCommand) =>
    perform(deps, c, id, version, command);
  return resource()
    .openapi(listRoute, async (c) => {
      const { state, transformer, suppressed, cursor, limit } = c.req.valid('query');
      const principal = principalOf(c);
      const model = deps.grid();
      if (state === 'active') {
        const query = { transformerId: transformer, suppressed, cursor, limit };
        const { items, ...rest } = activePage(deps.alerts.active(), principal, query);
        return c.json({ items: items.map((one) => shownIncident(one, model, principal)), ...rest }, 200);
      }
      const page = await deps.database.incidents.list({
        areaIds: principal.areaIds,
        limit,
        ...(state === undefined ? {} : { state }),
        ...(transformer === undefined ? {} : { transformerId: transformer }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      const items = page.items.map((incident) => shownIncident(incident, model, principal));
      return c.json({ items, cursor: page.cursor, counts: null }, 200);
    })
    .openapi(detailRoute, async (c) => c.json(await describe(deps, c, c.req.valid('param').id), 200))
    .openapi(commands.acknowledge, async (c) => {
      const { version } = c.req.valid('json');
      return c.json(await act(c, c.req.valid('param').id, version, { kind: 'acknowledge' }), 200);
    })
    .openapi(commands.assign, async (c) => {
      const { version, ...body } = c.req.valid('json');
      return c.json(await act(c, c.req.valid('param').id, version, { kind: 'assign', ...body }), 200);
    })
    .openapi(commands.comment, async (c) => {
      const { version, ...body } = c.req.valid('json');
      return c.json(await act(c, c.req.valid('param').id, version, { kind: 'comment', ...body }), 200);
    })
    .openapi(commands.snooze, async (c) => {
      const { version, ...body } = c.req.valid('json');
      return c.json(await act(c, c.req.valid('param').id, version, { kind: 'snooze', ...body }), 200);
    })
    .openapi(commands.unsnooze, async (c) => {
      const { version } = c.req.valid('json');
      return c.json(await act(c, c.req.valid('param').id, version, { kind: 'unsnooze' }), 200);
    })
    .openapi(commands.resolve, async (c) => {
      const { version, ...body } = c.req.valid('json');
      return c.json(await act(c, c.req.valid('param').id, version, { kind: 'resolve', ...body }), 200);
    })
    .openapi(commands.merge, async (c) => {
      const { version, ...body } = c.req.valid('json');
      const { id: intoId } = await requireIncident(deps, c, body.intoId);
      return c.json(await act(c, c.req.valid('param').id, version, { kind: 'merge', intoId }), 200);
    })
    .openapi(commands.split, async (c) => {
      const { version, ...body } = c.req.valid('json');
      return c.json(await act(c, c.req.valid('param').id, version, { kind: 'split', ...body }), 200);
    });
}

/** Links in messages are short: they name an incident by its number. */
const NUMBER = /^[1-9]\d{0,8}$/;

/** By id, or by number. @throws HttpProblem 404, of what is out of sight too */
async function requireIncident(deps: HttpDeps, c: Context, id: string): Promise<Incident> {
  const { incidents } = deps.database;
  const incident =
    (await incidents.get(id)) ?? (NUMBER.test(id) ? await incidents.byNumber(Number(id)) : null);
  if (incident !== null && seesIncident(principalOf(c), incident)) return incident;
  throw noIncident(id);
}

function noIncident(id: string): HttpProblem {
  return new HttpProblem(
    404,
    'No such incident',
    `There is no incident ${id}, or it was pruned.`,
    {},
    { code: 'gone' },
  );
}

async function describe(deps: HttpDeps, c: Context, named: string) {
  const incident = await requireIncident(deps, c, named);
  const { id } = incident;
  const { incidents, outbox } = deps.database;
  const [timeline, deliveries] = await Promise.all([incidents.timeline(id), outbox.of(id)]);
  const principal = principalOf(c);
  const names = peopleNames(deps.alerts);
  const model = deps.grid();
  const spoken = new Set([incident.acknowledgedBy, incident.assignee, incident.resolvedBy]);
  return {
    incident: shownIncident(incident, model, principal),
    timeline: shownTimeline(timeline, model, principal, names),
    deliveries: deliveries.map((delivery) => shownDelivery(delivery, deps.alerts, names)),
    names: Object.fromEntries([...names].filter(([userId]) => spoken.has(userId))),
  };
}

/** @throws HttpProblem 404, 409 with the incident as it is now, 422 with the reason */
async function perform(
  deps: HttpDeps,
  c: Context,
  named: string,
  version: number | null,
  command: IncidentCommand,
) {
  const principal = principalOf(c);
  const { id } = await requireIncident(deps, c, named);
  const outcome = await deps.alerts.act(id, version, command, { id: principal.id, name: principal.name });
  switch (outcome.kind) {
    case 'done':
      await deps.database.access.audit.add(
        {
          actor: { id: principal.id, name: principal.name },
          action: `incident.${command.kind}`,
          subject: `#${outcome.incident.number}`,
          detail: {},
        },
        deps.clock.nowMs(),
      );
      return shownIncident(outcome.incident, deps.grid(), principal);
    case 'not-found':
      throw noIncident(id);
    case 'conflict':
      throw new HttpProblem(
        409,
        'Someone else was first',
        'Nothing was changed. See what it is now.',
        {},
        {
          code: 'first',
          current: shownIncident(outcome.incident, deps.grid(), principal),
        },
      );
    case 'refused':
      throw new HttpProblem(
        422,
        'This cannot be done now',
        outcome.reason,
        {},
        { code: 'cannot-now', values: { reason: outcome.reason }, reason: outcome.reason },
      );
  }
}

const listRoute = createRoute({
  method: 'get',
  path: '/incidents',
  summary: 'Incidents, the most urgent first',
  request: {
    query: pageQuery.extend({
      state: z.enum(['active', 'resolved']).optional(),
      transformer: z.string().max(200).optional(),
      suppressed: z
        .enum(['true', 'false'])
        .transform((said) => said === 'true')
        .optional()
        .openapi({ description: 'Of the active ones: those that something suppresses, or the others' }),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: {
    200: jsonContent(incidentPageSchema, 'A page'),
    ...PROBLEMS,
  },
});

const detailRoute = createRoute({
  method: 'get',
  path: '/incidents/{id}',
  summary: 'An incident with its timeline and every message about it',
  request: { params: idParam },
  responses: { 200: jsonContent(incidentDetailSchema, 'The incident'), ...PROBLEMS },
});

function commandRoute<P extends string, B extends z.ZodType>(path: P, body: B, summary: string) {
  return createRoute({
    method: 'post',
    path,
    summary,
    request: {
      params: idParam,
      body: { required: true, content: { 'application/json': { schema: body } } },
    },
    responses: { 200: jsonContent(incidentSchema, 'As it is now'), ...PROBLEMS },
  });
}

const commands = {
  acknowledge: commandRoute(
    '/incidents/{id}/acknowledge',
    COMMAND_BODIES.acknowledge,
    'Take it on; escalation stops',
  ),
  assign: commandRoute('/incidents/{id}/assign', COMMAND_BODIES.assign, 'Give it to a person, or to nobody'),
  comment: commandRoute(
    '/incidents/{id}/comment',
    COMMAND_BODIES.comment,
    'Write something into its timeline',
  ),
  snooze: commandRoute('/incidents/{id}/snooze', COMMAND_BODIES.snooze, 'Tell nobody until a time'),
  unsnooze: commandRoute('/incidents/{id}/unsnooze', COMMAND_BODIES.unsnooze, 'Tell people again'),
  resolve: commandRoute('/incidents/{id}/resolve', COMMAND_BODIES.resolve, 'End it by hand'),
  merge: commandRoute('/incidents/{id}/merge', COMMAND_BODIES.merge, 'Put it into another incident'),
  split: commandRoute(
    '/incidents/{id}/split',
    COMMAND_BODIES.split,
    'Make an incident of its own of some transformers',
  ),
} as const;
