import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../server/core/localTime.ts';
import type { MonitoredTime } from '../../server/core/compliance.ts';
import type { DailySummary } from '../../server/core/summary.ts';
import { createHttpApp } from '../../server/http/app.ts';
import type { HttpDeps } from '../../server/http/deps.ts';
import { LiveHub } from '../../server/http/live.ts';
import { dailySummary } from '../dailySummary.ts';
import { gridModel, handClock, httpDeps, mapSnapshot, transformer } from './deps.ts';

/** 3 August 2026, 12:00 in Shanghai. */
const NOON_MS = Date.parse('2026-08-03T04:00Z');
const TODAY_MS = Date.parse('2026-08-02T16:00Z');
const MINUTE_MS = 60_000;

type Span = { transformerId?: string; fromMs: number; toMs: number };

const daily = (transformerId: string, dayMs: number, over: Partial<DailySummary> = {}) =>
  dailySummary({ transformerId, dayMs, ...over });

function compose(of: (dayMs: number) => DailySummary[]) {
  let model = gridModel([transformer('T1'), transformer('T2'), transformer('T3')]);
  const asked: Span[] = [];
  const { clock, advance } = handClock(NOON_MS);
  const store = {
    monitoredTimes: async (span: Span) => {
      asked.push(span);
      const sums: MonitoredTime[] = [];
      for (let dayMs = span.fromMs; dayMs < span.toMs; dayMs += DAY_MS) {
        for (const { transformerId, point, monitoredMin, qualifiedMin } of of(dayMs)) {
          const key = (s: MonitoredTime) => s.transformerId === transformerId && s.point === point;
          let sum = sums.find(key);
          if (sum === undefined)
            sums.push((sum = { transformerId, point, monitoredMin: 0, qualifiedMin: 0, coveredMin: 0 }));
          sum.monitoredMin += monitoredMin;
          sum.qualifiedMin += qualifiedMin;
          sum.coveredMin += monitoredMin;
        }
      }
      return sums;
    },
    dailies: async (span: Span) => {
      asked.push(span);
      const rows: DailySummary[] = [];
      for (let dayMs = span.fromMs; dayMs < span.toMs; dayMs += DAY_MS) rows.push(...of(dayMs));
      return rows.filter(
        (row) => span.transformerId === undefined || row.transformerId === span.transformerId,
      );
    },
  } as unknown as HttpDeps['store'];
  const live = {
    snapshot: () => mapSnapshot(model, [0, 0, 0]),
    onDelta: () => () => undefined,
    transformer: () => null,
  } as unknown as HttpDeps['live'];
  const deps = httpDeps({ clock, store, live, grid: () => model });
  const app = createHttpApp(deps, new LiveHub(live, clock, 'run1'));
  return { app, asked, advance, changeGrid: () => (model = { ...model, version: model.version + 1 }) };
}

