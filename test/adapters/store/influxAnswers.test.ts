import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInfluxStore } from '../../../server/adapters/store/influx/influxStore.ts';
import type { Notice } from '../../../server/core/notice.ts';
import type { ReadingStore } from '../../../server/ports.ts';
import { LIMITS, T0, ZONE, reading } from '../../contract/readingStoreRows.ts';
import { startInfluxServer, type Behaviour, type InfluxServer } from '../../fixtures/influxServer.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';

const TOKEN = 'a-secret-token';
let server: InfluxServer;
let store: ReadingStore;
const log = recordingLog();

const open = (options: object = {}): ReadingStore =>
  createInfluxStore({
    url: server.url,
    token: TOKEN,
    org: 'county',
    bucket: 'pq',
    timeZone: ZONE,
    limitsOf: () => LIMITS,
    log,
    clock: realClock,
    ...options,
  });

beforeEach(async () => {
  server = await startInfluxServer();
  store = open();
});
afterEach(async () => {
  await store.stop();
  await server.stop();
});

const rows = [reading({ uaV: 221.5, flags: 4 }), reading({ tsMs: T0 + 1000, uaV: 219 })];

describe('a 2.x server', () => {
  it('gets its buckets made, and lines that it can read, with the token in the header', async () => {
    await store.start();
    expect([...server.buckets]).toEqual(['pq', 'pq_daily']);
    expect(await store.writeReadings(rows)).toEqual({ kind: 'stored' });
    expect(server.lines).toEqual([
      `reading,point=outlet,transformer=T1 uaV=221.5,flags=4i ${T0}`,
      `reading,point=outlet,transformer=T1 uaV=219,flags=0i ${T0 + 1000}`,
    ]);
    expect(server.requests.at(-1)).toBe('POST /api/v2/write?org=county&bucket=pq&precision=ms');
    expect(new Set(server.logins)).toEqual(new Set([`Token ${TOKEN}`]));
    expect(server.requests.join() + log.lines.join()).not.toContain(TOKEN);
    expect((await store.health()).product).toBe('influxdb 2.7.11');
  });

  it('can be sent gzip', async () => {
    await store.stop();
    store = open({ gzip: true });
    const many = Array.from({ length: 100 }, (_, k) => reading({ tsMs: T0 + k, uaV: 220 }));
    expect(await store.writeReadings(many)).toEqual({ kind: 'stored' });
    expect(server.lines).toHaveLength(100);
  });

  it('deletes by its own interface', async () => {
    await store.deleteBefore(T0);
    expect(server.requests.at(-1)).toBe('POST /api/v2/delete?org=county&bucket=pq');
  });
});

it('a 3.x server makes databases by itself', async () => {
  await server.stop();
  server = await startInfluxServer('3.4.1');
  store = open();
  expect(await store.writeReadings(rows)).toEqual({ kind: 'stored' });
  expect(server.buckets.size).toBe(0);
  await expect(store.deleteBefore(T0)).rejects.toThrow('retention period');
});

