import { serveStatic } from '@hono/node-server/serve-static';
import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { compress } from 'hono/compress';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import { HasherBusyError } from '../accessPorts.ts';
import { inScope } from '../core/access.ts';
import { apiRoutes } from './api.ts';
import { authorize, identify, isFromHere, refuseForeign } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import { DOCS_STYLE, docsPage } from './docsPage.ts';
import type { ApiDocument } from './docsPage.ts';
import { HttpProblem, problemResponse } from './errors.ts';
import { mountLive } from './live.ts';
import type { LiveHub } from './live.ts';
import { openApiDocument } from './openapi.ts';

/** Bodies that are read whole. */
const BODY_BYTES_MAX = 1 << 20;
const IMPORTS_PATH = '/api/v1/imports/';

/** The whole HTTP side: API, live stream, health, metrics, documents and the built pages. */
export function createHttpApp(deps: HttpDeps, hub: LiveHub) {
  const app = new OpenAPIHono();
  app.use(secureHeaders({ contentSecurityPolicy: CONTENT_SECURITY_POLICY, xFrameOptions: 'DENY' }));
  app.use(async (c, next) => {
    if (deps.allowedHosts === null || deps.allowedHosts.has(hostName(c.req.header('host')))) return next();
    return problemResponse(c, 421, {
      title: 'Unknown host name',
      detail: 'Peakvolt answers under this name only when http.allowedHosts lists it.',
    });
  });
  const known = identify(deps);
  for (const path of ['/api/*', '/readyz', '/metrics']) app.use(path, known);
  app.use('/api/*', ...refuseForeign(deps));
  app.use('/api/v1/*', authorize());
  const bounded = bodyLimit({
    maxSize: BODY_BYTES_MAX,
    onError: (c) =>
      problemResponse(c, 413, {
        title: 'The request is too large',
        detail: `A body has at most ${BODY_BYTES_MAX} bytes; files go to /api/v1/imports.`,
      }),
  });
  // Imports stream their file and hold none of it.
  app.use('/api/*', (c, next) => (c.req.path.startsWith(IMPORTS_PATH) ? next() : bounded(c, next)));
  mountLive(app, hub, deps);
  app.use(compress());
  mountProbes(app, deps);
  const routes = apiRoutes(deps);
  app.route('/api/v1', routes);
  const document = openApiDocument(app, deps.info.version);
  app.get('/api/v1/openapi.json', (c) => c.json(document));
  app.get('/api/docs', (c) => c.html(docsPage(document as ApiDocument)));
  app.get('/api/docs.css', (c) => c.body(DOCS_STYLE, 200, { 'content-type': 'text/css; charset=utf-8' }));
  app.all('/api/*', (c) =>
    problemResponse(c, 404, { title: 'No such resource', detail: 'See /api/docs for what there is.' }),
  );
  app.use(
    '/assets/*',
    serveStatic({
      root: deps.webRoot,
      onFound: (_, c) => c.header('cache-control', 'public, max-age=31536000, immutable'),
    }),
  );
  app.use(serveStatic({ root: deps.webRoot, onFound: (_, c) => c.header('cache-control', 'no-cache') }));
  app.notFound((c) => problemResponse(c, 404, { title: 'No such page', detail: 'The start page is /.' }));
  app.onError((error, c) => {
    if (error instanceof HttpProblem) {
      for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
      const { status, title, message, members } = error;
      return problemResponse(c, status, { title, detail: message, ...members });
    }
    if (error instanceof HasherBusyError) {
      return problemResponse(c, 503, {
        title: 'Too busy',
        detail: 'Try again in some seconds.',
        code: 'too-busy',
      });
    }
    if (error instanceof HTTPException) {
      return problemResponse(c, error.status, { title: 'The request was refused', detail: error.message });
    }
    deps.log.error({ err: error, path: loggedPath(c.req.path) }, 'a request failed');
    return problemResponse(c, 500, {
      title: 'Something went wrong here',
      detail: 'Nothing was changed. The log holds the cause.',
      code: 'internal',
    });
  });
  return app;
}

const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'self'"],
  // The map library starts its worker from its own file; blob: is what it falls back to.
  workerSrc: ["'self'", 'blob:'],
  imgSrc: ["'self'", 'data:', 'blob:'],
  manifestSrc: ["'self'"],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
  formAction: ["'self'"],
};

function mountProbes(app: OpenAPIHono, deps: HttpDeps): void {
  app.get('/healthz', (c) => c.json({ status: 'alive' }));
  app.get('/readyz', async (c) => {
    const components = await deps.components();
    const ready = components.every((part) => part.ok || part.isAside === true);
    // Names, places and versions of the parts are for those who log in.
    const detail = c.get('signedIn') === null ? {} : { components };
    return c.json({ status: ready ? 'ready' : 'degraded', ...detail }, ready ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    const open = deps.access.metrics === 'anyone' || (deps.access.metrics === 'loopback' && isFromHere(c));
    const who = c.get('signedIn')?.principal ?? null;
    if (!open && (who === null || who.areaIds !== null || !inScope(who, 'read'))) {
      return problemResponse(c, 401, {
        title: 'Sign in first',
        detail: 'Send an API token that sees all areas, or set http.metrics.',
      });
    }
    const { contentType, body } = await deps.metrics();
    return c.body(body, 200, { 'content-type': contentType });
  });
}

/** Without what is secret in it: the address of a calendar is all that its program has to show. */
function loggedPath(path: string): string {
  return path.replace(/^(\/api\/v1\/calendars\/).+/, '$1(secret)');
}

function hostName(header: string | undefined): string {
  return (header ?? '').replace(/:\d+$/, '').toLowerCase();
}