describe('compliance of a transformer', () => {
  const path = (from: string, to: string, id = 'T1') =>
    `/api/v1/transformers/${id}/compliance?from=${Date.parse(from)}&to=${Date.parse(to)}`;

  it('gives each month and each point its rate beside its completeness, up to yesterday', async () => {
    const { app, asked } = compose((dayMs) => [
      daily('T1', dayMs, { qualifiedMin: 1368, lowHours: 1 }),
      ...(dayMs >= Date.parse('2026-07-31T16:00Z') ? [daily('T1', dayMs, { point: 'tail-1' })] : []),
    ]);
    const answer = await (await app.request(path('2026-07-29T16:00Z', '2026-09-01T00:00Z'))).json();
    expect(asked).toEqual([{ transformerId: 'T1', fromMs: Date.parse('2026-07-29T16:00Z'), toMs: TODAY_MS }]);
    expect(answer).toMatchObject({ transformerId: 'T1', toMs: TODAY_MS, completenessMinPct: 90 });
    const twoDays = {
      ratePct: 95,
      completenessPct: 100,
      monitoredMin: 2880,
      lowHours: 2,
      validHours: 48,
      outageSharePct: 0,
    };
    const AUGUST_MS = Date.parse('2026-07-31T16:00Z');
    expect(answer.points[0].months).toEqual([
      { month: '2026-07', fromMs: AUGUST_MS - 2 * DAY_MS, toMs: AUGUST_MS, ...twoDays },
      { month: '2026-08', fromMs: AUGUST_MS, toMs: TODAY_MS, ...twoDays },
    ]);
    expect(answer.points[1]).toMatchObject({
      point: 'tail-1',
      total: { ratePct: null, completenessPct: 50 },
      months: [{ ratePct: null, completenessPct: 0 }, { ratePct: 100 }],
    });
  });

  it('of days to come is empty, and asks nobody', async () => {
    const { app, asked } = compose(() => []);
    const answer = await (await app.request(path('2026-09-01T00:00Z', '2026-10-01T00:00Z'))).json();
    expect(answer.points).toMatchObject([{ point: 'outlet', total: { ratePct: null }, months: [] }]);
    expect(asked).toEqual([]);
  });

  it.each([
    ['an empty span', path('2026-07-01T00:00Z', '2026-07-01T00:00Z'), 422],
    ['a span of all time', `/api/v1/transformers/T1/compliance?from=0&to=${8.64e15}`, 422],
    ['no span', '/api/v1/transformers/T1/compliance', 422],
    ['an unknown transformer', path('2026-07-01T00:00Z', '2026-07-02T00:00Z', 'T9'), 404],
  ])('refuses %s', async (_, url, status) => {
    expect((await compose(() => []).app.request(url)).status).toBe(status);
  });

  it.each([
    [0, 1],
    [8.64e15 - 1, 8.64e15],
  ])('bears a span at the end of time (%d)', async (from, to) => {
    const { app } = compose(() => []);
    expect((await app.request(`/api/v1/transformers/T1/compliance?from=${from}&to=${to}`)).status).toBe(200);
  });
});

describe('qualification of all for the map', () => {
  const rows = (dayMs: number) => [
    daily('T1', dayMs, { qualifiedMin: 1410 }),
    daily('T1', dayMs, { point: 'tail-1', qualifiedMin: 0 }),
    ...(dayMs < TODAY_MS - 10 * DAY_MS ? [daily('T2', dayMs)] : []),
    daily('gone', dayMs),
  ];
  const get = async (app: ReturnType<typeof compose>['app'], query = '') =>
    (await app.request(`/api/v1/map/qualification${query}`)).json();

  it('is parallel to the snapshot; what is scarcely monitored is unknown', async () => {
    expect(await get(compose(rows).app)).toEqual({
      gridVersion: 7,
      days: 30,
      ratePct: [97.91, null, null],
      completenessPct: [100, 66.6, 0],
    });
  });

  it('asks for the past days once, and again only after ten minutes', async () => {
    const { app, asked, advance } = compose(rows);
    await Promise.all([get(app), get(app)]);
    expect(asked).toEqual([{ fromMs: TODAY_MS - 30 * DAY_MS, toMs: TODAY_MS }]);
    advance(10 * MINUTE_MS - 1);
    await get(app);
    expect(asked).toHaveLength(1);
    advance(1);
    await get(app);
    expect(asked).toHaveLength(2);
  });

  it('is computed again for a changed grid', async () => {
    const { app, asked, changeGrid } = compose(rows);
    await get(app, '?days=2');
    changeGrid();
    expect((await get(app, '?days=2')).gridVersion).toBe(8);
    expect(asked).toHaveLength(2);
  });

  it('forgets the span asked for longest ago when there are many', async () => {
    const { app, asked } = compose(rows);
    for (const days of [1, 2, 3, 4, 5]) await get(app, `?days=${days}`);
    await get(app, '?days=2');
    expect(asked).toHaveLength(5);
    await get(app, '?days=1');
    expect(asked).toHaveLength(6);
  });

  it('keeps no failure', async () => {
    let broken = true;
    const { app } = compose((dayMs) => {
      if (broken) throw new Error('refused');
      return rows(dayMs);
    });
    expect((await app.request('/api/v1/map/qualification')).status).toBe(500);
    broken = false;
    expect((await app.request('/api/v1/map/qualification')).status).toBe(200);
  });

  it.each(['0', '367', '1.5', 'x'])('refuses %s days', async (days) => {
    expect((await compose(rows).app.request(`/api/v1/map/qualification?days=${days}`)).status).toBe(422);
  });
});
