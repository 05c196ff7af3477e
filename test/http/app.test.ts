import { beforeEach, describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../server/core/reading.ts';
import { createHttpApp } from '../../server/http/app.ts';
import type { HttpDeps } from '../../server/http/deps.ts';
import { LiveHub } from '../../server/http/live.ts';
import { gridModel, handClock, httpDeps, mapSnapshot, transformer } from './deps.ts';

const model = gridModel([transformer('T1'), transformer('T2'), transformer('T3', { name: '虾洼2号' })]);
const live = {
  snapshot: () => mapSnapshot(model, [0, 5, 0]),
  onDelta: () => () => undefined,
  transformer: () => null,
  replayDay: () => ({
    startMs: 0,
    stepMs: 900_000,
    steps: 2,
    rows: 3,
    condition: new Uint8Array([0, 5, 0, 0, 0, 255]),
    worstDeciV: new Uint16Array([2300, 1842, 2300, 2300, 2300, 65_535]),
  }),
};

function compose(parts: Partial<HttpDeps> = {}) {
  const deps = httpDeps({ live, grid: () => model, ...parts });
  return createHttpApp(deps, new LiveHub(live, handClock().clock, 'run1'));
}

it('reads no body beyond a megabyte, whether its length is told or not', async () => {
  const body = JSON.stringify({ id: 'x'.repeat(1 << 20) });
  const post = (init: object, headers: Record<string, string> = {}) =>
    compose().request('/api/v1/transformers', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      ...init,
    });
  expect((await post({ body }, { 'content-length': String(body.length) })).status).toBe(413);
  expect((await post({ body: new Blob([body]).stream(), duplex: 'half' })).status).toBe(413);
});

describe('transformers', () => {
  it('lists the most urgent first and pages without gap or overlap', async () => {
    const app = compose();
    const first = await (await app.request('/api/v1/transformers?limit=2')).json();
    expect(first.items.map((i: { id: string }) => i.id)).toEqual(['T2', 'T1']);
    expect(first.total).toBe(3);
    const next = await (await app.request(`/api/v1/transformers?limit=2&cursor=${first.cursor}`)).json();
    expect(next.items.map((i: { id: string }) => i.id)).toEqual(['T3']);
    expect(next.cursor).toBeNull();
  });

  it.each([
    ['status=serious-low', ['T2']],
    ['q=虾洼', ['T3']],
    ['q=t1', ['T1']],
    ['area=none', []],
    ['feeder=F1&status=normal', ['T1', 'T3']],
  ])('filters by %s', async (query, ids) => {
    const answer = await (await compose().request(`/api/v1/transformers?${query}`)).json();
    expect(answer.items.map((i: { id: string }) => i.id)).toEqual(ids);
  });

  it('are found and described by their English names too', async () => {
    const named = transformer('T1', { attributes: { name_en: 'Hewan 3', area_name_en: 'Hewan' } });
    const grid = gridModel([transformer('T0'), named]);
    const app = compose({
      grid: () => grid,
      live: { ...live, snapshot: () => mapSnapshot(grid, [0, 0]) },
      store: { points: async () => [] } as unknown as HttpDeps['store'],
      database: { registry: { versions: async () => [] } } as unknown as HttpDeps['database'],
    });
    const found = await (await app.request('/api/v1/transformers?q=hewan')).json();
    expect(found.items.map((i: { id: string }) => i.id)).toEqual(['T1']);
    expect(await (await app.request('/api/v1/transformers/T1')).json()).toMatchObject({
      nameEn: 'Hewan 3',
      areaName: '河湾 Hewan',
      areaNameEn: 'Hewan',
      feederName: '10kV 合溪线',
      feederNameEn: null,
    });
  });

  it('answers a fault with problem details that name every field', async () => {
    const answer = await compose().request('/api/v1/transformers?limit=0&status=blue');
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const problem = await answer.json();
    expect(problem.faults.map((f: { path: string }) => f.path)).toEqual(['limit', 'status']);
  });

  it.each(['T\u0000', 'a/b', 'a+', '#'])('refuses to register %j', async (id) => {
    const answer = await compose().request('/api/v1/transformers', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, name: 'x', org: 'o', areaId: 'A1', feederId: 'F1' }),
    });
    expect(answer.status).toBe(422);
    expect((await answer.json()).faults[0].path).toBe('id');
  });

  it('answers 404 for an unknown one', async () => {
    const answer = await compose().request('/api/v1/transformers/nobody');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ status: 404, title: 'No such transformer' });
  });
});

