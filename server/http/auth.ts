import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, getSignedCookie, setCookie, setSignedCookie } from 'hono/cookie';
import { csrf } from 'hono/csrf';
import { inScope, localPrincipal, reaches, seesArea, type Principal } from '../core/access.ts';
import { secretHash, SESSION_MS, type SignedIn, type Visitor } from '../pipeline/access/signIn.ts';
import type { HttpDeps } from './deps.ts';
import { HttpProblem, problemResponse } from './errors.ts';
import { rightOf } from './rights.ts';

declare module 'hono' {
  interface ContextVariableMap {
    /** Null: nobody is known. Set for everything under /api and for the probes. */
    signedIn: SignedIn | null;
  }
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Browsers that tell neither origin nor site are asked for a header that no foreign form can send. */
export const REQUEST_HEADER = 'x-peakvolt-request';

/** Who asks. Only behind {@link authorize}, which lets nobody unknown through. */
export function principalOf(c: Context): Principal {
  const signedIn = c.get('signedIn');
  if (signedIn === null || signedIn === undefined) throw new HttpProblem(401, 'Sign in first', SIGN_IN);
  return signedIn.principal;
}

/** What is out of sight does not exist. @throws HttpProblem 404 */
export function requireSight(principal: Pick<Principal, 'areaIds'>, areaId: string): void {
  if (!seesArea(principal, areaId)) throw new HttpProblem(404, 'No such resource', 'There is nothing here.');
}

const SIGN_IN = 'Log in, or send an API token: Authorization: Bearer pvt_…';

/** Puts who asks into the context: by token, by session, or the demo's own screen. */
export function identify(deps: HttpDeps): MiddlewareHandler {
  return async (c, next) => {
    const signedIn = await known(deps, c);
    // A token that is wrong is a fault to be told, not a reason to look for something else.
    if (signedIn === 'bad-token') return unauthorized(c, 'The token is unknown, revoked or expired.');
    c.set('signedIn', signedIn);
    return next();
  };
}

/** Whether whoever opened a long answer may still have it: signed in, and with the same sight. */
export function mayGoOn(deps: HttpDeps, c: Context): () => Promise<boolean> {
  const began = JSON.stringify(principalOf(c).areaIds);
  return async () => {
    const now = await known(deps, c);
    return now !== null && now !== 'bad-token' && JSON.stringify(now.principal.areaIds) === began;
  };
}

async function known(deps: HttpDeps, c: Context): Promise<SignedIn | 'bad-token' | null> {
  const bearer = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  return bearer === undefined ? byCookie(deps, c) : ((await byBearer(deps, bearer)) ?? 'bad-token');
}

async function byBearer({ access }: HttpDeps, bearer: string): Promise<SignedIn | null> {
  if (access.ownerTokenHash !== null && secretHash(bearer) === access.ownerTokenHash) {
    return { principal: localPrincipal('token'), session: null };
  }
  return access.signIn.byToken(bearer);
}

async function byCookie({ access }: HttpDeps, c: Context): Promise<SignedIn | null> {
  const token = getCookie(c, cookieName(c, access));
  const signedIn = token === undefined ? null : await access.signIn.bySession(token);
  if (signedIn !== null || isForwarded(c)) return signedIn;
  const principal = await access.unnamed();
  return principal === null ? null : { principal, session: null };
}

/** Lets through what the table of rights allows; what is not in it does not exist. */
export function authorize(): MiddlewareHandler {
  return async (c, next) => {
    const right = rightOf(c.req.method, c.req.path);
    if (right === 'anyone') return next();
    const signedIn = c.get('signedIn');
    if (signedIn === null) return unauthorized(c, SIGN_IN);
    if (right === null) {
      return problemResponse(c, 404, {
        title: 'No such resource',
        detail: 'See /api/docs for what there is.',
      });
    }
    const { principal } = signedIn;
    if (!reaches(principal.role, right.role)) {
      return problemResponse(c, 403, {
        title: 'Not allowed',
        detail: `This needs the role ${right.role}; yours is ${principal.role}.`,
        code: 'role-needed',
        values: { needed: right.role, own: principal.role },
      });
    }
    if (!inScope(principal, right.scope)) {
      c.header('www-authenticate', `Bearer error="insufficient_scope", scope="${right.scope}"`);
      return problemResponse(c, 403, {
        title: 'Not allowed',
        detail: `This needs a token with the scope ${right.scope}.`,
        code: 'scope-needed',
        values: { needed: right.scope },
      });
    }
    if (right.everywhere && principal.areaIds !== null) {
      return problemResponse(c, 403, {
        title: 'Not allowed',
        detail: 'This concerns all areas, and you see only some.',
        code: 'everywhere-needed',
      });
    }
    return next();
  };
}

/** Refuses what a page of another site makes a browser send. */
export function refuseForeign(deps: HttpDeps): MiddlewareHandler[] {
  const isOurs = (origin: string, c: Context): boolean => {
    if (!URL.canParse(origin)) return false;
    const { host } = new URL(origin);
    return host === (c.req.header('host') ?? new URL(c.req.url).host) || origin === deps.access.publicOrigin;
  };
  // A token is never sent by a browser of its own accord.
  const hasToken = (c: Context): boolean => c.req.header('authorization') !== undefined;
  const forms = csrf({ origin: isOurs });
  return [
    (c, next) => (hasToken(c) ? next() : forms(c, next)),
    async (c, next) => {
      if (SAFE_METHODS.has(c.req.method) || hasToken(c)) return next();
      const site = c.req.header('sec-fetch-site');
      const origin = c.req.header('origin');
      const told = site !== undefined || origin !== undefined;
      const foreign =
        site === undefined
          ? origin !== undefined && !isOurs(origin, c)
          : site !== 'same-origin' && site !== 'none';
      const unproven =
        !told && (c.get('signedIn')?.session ?? null) !== null && c.req.header(REQUEST_HEADER) === undefined;
      if (!foreign && !unproven) return next();
      return problemResponse(c, 403, {
        title: 'The request was refused',
        detail: 'It comes from a page of another site.',
      });
    },
  ];
}

/** From where the request comes; behind a proxy on this machine, what the proxy says. */
export function visitorOf(c: Context): Visitor {
  const socket = socketAddress(c);
  const forwarded = c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim();
  const address = isLoopback(socket) && forwarded !== undefined ? forwarded : socket;
  return { address, agent: c.req.header('user-agent') ?? '' };
}

/** Whether a program on this machine asks, and not through a proxy. */
export function isFromHere(c: Context): boolean {
  return isLoopback(socketAddress(c)) && !isForwarded(c);
}

/** Gives the browser its session: for us alone, out of reach of scripts, never to another site. */
export function giveSession(c: Context, access: HttpDeps['access'], token: string): void {
  setCookie(c, cookieName(c, access), token, {
    ...cookieOptions(c, access),
    maxAge: SESSION_MS / 1000,
  });
}

export function takeSession(c: Context, access: HttpDeps['access']): void {
  setCookie(c, cookieName(c, access), '', { ...cookieOptions(c, access), maxAge: 0 });
}

/** Keeps a text in the browser for a while, signed; under a name of its own beside the session. */
export function giveSigned(
  c: Context,
  access: HttpDeps['access'],
  { name, text, key, maxAgeS }: { name: string; text: string; key: string; maxAgeS: number },
): Promise<void> {
  const options = { ...cookieOptions(c, access), maxAge: maxAgeS };
  return setSignedCookie(c, `${cookieName(c, access)}-${name}`, text, key, options);
}

/** Takes the text back, once; null when there is none, or it is not as it was given. */
export async function takeSigned(
  c: Context,
  access: HttpDeps['access'],
  { name, key }: { name: string; key: string },
): Promise<string | null> {
  const full = `${cookieName(c, access)}-${name}`;
  const text = await getSignedCookie(c, key, full);
  setCookie(c, full, '', { ...cookieOptions(c, access), maxAge: 0 });
  return typeof text === 'string' ? text : null;
}

/** Scheme, host and port by which this browser reaches us. */
export function originOf(c: Context, access: HttpDeps['access']): string {
  return access.publicOrigin ?? new URL(c.req.url).origin;
}

function cookieOptions(c: Context, access: HttpDeps['access']) {
  return { httpOnly: true, sameSite: 'Lax', secure: isSecure(c, access), path: '/' } as const;
}

function cookieName(c: Context, access: HttpDeps['access']): string {
  return isSecure(c, access) ? '__Host-peakvolt' : 'peakvolt';
}

function isSecure(c: Context, { publicOrigin }: HttpDeps['access']): boolean {
  return publicOrigin?.startsWith('https:') === true || c.req.header('x-forwarded-proto') === 'https';
}

function isForwarded(c: Context): boolean {
  return c.req.header('x-forwarded-for') !== undefined || c.req.header('forwarded') !== undefined;
}

function socketAddress(c: Context): string {
  try {
    return getConnInfo(c).remote.address ?? '';
  } catch {
    // Not over a socket: a test that calls the application itself.
    return '';
  }
}

function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\.|^::1$/.test(address);
}

function unauthorized(c: Context, detail: string): Response {
  c.header('www-authenticate', 'Bearer');
  return problemResponse(c, 401, { title: 'Sign in first', detail });
}
