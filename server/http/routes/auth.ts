import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, ROLES, type Principal } from '../../core/access.ts';
import type { LoginOutcome, PasswordOutcome } from '../../pipeline/access/signIn.ts';
import { giveSession, originOf, principalOf, takeSession, visitorOf } from '../auth.ts';
import type { HttpDeps } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { allowed } from '../rights.ts';
import { jsonContent, resource } from '../openapi.ts';
import { idParam } from '../schemas.ts';

/** Login, one-time link, own password, own sessions. */
export function authRoutes(deps: HttpDeps) {
  const { access } = deps;
  return resource()
    .openapi(meRoute, (c) => {
      const principal = c.get('signedIn')?.principal ?? null;
      c.header('cache-control', 'no-store');
      const sso = access.sso === null ? null : { label: access.sso.label };
      return c.json({ principal: principal === null ? null : shown(principal), sso }, 200);
    })
    .openapi(loginRoute, async (c) => {
      const { login, password } = c.req.valid('json');
      const before = c.get('signedIn');
      const outcome = await access.signIn.login(login, password, visitorOf(c));
      // The session that the browser came with must not live on beside the new one.
      if (outcome.kind === 'in' && before !== null) await access.signIn.logout(before);
      return c.json(admitted(c, access, outcome), 200);
    })
    .openapi(linkRoute, async (c) => {
      const owner = await access.signIn.linkOwner(c.req.valid('json').link);
      if (owner === null) throw LINK_OVER();
      return c.json({ login: owner.login, name: owner.name }, 200);
    })
    .openapi(welcomeRoute, async (c) => {
      const { link, password } = c.req.valid('json');
      const outcome = await access.signIn.useLink(link, password, visitorOf(c));
      if (outcome.kind === 'refused') throw LINK_OVER();
      return c.json(admitted(c, access, outcome), 200);
    })
    .openapi(logoutRoute, async (c) => {
      const session = c.get('signedIn')?.session ?? null;
      // Asked before the session is gone, and with it what it was begun with.
      const goTo =
        session === null || access.sso === null
          ? null
          : await access.sso.signOn.logoutUrl(session.id, `${originOf(c, access)}/`);
      const signedIn = c.get('signedIn');
      if (signedIn !== null) await access.signIn.logout(signedIn);
      takeSession(c, access);
      return c.json({ done: true, goTo }, 200);
    })
    .openapi(passwordRoute, async (c) => {
      const outcome = await access.signIn.changePassword(ownAccount(c).id, c.req.valid('json'), visitorOf(c));
      return c.json(admitted(c, access, outcome), 200);
    })
    .openapi(sessionsRoute, async (c) => {
      const principal = principalOf(c);
      const current = c.get('signedIn')?.session?.id;
      const items = principal.via === 'session' ? await access.signIn.sessionsOf(principal.id) : [];
      c.header('cache-control', 'no-store');
      return c.json(
        { items: items.map((session) => ({ ...session, current: session.id === current })) },
        200,
      );
    })
    .openapi(endSessionRoute, async (c) => {
      if (!(await access.signIn.endSession(ownAccount(c), c.req.valid('param').id))) {
        throw new HttpProblem(
          404,
          'No such session',
          'It has ended, or it is not yours.',
          {},
          { code: 'gone' },
        );
      }
      return c.json({ done: true }, 200);
    });
}

/** A token and the demo's own screen have no password and no sessions. */
function ownAccount(c: Context): Principal {
  const principal = principalOf(c);
  if (principal.via === 'session') return principal;
  throw new HttpProblem(
    409,
    'No account',
    'Only someone who logged in has a password and sessions.',
    {},
    { code: 'account-none' },
  );
}

/** Sets the cookie, or throws why not. */
function admitted(c: Context, access: HttpDeps['access'], outcome: LoginOutcome | PasswordOutcome) {
  switch (outcome.kind) {
    case 'in': {
      giveSession(c, access, outcome.token);
      return { principal: shown({ ...outcome.user, via: 'session' }) };
    }
    case 'refused':
      throw new HttpProblem(
        401,
        'Not admitted',
        'User name or password is wrong.',
        {},
        { code: 'login-refused' },
      );
    case 'unfit':
      throw new HttpProblem(
        422,
        'The password is not fit',
        UNFIT[outcome.fault],
        {},
        {
          code: 'password-unfit',
          values: { fault: outcome.fault, min: PASSWORD_CHARS_MIN, max: PASSWORD_CHARS_MAX },
        },
      );
    case 'wait':
      throw new TooManyLogins(outcome.afterMs);
  }
}

