import { describe, expect, it } from 'vitest';
import { createHttpApp } from '../../server/http/app.ts';
import { LiveHub } from '../../server/http/live.ts';
import { gridModel, handClock, httpDeps, mapSnapshot, transformer } from './deps.ts';

/** What a page of another origin may do: nothing, as there are no accounts to keep it out. */

const OURS = 'http://127.0.0.1:8080';
const HOST = '127.0.0.1:8080';
const FOREIGN = 'https://evil.example';
const model = gridModel([transformer('T1')]);

function compose() {
  let imports = 0;
  const live = {
    snapshot: () => mapSnapshot(model, [0]),
    onDelta: () => () => undefined,
    transformer: () => null,
    replayDay: () => {
      throw new Error('not asked for here');
    },
  };
  const hub = new LiveHub(live, handClock().clock, 'run1');
  const deps = httpDeps({
    live,
    grid: () => model,
    allowedHosts: new Set(['127.0.0.1']),
    runImport: async (kind) => {
      imports++;
      return { kind, dryRun: false, rows: 0, stored: 0, duplicate: 0, refused: 0, errors: [] };
    },
  });
  return { app: createHttpApp(deps, hub), hub, imports: () => imports };
}

/** Only these let a browser hand an answer to a page of another origin. */
const permissions = (answer: Response): string[] =>
  [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'));

describe('a page of another origin', () => {
  it.each(['/api/v1/live', '/api/v1/transformers', '/api/v1/map', '/healthz'])(
    'is not handed %s',
    async (path) => {
      const answer = await compose().app.request(OURS + path, { headers: { host: HOST, origin: FOREIGN } });
      expect(answer.status).toBe(200);
      expect(permissions(answer)).toEqual([]);
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
      await answer.body?.cancel();
    },
  );

  it.each([['text/plain'], ['multipart/form-data; boundary=x'], [null]])(
    'cannot send an import that needs no question before (%s)',
    async (type) => {
      const { app, imports } = compose();
      const answer = await app.request(`${OURS}/api/v1/imports/registry`, {
        method: 'POST',
        headers: { host: HOST, origin: FOREIGN, ...(type === null ? {} : { 'content-type': type }) },
        body: new TextEncoder().encode('transformer_id\n'),
      });
      expect(answer.status).toBe(403);
      expect(imports()).toBe(0);
    },
  );

  it('is refused when it asks whether it may send CSV', async () => {
    const answer = await compose().app.request(`${OURS}/api/v1/imports/registry`, {
      method: 'OPTIONS',
      headers: {
        host: HOST,
        origin: FOREIGN,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(answer.ok).toBe(false);
    expect(permissions(answer)).toEqual([]);
  });
});

describe('a name that was bound to our address', () => {
  it.each([
    ['GET', '/api/v1/live'],
    ['GET', '/api/v1/transformers'],
    ['POST', '/api/v1/imports/registry'],
  ])('is refused: %s %s', async (method, path) => {
    const { app, hub, imports } = compose();
    const answer = await app.request(`http://rebound.example:8080${path}`, {
      method,
      headers: { host: 'rebound.example:8080', origin: 'http://rebound.example:8080' },
      ...(method === 'POST' ? { body: 'transformer_id\n' } : {}),
    });
    expect(answer.status).toBe(421);
    expect(hub.clients).toBe(0);
    expect(imports()).toBe(0);
  });
});

it('our own page may import and listen', async () => {
  const { app, hub, imports } = compose();
  const headers = { host: HOST, origin: OURS, 'content-type': 'text/csv' };
  const answer = await app.request(`${OURS}/api/v1/imports/registry`, {
    method: 'POST',
    headers,
    body: 'x\n',
  });
  expect(await answer.text()).toContain('"report"');
  expect(imports()).toBe(1);
  const stream = await app.request(`${OURS}/api/v1/live`, { headers: { host: HOST } });
  expect(hub.clients).toBe(1);
  await stream.body!.cancel();
});
