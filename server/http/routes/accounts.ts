import { createRoute, z } from '@hono/zod-openapi';
import { LOGIN_PATTERN, ROLES, SCOPES } from '../../core/access.ts';
import { actorOf } from '../../pipeline/access/accounts.ts';
import type { ApiToken, User } from '../../ports.ts';
import { principalOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { jsonContent, resource } from '../openapi.ts';
import { idParam } from '../schemas.ts';

const DAY_MS = 86_400_000;
const TOKEN_DAYS_MAX = 366;
const AREAS_MAX = 1_000;

const taken = (): HttpProblem =>
  new HttpProblem(409, 'The user name is taken', 'Choose another one.', {}, { code: 'login-taken' });

const lastAdmin = (): HttpProblem =>
  new HttpProblem(
    409,
    'The last administrator',
    'Make someone else an administrator first.',
    {},
    { code: 'last-admin' },
  );

/** Users and API tokens, for administrators. */
export function accountRoutes(deps: HttpDeps) {
  const { accounts, signIn } = deps.access;
  const gone = () => new HttpProblem(404, 'No such user', 'They are not here.', {}, { code: 'gone' });
  return resource()
    .openapi(usersRoute, async (c) => {
      const users = await accounts.users();
      return c.json(
        { items: users.map(({ hasPassword, sso, ...user }) => ({ ...shownUser(user), hasPassword, sso })) },
        200,
      );
    })
    .openapi(addUserRoute, async (c) => {
      const made = await accounts.addUser(c.req.valid('json'), actorOf(principalOf(c)));
      if (made === null) throw taken();
      await deps.alerts.reloadPeople();
      return c.json({ user: shownUser(made.user), link: made.link }, 201);
    })
    .openapi(changeUserRoute, async (c) => {
      const change = defined(c.req.valid('json'));
      const outcome = await accounts.changeUser(c.req.valid('param').id, change, actorOf(principalOf(c)));
      if (outcome.kind === 'not-found') throw gone();
      if (outcome.kind === 'last-admin') throw lastAdmin();
      await deps.alerts.reloadPeople();
      return c.json({ user: shownUser(outcome.user) }, 200);
    })
    .openapi(unbindRoute, async (c) => {
      const outcome = await accounts.unbind(c.req.valid('param').id, actorOf(principalOf(c)));
      if (outcome.kind === 'not-found') throw gone();
      if (outcome.kind === 'last-admin') throw lastAdmin();
      return c.json({ done: true }, 200);
    })
    .openapi(linkRoute, async (c) => {
      const link = await accounts.newLink(c.req.valid('param').id, actorOf(principalOf(c)));
      if (link === null) throw gone();
      return c.json({ link }, 201);
    })
    .openapi(endSessionsRoute, async (c) => {
      await signIn.endAll(c.req.valid('param').id, principalOf(c));
      return c.json({ done: true }, 200);
    })
    .openapi(tokensRoute, async (c) => {
      return c.json({ items: (await accounts.tokens()).map(shownToken) }, 200);
    })
    .openapi(addTokenRoute, async (c) => {
      const { days, ...draft } = c.req.valid('json');
      const expiresMs = deps.clock.nowMs() + days * DAY_MS;
      const { token, secret } = await accounts.addToken({ ...draft, expiresMs }, actorOf(principalOf(c)));
      return c.json({ token: shownToken(token), secret }, 201);
    })
    .openapi(revokeRoute, async (c) => {
      if (!(await accounts.revokeToken(c.req.valid('param').id, actorOf(principalOf(c))))) {
        throw new HttpProblem(
          404,
          'No such token',
          'There is none, or it was revoked before.',
          {},
          { code: 'gone' },
        );
      }
      return c.json({ done: true }, 200);
    });
}

function shownUser({ id, login, name, role, areaIds, disabled, createdMs }: User) {
  return { id, login, name, role, areaIds: areaIds === null ? null : [...areaIds], disabled, createdMs };
}

function shownToken({ areaIds, scopes, ...token }: ApiToken) {
  return {
    ...token,
    areaIds: areaIds === null ? null : [...areaIds],
    scopes: scopes === null ? null : [...scopes],
  };
}

/** Only what was given: an absent member is not the same as an undefined one. */
function defined<T extends object>(body: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

const name = z.string().trim().min(1).max(120);
const role = z.enum(ROLES);
const areaIds = z
  .array(z.string().min(1).max(120))
  .max(AREAS_MAX)
  .nullable()
  .openapi({ description: 'Areas in sight; null: all. An administrator sees all' });
const scopes = z.array(z.enum(SCOPES)).min(1).max(SCOPES.length);
const userSchema = z
  .object({
    id: z.string(),
    login: z.string(),
    name: z.string(),
    role,
    areaIds,
    disabled: z.boolean(),
    createdMs: z.number(),
  })
  .openapi('User');
const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role,
    areaIds,
    scopes: scopes.nullable().openapi({ description: 'What it is for; null: whatever its role may' }),
    createdBy: z.string(),
    createdMs: z.number(),
    expiresMs: z.number(),
    lastUsedMs: z.number().nullable(),
    revokedMs: z.number().nullable(),
  })
  .openapi('ApiToken');