describe('readings as CSV', () => {
  it('quotes by RFC 4180 and defuses formulas', async () => {
    const odd = gridModel([transformer('=cmd,"x"')]);
    const one = Float64Array.of(221.5);
    const none = Float64Array.of(Number.NaN);
    const store = {
      readings: async () => ({
        tsMs: Float64Array.of(Date.UTC(2026, 6, 1)),
        intervalS: none,
        flags: Int32Array.of(0),
        uaV: one,
        ubV: none,
        ucV: one,
        uaMinV: none,
        ubMinV: none,
        ucMinV: none,
        iaA: none,
        ibA: none,
        icA: none,
        inA: none,
        pKw: none,
        qKvar: none,
      }),
    } as unknown as HttpDeps['store'];
    const app = compose({ grid: () => odd, store });
    const answer = await app.request(
      `/api/v1/transformers/${encodeURIComponent('=cmd,"x"')}/readings.csv?from=0&to=1`,
    );
    expect(await answer.text()).toBe(
      'transformer_id,ts,ua_v,ub_v,uc_v,ia_a,ib_a,ic_a,p_kw,q_kvar,point,' +
        'in_a,ua_min_v,ub_min_v,uc_min_v,interval_s,flags\r\n' +
        `"'=cmd,""x""",2026-07-01T00:00:00.000Z,221.5,,221.5,,,,,,outlet,,,,,,0\r\n`,
    );
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="_cmd__x_-outlet.csv"');
  });
});

describe('dead letters', () => {
  const letter = (id: string): DeadLetter => ({
    id,
    receivedMs: 5,
    topic: 'pq/v1/o/T9/data',
    payload: new TextEncoder().encode('{"ts":1}'),
    reason: 'unknown-transformer',
    detail: 'T9 is not registered',
    transformerId: 'T9',
  });
  let removed: string[];
  beforeEach(() => (removed = []));
  const database = {
    deadLetters: {
      list: async () => ({ items: [letter('a'), letter('b'), letter('c')], cursor: null }),
      get: async (id: string) => (id === 'a' ? letter('a') : null),
      remove: async (ids: string[]) => void removed.push(...ids),
    },
  } as unknown as HttpDeps['database'];

  it('shows the payload as text', async () => {
    const answer = await (await compose({ database }).request('/api/v1/deadletters')).json();
    expect(answer.items[0]).toMatchObject({ id: 'a', payloadText: '{"ts":1}', payloadBytes: 8 });
  });

  it('hands all letters of a page over before it waits for one', async () => {
    // Each waits until all three are there, as readings of one batch do.
    const waiting: (() => void)[] = [];
    const app = compose({
      database,
      replayDeadLetter: () =>
        new Promise((resolve) => {
          if (waiting.push(() => resolve(true)) === 3) for (const settle of waiting) settle();
        }),
    });
    const answer = await app.request('/api/v1/deadletters/replay', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'unknown-transformer' }),
    });
    expect(await answer.json()).toEqual({ replayed: 3, refusedAgain: 0 });
  });

  it('removes only what was taken on replay', async () => {
    const app = compose({ database, replayDeadLetter: async (l) => l.id !== 'b' });
    const answer = await app.request('/api/v1/deadletters/replay', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'unknown-transformer' }),
    });
    expect(await answer.json()).toEqual({ replayed: 2, refusedAgain: 1 });
    expect(removed).toEqual(['a', 'c']);
  });

  it('answers 404 for a letter that is gone', async () => {
    const answer = await compose({ database }).request('http://localhost/api/v1/deadletters/zz/replay', {
      method: 'POST',
      headers: { origin: 'http://localhost' },
    });
    expect(answer.status).toBe(404);
  });
});

describe('safety', () => {
  it('refuses a form posted from another site', async () => {
    const answer = await compose().request('http://peakvolt.local/api/v1/deadletters/x/replay', {
      method: 'POST',
      headers: { origin: 'http://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.status).toBe(403);
  });

  it('refuses a host name that is not ours', async () => {
    const app = compose({ allowedHosts: new Set(['127.0.0.1']) });
    expect((await app.request('/healthz', { headers: { host: 'rebound.example:8080' } })).status).toBe(421);
    expect((await app.request('/healthz', { headers: { host: '127.0.0.1:8080' } })).status).toBe(200);
  });

  it('sends a policy without unsafe-inline', async () => {
    const policy = (await compose().request('/healthz')).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('unsafe');
  });

  it('hides the cause of a failure', async () => {
    const app = compose({
      metrics: () => {
        throw new Error('password=hunter2');
      },
    });
    const answer = await app.request('/metrics');
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('hunter2');
  });
});

describe('probes and documents', () => {
  it('says ready only when every part is', async () => {
    const failing = [
      { name: 'store', ok: false, product: 'influxdb', detail: 'refused', remedy: 'start it' },
    ];
    expect((await compose().request('/readyz')).status).toBe(200);
    const answer = await compose({ components: async () => failing }).request('/readyz');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: 'degraded', components: failing });
    const aside = [{ ...failing[0]!, name: 'planning', isAside: true }];
    expect((await compose({ components: async () => aside }).request('/readyz')).status).toBe(200);
  });

  it('publishes an OpenAPI 3.1 document of every route, and a page of it', async () => {
    const app = compose();
    const document = await (await app.request('/api/v1/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/api/v1/transformers/{id}/readings');
    expect(Object.keys(document.paths)).toContain('/api/v1/imports/{kind}');
    const page = await (await app.request('/api/docs')).text();
    expect(page).toContain('/api/v1/map/replay');
  });

  it('answers an unknown resource with problem details', async () => {
    const answer = await compose().request('/api/v1/nothing');
    expect(answer.status).toBe(404);
    expect((await answer.json()).title).toBe('No such resource');
  });
});
