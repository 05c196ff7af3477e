import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { SsoRefusal } from '../../pipeline/access/singleSignOn.ts';
import type { SsoAttempt } from '../../ports.ts';
import { giveSession, giveSigned, originOf, takeSigned, visitorOf } from '../auth.ts';
import type { HttpDeps, HttpSso } from '../deps.ts';
import { HttpProblem, PROBLEMS } from '../errors.ts';
import { jsonContent, resource } from '../openapi.ts';

/** Who does not come back from the provider by then begins again. */
const ATTEMPT_MS = 10 * 60_000;
const COOKIE = 'sso';
const CALLBACK = '/api/v1/auth/sso/callback';
/** A screen of the pages: what stands behind the `#`. Anything else is the start page. */
const SCREEN = /^#\/[\w\-./~%?=&,:+]{0,500}$/;

/** What the browser keeps, signed, between leaving and coming back. */
const keptSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  callbackUrl: z.string(),
  goTo: z.string(),
  untilMs: z.number(),
});

/** Single sign-on: out to the provider, and back. */
export function ssoRoutes(deps: HttpDeps) {
  const { access, clock } = deps;
  return resource()
    .openapi(beginRoute, async (c) => {
      const { signOn, cookieKey: key } = ssoOf(deps);
      const begun = await signOn.begin(`${originOf(c, access)}${CALLBACK}`);
      if (begun.kind === 'failed') {
        throw new HttpProblem(503, 'Single sign-on is away', AWAY, {}, { reason: begun.why });
      }
      const untilMs = clock.nowMs() + ATTEMPT_MS;
      const text = JSON.stringify({ ...begun.attempt, goTo: screenOf(c.req.valid('json').goTo), untilMs });
      await giveSigned(c, access, { name: COOKIE, text, key, maxAgeS: ATTEMPT_MS / 1000 });
      c.header('cache-control', 'no-store');
      return c.json({ url: begun.url }, 200);
    })
    .openapi(callbackRoute, async (c) => {
      const { signOn, cookieKey: key } = ssoOf(deps);
      c.header('cache-control', 'no-store');
      const kept = keptOf(await takeSigned(c, access, { name: COOKIE, key }));
      if (kept === null) return toLogin(c, 'stale', '#/');
      const { goTo, untilMs, ...attempt } = kept;
      if (clock.nowMs() >= untilMs) return toLogin(c, 'stale', goTo);
      const outcome = await signOn.finish(attempt satisfies SsoAttempt, new URL(c.req.url), visitorOf(c));
      if (outcome.kind === 'out') return toLogin(c, outcome.why, goTo);
      const before = c.get('signedIn');
      // The session that the browser came with must not live on beside the new one.
      if (before !== null) await access.signIn.logout(before);
      await deps.alerts.reloadPeople();
      giveSession(c, access, outcome.token);
      return c.redirect(`/${goTo}`, 303);
    });
}

function ssoOf({ access }: HttpDeps): HttpSso {
  if (access.sso !== null) return access.sso;
  throw new HttpProblem(404, 'No single sign-on', 'auth.oidc is not configured.');
}

/** Only ever a screen of ours: there is no host in it. */
function screenOf(goTo: string): string {
  return SCREEN.test(goTo) ? goTo : '#/';
}

function keptOf(text: string | null): z.infer<typeof keptSchema> | null {
  return text === null ? null : keptSchema.parse(JSON.parse(text));
}

/** The login says what happened; behind it waits the screen that was asked for. */
function toLogin(c: Context, why: SsoRefusal, goTo: string): Response {
  return c.redirect(`/?sso=${why}${goTo}`, 303);
}

const AWAY =
  'The provider does not answer, or not as expected. The log holds the cause; a password still works.';

const beginRoute = createRoute({
  method: 'post',
  path: '/auth/sso',
  summary: 'Begin a login at the provider of single sign-on; the answer says where the browser goes',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.object({
            goTo: z.string().max(600).default('#/').openapi({ description: 'Screen to come back to' }),
          }),
        },
      },
    },
  },
  responses: { 200: jsonContent(z.object({ url: z.string() }), 'Where to go'), ...PROBLEMS },
});
const callbackRoute = createRoute({
  method: 'get',
  path: '/auth/sso/callback',
  summary: 'Where the provider sends the browser back to',
  responses: {
    303: { description: 'To the page, signed in; or to the login, which says why not' },
    ...PROBLEMS,
  },
});