const doneContent = { 200: jsonContent(z.object({ done: z.boolean() }), 'Done'), ...PROBLEMS };
const json = <S extends z.ZodType>(schema: S) => ({
  required: true as const,
  content: { 'application/json': { schema } },
});

const usersRoute = createRoute({
  method: 'get',
  path: '/users',
  summary: 'All users',
  responses: {
    200: jsonContent(
      z.object({ items: z.array(userSchema.extend({ hasPassword: z.boolean(), sso: z.boolean() })) }),
      'Users',
    ),
  },
});
const addUserRoute = createRoute({
  method: 'post',
  path: '/users',
  summary: 'Add a user; the answer holds the one-time link by which they set their password',
  request: {
    body: json(
      z.object({
        login: z.string().trim().regex(LOGIN_PATTERN, 'letters, digits and . _ - @ are expected'),
        name,
        role,
        areaIds: areaIds.default(null),
      }),
    ),
  },
  responses: { 201: jsonContent(z.object({ user: userSchema, link: z.string() }), 'Added'), ...PROBLEMS },
});
const changeUserRoute = createRoute({
  method: 'patch',
  path: '/users/{id}',
  summary: 'Change name, role or areas; disable, which ends all sessions',
  request: {
    params: idParam,
    body: json(
      z.object({
        name: name.optional(),
        role: role.optional(),
        areaIds: areaIds.optional(),
        disabled: z.boolean().optional(),
      }),
    ),
  },
  responses: { 200: jsonContent(z.object({ user: userSchema }), 'Changed'), ...PROBLEMS },
});
const linkRoute = createRoute({
  method: 'post',
  path: '/users/{id}/link',
  summary: 'A new one-time link to set a password; the one before is void',
  request: { params: idParam },
  responses: { 201: jsonContent(z.object({ link: z.string() }), 'The link'), ...PROBLEMS },
});
const endSessionsRoute = createRoute({
  method: 'delete',
  path: '/users/{id}/sessions',
  summary: 'End all sessions of a user',
  request: { params: idParam },
  responses: doneContent,
});
const unbindRoute = createRoute({
  method: 'delete',
  path: '/users/{id}/sso',
  summary: 'Take single sign-on from a user; the next login there under their user name ties it again',
  request: { params: idParam },
  responses: doneContent,
});
const tokensRoute = createRoute({
  method: 'get',
  path: '/tokens',
  summary: 'API tokens, without their secrets',
  responses: { 200: jsonContent(z.object({ items: z.array(tokenSchema) }), 'Tokens') },
});
const addTokenRoute = createRoute({
  method: 'post',
  path: '/tokens',
  summary: 'Make an API token; its secret is told this once',
  request: {
    body: json(
      z.object({
        name,
        role,
        areaIds: areaIds.default(null),
        scopes: scopes
          .default(['read'])
          .openapi({ description: 'What it is for; its role bounds it as well' }),
        days: z.number().int().min(1).max(TOKEN_DAYS_MAX),
      }),
    ),
  },
  responses: { 201: jsonContent(z.object({ token: tokenSchema, secret: z.string() }), 'Made'), ...PROBLEMS },
});
const revokeRoute = createRoute({
  method: 'delete',
  path: '/tokens/{id}',
  summary: 'Revoke an API token',
  request: { params: idParam },
  responses: doneContent,
});
