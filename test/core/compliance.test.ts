import { describe, expect, it } from 'vitest';
import {
  complianceOf,
  finishedDays,
  pastDays,
  qualification,
  RATE_COMPLETENESS_MIN_PCT,
} from '../../server/core/compliance.ts';
import { DAY_MS, HOUR_MS, zoneOffset } from '../../server/core/localTime.ts';
import type { DailySummary } from '../../server/core/summary.ts';
import { dailySummary } from '../dailySummary.ts';

const shanghai = zoneOffset('Asia/Shanghai');
const berlin = zoneOffset('Europe/Berlin');
/** 1 July 2026, 00:00 in Shanghai. */
const JULY_MS = Date.parse('2026-06-30T16:00Z');
const at = (text: string): number => Date.parse(text);

const daily = (over: Partial<DailySummary> = {}) => dailySummary({ dayMs: JULY_MS, ...over });
const days = (count: number, over: Partial<DailySummary> = {}): DailySummary[] =>
  Array.from({ length: count }, (_, i) => daily({ dayMs: JULY_MS + i * DAY_MS, ...over }));

describe('qualification of one point', () => {
  const tenDays = { fromMs: JULY_MS, toMs: JULY_MS + 10 * DAY_MS };

  it.each([
    { of: 'all within the limits', days: days(10), rate: 100, completeness: 100 },
    { of: 'an hour a day out', days: days(10, { qualifiedMin: 1380 }), rate: 95.83, completeness: 100 },
    { of: 'all of it out', days: days(10, { qualifiedMin: 0 }), rate: 0, completeness: 100 },
    // 1 of 14,400 minutes: 99.993 %, which must not read as 100.
    {
      of: 'a minute out',
      days: [...days(9), daily({ dayMs: JULY_MS + 9 * DAY_MS, qualifiedMin: 1439 })],
      rate: 99.99,
      completeness: 100,
    },
    { of: 'nine days of ten', days: days(9, { qualifiedMin: 1296 }), rate: 90, completeness: 90 },
    {
      of: 'a minute under coverage',
      days: [...days(8), daily({ dayMs: JULY_MS + 8 * DAY_MS, monitoredMin: 1439, qualifiedMin: 1439 })],
      rate: null,
      completeness: 89.9,
    },
    { of: 'one good day of ten', days: days(1), rate: null, completeness: 10 },
    { of: 'no data', days: [], rate: null, completeness: 0 },
    {
      of: 'only outages',
      days: days(10, { monitoredMin: 0, qualifiedMin: 0, validHours: 0, outageCount: 96 }),
      rate: null,
      completeness: 0,
    },
    // Readings that overlap: the rate is a share of what was monitored, the completeness stays honest.
    {
      of: 'five days told twice',
      days: days(5, { monitoredMin: 2880, qualifiedMin: 2880 }),
      rate: null,
      completeness: 50,
    },
    {
      of: 'ten days told twice',
      days: days(10, { monitoredMin: 2880, qualifiedMin: 2160 }),
      rate: 75,
      completeness: 100,
    },
    {
      of: 'a day outside the span',
      days: [...days(10), daily({ dayMs: JULY_MS - DAY_MS, qualifiedMin: 0 })],
      rate: 100,
      completeness: 100,
    },
  ])('$of', ({ days: of, rate, completeness }) => {
    expect(qualification(of, tenDays)).toMatchObject({ ratePct: rate, completenessPct: completeness });
  });

  it('needs the coverage that the design chose', () => {
    expect(RATE_COMPLETENESS_MIN_PCT).toBe(90);
  });

  it('keeps the low hours where it gives no rate', () => {
    const scarce = days(2, { lowHours: 3, validHours: 20, outageCount: 24 });
    expect(qualification(scarce, tenDays)).toEqual({
      ratePct: null,
      completenessPct: 20,
      monitoredMin: 2880,
      lowHours: 6,
      validHours: 40,
      outageSharePct: 25,
    });
  });

  it('covers a day of 23 hours in full, and no more than in full', () => {
    const span = { fromMs: at('2026-03-28T23:00Z'), toMs: at('2026-03-29T22:00Z') };
    const short = daily({ dayMs: span.fromMs, monitoredMin: 1380, qualifiedMin: 1380 });
    expect(qualification([short], span)).toMatchObject({ ratePct: 100, completenessPct: 100 });
    expect(qualification([daily({ dayMs: span.fromMs })], span).completenessPct).toBe(100);
  });
});

