import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../simulator/calendar.ts';
import { readWeather, writeHistory, writeRegistry, writeWeather } from '../../simulator/files.ts';
import { REPLAY_RATE_PER_S, parseSpanMs, recentSpan, replay, simulate } from '../../simulator/main.ts';
import { buildGrid } from '../../simulator/grid.ts';
import { readingOf } from '../../simulator/replay.ts';

/** What goes over the wire, seen by a broker. */

let server: Server;
let aedes: Aedes;
let url: string;
let seen: { topic: string; body: Record<string, unknown>; qos: number; retain: boolean }[] = [];
const folder = mkdtempSync(join(tmpdir(), 'peakvolt-sim-'));

beforeAll(async () => {
  aedes = await Aedes.createBroker();
  aedes.on('publish', (packet, client) => {
    if (!client) return;
    const body = JSON.parse(packet.payload.toString()) as Record<string, unknown>;
    seen.push({ topic: packet.topic, body, qos: packet.qos, retain: packet.retain });
  });
  server = createServer(aedes.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `mqtt://127.0.0.1:${(server.address() as { port: number }).port}`;
});

afterEach(() => {
  seen = [];
});

afterAll(async () => {
  await new Promise<void>((resolve) => aedes.close(() => resolve()));
  server.close();
  rmSync(folder, { recursive: true });
});

const never = new AbortController().signal;
const kind = (name: string) => seen.filter((m) => m.topic.endsWith(`/${name}`));

describe('simulate', () => {
  const nowMs = Date.UTC(2026, 10, 24, 11, 30);
  /** Time passes only by sleeping. */
  const fakeClock = () => {
    let now = nowMs;
    return { nowMs: () => now, sleep: async (delayMs: number) => void (now += delayMs) };
  };

  it('announces its devices, reports at QoS 1, says good-bye; every publication acknowledged', async () => {
    const grid = buildGrid({ transformers: 20 });
    const options = { broker: { url }, grid, intervals: 3, scenario: 'calm', clock: fakeClock() } as const;
    const { deliveries, published } = await simulate(options, never);
    const points = 20 + grid.transformers.reduce((n, t) => n + t.tails.length, 0);
    expect(deliveries.sent).toBe(points * 3);
    expect(published).toEqual({ sent: seen.length, acked: seen.length, failed: 0 });
    expect(kind('data')).toHaveLength(points * 3);
    expect(kind('meta').every((m) => m.retain)).toBe(true);
    expect(kind('meta')).toHaveLength(20);
    expect(kind('status').map((m) => m.body['online'])).toEqual([
      ...Array.from({ length: 20 }, () => true),
      ...Array.from({ length: 20 }, () => false),
    ]);
    expect(seen.every((m) => m.qos === 1)).toBe(true);
    expect(seen.some((m) => m.topic === 'weather/v1/chengxi/WS1')).toBe(true);
    expect(kind('forecast').map((m) => m.topic)).toEqual(
      grid.stations.map((id) => `weather/v1/chengxi/${id}/forecast`),
    );
    expect(kind('data').every((m) => m.topic === `pq/v1/chengxi/${String(m.body['id'])}/data`)).toBe(true);
  });

  it('never publishes the future, however fast it runs', async () => {
    const clock = fakeClock();
    const times: number[] = [];
    const options = { broker: { url }, transformers: 5, intervals: 200, speed: 7200, intervalS: 900, clock };
    await simulate({ ...options, onInterval: (tsMs) => times.push(tsMs - clock.nowMs()) }, never);
    expect(times).toHaveLength(200);
    const issues = [...new Set(kind('forecast').map((m) => Number(m.body['issued'])))];
    // 50 hours hold eight or nine of the hours at which one is issued, and there is one at the start.
    expect(issues.length).toBeGreaterThanOrEqual(9);
    expect(Math.max(...issues)).toBeLessThanOrEqual(clock.nowMs());
    expect(Math.max(...times)).toBeLessThanOrEqual(-900_000);
  });

  it('stops when told to', async () => {
    const stop = new AbortController();
    const options = { broker: { url }, transformers: 5, clock: fakeClock(), onInterval: () => stop.abort() };
    await simulate(options, stop.signal);
    expect(kind('status').at(-1)?.body).toEqual({ online: false });
  });
});

describe('replay', () => {
  it('sends every row once, as it is, and names the rows that it cannot', async () => {
    const file = join(folder, 'history.csv');
    const header = 'transformer_id,ts,ua_v,ub_v,uc_v,ia_a,ib_a,ic_a,in_a,point';
    const rows = Array.from(
      { length: 500 },
      (_, i) => `K-01,${1_700_000_000_000 + i * 900_000},230.${i % 10},0,,1,2,3,0.5,`,
    );
    const bad = [
      'K-01,yesterday,1,1,1,1,1,1,1,',
      ',1700000000000,1,1,1,1,1,1,1,',
      'K-01,2019-06-25T13:06:00,1,1,1,1,1,1,1,',
    ];
    writeFileSync(file, [header, ...rows, ...bad, rows[0]!].join('\n'));
    const { rows: counts, published } = await replay(
      { broker: { url }, file, org: 'kaggle', ratePerS: 1_000_000 },
      never,
    );
    expect(counts).toMatchObject({ rows: 504, sent: 501, refused: 3 });
    expect(counts.faults.map((f) => f.split(':')[0])).toEqual(['row 501', 'row 502', 'row 503']);
    expect(published).toEqual({ sent: 501, acked: 501, failed: 0 });
    expect(seen).toHaveLength(501);
    expect(seen[0]).toMatchObject({
      topic: 'pq/v1/kaggle/K-01/data',
      body: { v: 1, id: 'K-01', ts: 1_700_000_000_000, u: { a: 230, b: 0 }, i: { a: 1, b: 2, c: 3, n: 0.5 } },
    });
  });

  it('replays what the simulator wrote', async () => {
    const grid = buildGrid({ transformers: 5 });
    const file = join(folder, 'made.csv');
    await writeRegistry(grid, join(folder, 'registry.csv'));
    await writeHistory(grid, file, recentSpan(grid, 6 * HOUR_MS, HOUR_MS, 'calm'));
    const { rows } = await replay(
      { broker: { url }, file, org: 'chengxi', ratePerS: REPLAY_RATE_PER_S * 100 },
      never,
    );
    const points = 5 + grid.transformers.reduce((n, t) => n + t.tails.length, 0);
    expect(rows).toMatchObject({ rows: points * 6, sent: points * 6, refused: 0 });
  });

  it('weather that was written can be the weather of another grid', async () => {
    const grid = buildGrid({ transformers: 5 });
    const file = join(folder, 'weather.csv');
    const fromMs = Date.UTC(2025, 0, 1) - 8 * HOUR_MS;
    await writeWeather(grid, file, { fromMs, toMs: fromMs + 365 * 24 * HOUR_MS, stepMs: HOUR_MS });
    const weather = await readWeather(file);
    for (const hour of [0, 17, 4000, 8759]) {
      const at = fromMs / HOUR_MS + hour;
      expect(Math.abs(weather.tempC(0, at) - grid.weather.tempC(0, at))).toBeLessThan(0.051);
    }
    await expect(readWeather(join(folder, 'absent.csv'))).rejects.toThrow('absent.csv');
  });

  it('fails by name when the file is not there', async () => {
    await expect(
      replay({ broker: { url }, file: join(folder, 'none.csv'), org: 'x' }, never),
    ).rejects.toThrow('none.csv');
  });

  it('any row becomes a reading with finite numbers or a sentence', () => {
    const cell = fc.oneof(
      fc.string(),
      fc.constantFrom('', '0', '-0', 'NaN', '1e308', 'Infinity', '221.3', '1970-01-01T00:00:00Z'),
    );
    const row = fc.record(
      {
        transformer_id: cell,
        ts: cell,
        ua_v: cell,
        ib_a: cell,
        in_a: cell,
        p_kw: cell,
        q_kvar: cell,
        point: cell,
      },
      { requiredKeys: [] },
    );
    const holds = (r: Record<string, string>): boolean => {
      const result = readingOf(r);
      if (typeof result === 'string') return result.length > 0;
      const { ts, u, i = {}, p = 0, q = 0, id } = result;
      return (
        [ts, ...Object.values(u), ...Object.values(i), p, q].every(Number.isFinite) && !/[+#/\s]/.test(id!)
      );
    };
    expect(fc.check(fc.property(row, (r) => holds(r as Record<string, string>))).failed).toBe(false);
    const good = {
      transformer_id: fc.stringMatching(/^[A-Z0-9-]{1,8}$/),
      ts: fc.nat().map(String),
      ua_v: cell,
      in_a: cell,
    };
    expect(
      fc.check(fc.property(fc.record(good), (r) => typeof readingOf(r) === 'object' && holds(r))).failed,
    ).toBe(false);
  });

  it.each([
    ['36h', 36 * HOUR_MS],
    ['2y', 730 * 24 * HOUR_MS],
    ['2 years', null],
    ['', null],
  ])('span %s', (text, spanMs) => {
    expect(parseSpanMs(text)).toBe(spanMs);
  });
});