describe('an answer to a write', () => {
  const answer = (status: number, more: object = {}): Behaviour => ({ kind: 'answer', status, ...more });
  const trouble = (said: string): Notice => ({ code: 'influx-trouble', values: { answer: said } });

  it.each([
    [
      '400',
      answer(400, { body: { message: 'unable to parse' } }),
      { kind: 'refused', reason: '400 unable to parse' },
    ],
    ['422', answer(422), { kind: 'refused', reason: '422 status 422' }],
    ['413', answer(413), { kind: 'too-large', reason: '413 status 413' }],
    [
      '429 with a time',
      answer(429, { retryAfter: '7' }),
      { kind: 'retry', reason: '429 status 429', afterMs: 7000, notice: trouble('429 status 429') },
    ],
    [
      '429 without',
      answer(429),
      { kind: 'retry', reason: '429 status 429', notice: trouble('429 status 429') },
    ],
    ['500', answer(500), { kind: 'retry', reason: '500 status 500', notice: trouble('500 status 500') }],
    [
      '503',
      answer(503, { retryAfter: '1' }),
      { kind: 'retry', reason: '503 status 503', afterMs: 1000, notice: trouble('503 status 503') },
    ],
  ])('%s', async (_, behaviour, result) => {
    server.behave(behaviour);
    expect(await store.writeReadings(rows)).toEqual(result);
  });

  it('tells a date in Retry-After as the time until then', async () => {
    await store.stop();
    const nowMs = Date.UTC(2026, 0, 1);
    store = open({ clock: { ...realClock, nowMs: () => nowMs } });
    server.behave(answer(503, { retryAfter: new Date(nowMs + 90_000).toUTCString() }));
    expect(await store.writeReadings(rows)).toMatchObject({ kind: 'retry', afterMs: 90_000 });
  });

  it.each([
    [401, 'INFLUX_TOKEN', 'influx-login'],
    [403, 'right to read and write', 'influx-right'],
    [404, 'INFLUX_BUCKET', 'influx-missing'],
    [405, 'INFLUX_VERSION', 'influx-not-influx'],
  ])('%i parks, and says how to mend it', async (status, remedy, code) => {
    server.behave(answer(status));
    expect(await store.writeReadings(rows)).toEqual({
      kind: 'parked',
      reason: `${status} status ${status}`,
      remedy: expect.stringContaining(remedy),
      notice: { code, values: { answer: `${status} status ${status}` } },
    });
    server.behave({ kind: 'store' });
    expect(await store.writeReadings(rows)).toEqual({ kind: 'stored' });
  });

  it('a partial write is refused, what was good is stored', async () => {
    server.behave({ kind: 'partial', refuse: 'uaV=219' });
    const result = await store.writeReadings(rows);
    expect(result).toEqual({ kind: 'refused', reason: '422 partial write: dropped=1' });
    expect(server.lines).toHaveLength(1);
  });

  it.each<Behaviour>([{ kind: 'hang' }, { kind: 'half-open' }])(
    'none within the time ($kind)',
    async (behaviour) => {
      await store.stop();
      store = open({ timeoutMs: 150 });
      await store.start();
      server.behave(behaviour);
      expect(await store.writeReadings(rows)).toMatchObject({
        kind: 'retry',
        notice: { code: 'influx-silent' },
      });
      server.behave({ kind: 'store' });
      expect(await store.writeReadings(rows)).toEqual({ kind: 'stored' });
    },
  );

  it('none because nobody listens: starting works, health says so, a later write succeeds', async () => {
    const { url } = server;
    await server.stop();
    store = open({ url });
    await store.start();
    expect((await store.writeReadings(rows)).kind).toBe('retry');
    const health = await store.health();
    expect(health).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('INFLUX_URL'),
      notice: { code: 'influx-unreachable', values: { error: expect.stringContaining('ECONNREFUSED') } },
    });
    server = await startInfluxServer();
  });
});

describe('what line protocol has no word for', () => {
  it.each(['', 'two\nlines', 'ends with \\'])(
    'a transformer named %j is refused before it is sent',
    async (id) => {
      const result = await store.writeReadings([reading({ transformerId: id, uaV: 1 })]);
      expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining('cannot be a tag') });
      expect(server.lines).toEqual([]);
    },
  );

  it('leaves out NaN and infinities, keeps the extremes of numbers', async () => {
    const odd = reading({ uaV: NaN, ubV: Infinity, ucV: 1e308, iaA: 1e-300, pKw: -0 });
    expect(await store.writeReadings([odd])).toEqual({ kind: 'stored' });
    expect(server.lines).toEqual([
      `reading,point=outlet,transformer=T1 ucV=1e+308,iaA=1e-300,pKw=0,flags=0i ${T0}`,
    ]);
  });

  it('a time that is no whole number is refused', async () => {
    expect((await store.writeReadings([reading({ tsMs: T0 + 0.5, uaV: 1 })])).kind).toBe('refused');
  });
});