const UNFIT = {
  'too-short': `Take at least ${PASSWORD_CHARS_MIN} characters.`,
  'too-long': `Take at most ${PASSWORD_CHARS_MAX} characters.`,
  common: 'This is one that is guessed first. Take some words that do not belong together.',
  'like-login': 'It must not be the user name.',
} as const;

class TooManyLogins extends HttpProblem {
  constructor(afterMs: number) {
    const seconds = Math.ceil(afterMs / 1000);
    super(
      429,
      'Too many failed logins',
      `Try again in ${seconds} s.`,
      { 'retry-after': String(seconds) },
      { code: 'login-wait', values: { seconds } },
    );
  }
}

const LINK_OVER = (): HttpProblem =>
  new HttpProblem(
    404,
    'The link does not hold',
    'It was used, or is too old. Ask for another one.',
    {},
    { code: 'link-over' },
  );

function shown({ id, name, role, areaIds, via }: Principal) {
  return { id, name, role, areaIds: mutable(areaIds), via, can: allowed({ role, areaIds }) };
}

function mutable(areaIds: readonly string[] | null): string[] | null {
  return areaIds === null ? null : [...areaIds];
}

const principalSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    areaIds: z.array(z.string()).nullable().openapi({ description: 'Areas in sight; null: all' }),
    via: z.enum(['session', 'token', 'local']),
    can: z
      .array(z.string())
      .openapi({ description: 'Routes that one may ask for, as `METHOD /path/{template}`' }),
  })
  .openapi('Principal');
const admittedContent = {
  200: jsonContent(z.object({ principal: principalSchema }), 'Signed in'),
  ...PROBLEMS,
};
const doneContent = { 200: jsonContent(z.object({ done: z.boolean() }), 'Done'), ...PROBLEMS };
/** Longer than any that is taken, so that one too long is told and not cut. */
const password = z.string().min(1).max(1_000);
const link = z.string().min(1).max(200);
const json = <S extends z.ZodType>(schema: S) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});

const meRoute = createRoute({
  method: 'get',
  path: '/auth/me',
  summary: 'Who one is; null when a login is needed',
  responses: {
    200: jsonContent(
      z.object({
        principal: principalSchema.nullable(),
        sso: z
          .object({ label: z.string().nullable().openapi({ description: 'What the provider is called' }) })
          .nullable()
          .openapi({ description: 'Single sign-on; null: not configured' }),
      }),
      'The principal',
    ),
  },
});
const loginRoute = createRoute({
  method: 'post',
  path: '/auth/login',
  summary: 'Log in; the session is a cookie',
  request: json(z.object({ login: z.string().min(1).max(200), password })),
  responses: admittedContent,
});
const linkRoute = createRoute({
  method: 'post',
  path: '/auth/link',
  summary: 'Whose one-time link it is',
  request: json(z.object({ link })),
  responses: { 200: jsonContent(z.object({ login: z.string(), name: z.string() }), 'The user'), ...PROBLEMS },
});
const welcomeRoute = createRoute({
  method: 'post',
  path: '/auth/welcome',
  summary: 'Set the password with a one-time link, and log in',
  request: json(z.object({ link, password })),
  responses: admittedContent,
});
const logoutRoute = createRoute({
  method: 'post',
  path: '/auth/logout',
  summary: 'End this session',
  responses: {
    200: jsonContent(
      z.object({
        done: z.boolean(),
        goTo: z.string().nullable().openapi({ description: 'Where single sign-on ends as well' }),
      }),
      'Done',
    ),
    ...PROBLEMS,
  },
});
const passwordRoute = createRoute({
  method: 'post',
  path: '/auth/password',
  summary: 'Change the own password; all other sessions end',
  request: json(z.object({ current: password, next: password })),
  responses: admittedContent,
});
const sessionsRoute = createRoute({
  method: 'get',
  path: '/auth/sessions',
  summary: 'Own sessions',
  responses: {
    200: jsonContent(
      z.object({
        items: z.array(
          z.object({
            id: z.string(),
            createdMs: z.number(),
            lastSeenMs: z.number(),
            expiresMs: z.number(),
            address: z.string(),
            agent: z.string(),
            current: z.boolean(),
          }),
        ),
      }),
      'Sessions',
    ),
  },
});
const endSessionRoute = createRoute({
  method: 'delete',
  path: '/auth/sessions/{id}',
  summary: 'End one of the own sessions',
  request: { params: idParam },
  responses: doneContent,
});
