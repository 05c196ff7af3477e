import { createRoute, z } from '@hono/zod-openapi';
import {
  changeDocument,
  createDocument,
  endDocument,
  listedDocuments,
  requireDocument,
} from '../alertDocuments.ts';
import { DOCUMENT_BODIES, DOCUMENTS } from '../alertSchemas.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { attemptSchema, DELIVERY_STATES } from '../incidentSchemas.ts';
import { shownAttempts } from '../incidentView.ts';
import { jsonContent, resource } from '../openapi.ts';
import { idParam } from '../schemas.ts';
import { documentRoutes } from './documentRoute.ts';

const schedules = documentRoutes(
  '/schedules',
  DOCUMENT_BODIES.schedules,
  DOCUMENTS.schedules,
  'schedules of who is on call',
);
const policies = documentRoutes(
  '/policies',
  DOCUMENT_BODIES.policies,
  DOCUMENTS.policies,
  'escalation policies',
);
const routes = documentRoutes('/routes', DOCUMENT_BODIES.routes, DOCUMENTS.routes, 'routes of alerts');
const contactPoints = documentRoutes(
  '/contact-points',
  DOCUMENT_BODIES.contactPoints,
  DOCUMENTS.contactPoints,
  'ways to reach people',
);
const seasons = documentRoutes('/seasons', DOCUMENT_BODIES.seasons, DOCUMENTS.seasons, 'peak seasons');

/** Who is told, in which order and by which way: schedules, policies, routes, seasons. */
export function alertSettingRoutes(deps: HttpDeps) {
  return resource()
    .openapi(schedules.list, (c) =>
      c.json({ items: listedDocuments(deps, principalOf(c), 'schedules') }, 200),
    )
    .openapi(schedules.create, async (c) => {
      const made = await createDocument(deps, principalOf(c), 'schedules', c.req.valid('json'));
      return c.json(made, 201);
    })
    .openapi(schedules.change, async (c) => {
      const { id } = c.req.valid('param');
      const kept = await changeDocument(deps, principalOf(c), 'schedules', id, c.req.valid('json'));
      return c.json(kept, 200);
    })
    .openapi(schedules.end, async (c) => {
      const { id } = c.req.valid('param');
      await endDocument(deps, principalOf(c), 'schedules', id, c.req.valid('query').version);
      return c.json({ id }, 200);
    })
    .openapi(policies.list, (c) => c.json({ items: listedDocuments(deps, principalOf(c), 'policies') }, 200))
    .openapi(policies.create, async (c) => {
      const made = await createDocument(deps, principalOf(c), 'policies', c.req.valid('json'));
      return c.json(made, 201);
    })
    .openapi(policies.change, async (c) => {
      const { id } = c.req.valid('param');
      const kept = await changeDocument(deps, principalOf(c), 'policies', id, c.req.valid('json'));
      return c.json(kept, 200);
    })
    .openapi(policies.end, async (c) => {
      const { id } = c.req.valid('param');
      await endDocument(deps, principalOf(c), 'policies', id, c.req.valid('query').version);
      return c.json({ id }, 200);
    });
}

/** Which policy an incident takes, and what a season changes of it. */
export function alertRuleRoutes(deps: HttpDeps) {
  return resource()
    .openapi(routes.list, (c) => c.json({ items: listedDocuments(deps, principalOf(c), 'routes') }, 200))
    .openapi(routes.create, async (c) => {
      const made = await createDocument(deps, principalOf(c), 'routes', c.req.valid('json'));
      return c.json(made, 201);
    })
    .openapi(routes.change, async (c) => {
      const { id } = c.req.valid('param');
      const kept = await changeDocument(deps, principalOf(c), 'routes', id, c.req.valid('json'));
      return c.json(kept, 200);
    })
    .openapi(routes.end, async (c) => {
      const { id } = c.req.valid('param');
      await endDocument(deps, principalOf(c), 'routes', id, c.req.valid('query').version);
      return c.json({ id }, 200);
    })
    .openapi(seasons.list, (c) => c.json({ items: listedDocuments(deps, principalOf(c), 'seasons') }, 200))
    .openapi(seasons.create, async (c) => {
      const made = await createDocument(deps, principalOf(c), 'seasons', c.req.valid('json'));
      return c.json(made, 201);
    })
    .openapi(seasons.change, async (c) => {
      const { id } = c.req.valid('param');
      const kept = await changeDocument(deps, principalOf(c), 'seasons', id, c.req.valid('json'));
      return c.json(kept, 200);
    })
    .openapi(seasons.end, async (c) => {
      const { id } = c.req.valid('param');
      await endDocument(deps, principalOf(c), 'seasons', id, c.req.valid('query').version);
      return c.json({ id }, 200);
    });
}

/** Ways to reach people. */
export function contactPointRoutes(deps: HttpDeps) {
  return resource()
    .openapi(contactPoints.list, (c) =>
      c.json({ items: listedDocuments(deps, principalOf(c), 'contactPoints') }, 200),
    )
    .openapi(contactPoints.create, async (c) => {
      const made = await createDocument(deps, principalOf(c), 'contactPoints', c.req.valid('json'));
      return c.json(made, 201);
    })
    .openapi(contactPoints.change, async (c) => {
      const { id } = c.req.valid('param');
      const kept = await changeDocument(deps, principalOf(c), 'contactPoints', id, c.req.valid('json'));
      return c.json(kept, 200);
    })
    .openapi(contactPoints.end, async (c) => {
      const { id } = c.req.valid('param');
      await endDocument(deps, principalOf(c), 'contactPoints', id, c.req.valid('query').version);
      return c.json({ id }, 200);
    })
    .openapi(testRoute, async (c) => {
      const { id } = requireDocument(deps, principalOf(c), 'contactPoints', c.req.valid('param').id);
      return c.json({ deliveryId: await deps.alerts.testContact(id) }, 202);
    })
    .openapi(testedRoute, async (c) => {
      const { id, delivery: deliveryId } = c.req.valid('param');
      requireDocument(deps, principalOf(c), 'contactPoints', id);
      const found = await deps.database.outbox.one(deliveryId);
      if (found === null || found.delivery.contactPointId !== id || !found.delivery.facts.isTest) {
        throw new HttpProblem(404, 'No such test', 'It was pruned, or never sent.', {}, { code: 'gone' });
      }
      const { state, nextMs } = found.delivery;
      return c.json({ state, nextMs, attempts: shownAttempts(found.attempts) }, 200);
    });
}

const testRoute = createRoute({
  method: 'post',
  path: '/contact-points/{id}/test',
  summary: 'Send a message that says it is a test',
  request: { params: idParam },
  responses: { 202: jsonContent(z.object({ deliveryId: z.string() }), 'On its way'), ...PROBLEMS },
});

const testedRoute = createRoute({
  method: 'get',
  path: '/contact-points/{id}/tests/{delivery}',
  summary: 'What became of a test message',
  request: { params: idParam.extend({ delivery: z.string().min(1).max(200) }) },
  responses: {
    200: jsonContent(
      z.object({ state: DELIVERY_STATES, nextMs: z.number(), attempts: z.array(attemptSchema) }),
      'The message and its attempts so far',
    ),
    ...PROBLEMS,
  },
});