describe('compliance of a transformer', () => {
  it('tells the outlet first, then the line ends, month by month in the zone of the grid', () => {
    const span = { fromMs: JULY_MS - 2 * DAY_MS, toMs: JULY_MS + 2 * DAY_MS };
    const june = (i: number) => daily({ dayMs: JULY_MS - i * DAY_MS, qualifiedMin: 1296 });
    const tail = daily({ point: 'tail-9', qualifiedMin: 0, lowHours: 24 });
    const points = complianceOf([tail, june(2), june(1), ...days(2)], span, shanghai);
    expect(
      points.map((p) => [
        p.point,
        p.total.ratePct,
        p.months.map((m) => [m.month, m.ratePct, m.completenessPct]),
      ]),
    ).toEqual([
      [
        'outlet',
        95,
        [
          ['2026-06', 90, 100],
          ['2026-07', 100, 100],
        ],
      ],
      [
        'tail-9',
        null,
        [
          ['2026-06', null, 0],
          ['2026-07', null, 50],
        ],
      ],
    ]);
    expect(points[0]!.months.map((m) => m.toMs - m.fromMs)).toEqual([2 * DAY_MS, 2 * DAY_MS]);
  });

  it('has an outlet that is unknown where none was measured', () => {
    const [outlet] = complianceOf([], { fromMs: JULY_MS, toMs: JULY_MS + DAY_MS }, shanghai);
    expect(outlet).toMatchObject({ point: 'outlet', total: { ratePct: null, completenessPct: 0 } });
    expect(outlet!.months).toHaveLength(1);
  });
});

describe('the days that count', () => {
  it.each([
    {
      of: 'widened to whole days',
      from: '2026-07-02T03:00Z',
      to: '2026-07-03T03:00Z',
      now: '2026-08-01T00:00Z',
      span: ['2026-07-01T16:00Z', '2026-07-03T16:00Z'],
    },
    {
      of: 'whole days as they are',
      from: '2026-07-01T16:00Z',
      to: '2026-07-02T16:00Z',
      now: '2026-08-01T00:00Z',
      span: ['2026-07-01T16:00Z', '2026-07-02T16:00Z'],
    },
    {
      of: 'not today',
      from: '2026-07-01T16:00Z',
      to: '2026-07-20T16:00Z',
      now: '2026-07-03T03:00Z',
      span: ['2026-07-01T16:00Z', '2026-07-02T16:00Z'],
    },
    {
      of: 'nothing of a future',
      from: '2026-09-01T16:00Z',
      to: '2026-09-02T16:00Z',
      now: '2026-07-03T03:00Z',
      span: ['2026-07-02T16:00Z', '2026-07-02T16:00Z'],
    },
    {
      of: 'nothing of today alone',
      from: '2026-07-02T17:00Z',
      to: '2026-07-02T18:00Z',
      now: '2026-07-03T03:00Z',
      span: ['2026-07-02T16:00Z', '2026-07-02T16:00Z'],
    },
  ])('$of', ({ from, to, now, span }) => {
    expect(finishedDays(at(from), at(to), at(now), shanghai)).toEqual({
      fromMs: at(span[0]!),
      toMs: at(span[1]!),
    });
  });

  it('are as many as asked for, over a clock change too', () => {
    const span = pastDays(30, at('2026-04-10T12:00Z'), berlin);
    expect((span.toMs - span.fromMs) / HOUR_MS).toBe(30 * 24 - 1);
    expect(span.toMs).toBe(at('2026-04-09T22:00Z'));
  });
});
