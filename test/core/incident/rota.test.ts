import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaps, onCallAt, shifts } from '../../../server/core/incident/rota.ts';
import type { DailySpan, Rotation, Schedule } from '../../../server/core/incident/settings.ts';
import { DAY_MS, HOUR_MS } from '../../../server/core/localTime.ts';
import { schedule } from './incidents.ts';

const DAILY: Rotation = {
  name: 'daily',
  userIds: ['li', 'wang', 'zhao'],
  startDate: '2026-03-01',
  handOffMin: 8 * 60,
  turnDays: 1,
};

function told(rota: Schedule, from: string, to: string): string[] {
  return shifts(rota, Date.parse(from), Date.parse(to)).map(
    (s) => `${s.userId} ${new Date(s.fromMs).toISOString().slice(5, 16)} ${(s.toMs - s.fromMs) / HOUR_MS} h`,
  );
}

describe('a rota across a clock change', () => {
  it.each([
    {
      zone: 'Asia/Shanghai',
      day: '2026-03-28',
      want: ['li 03-28T00:00 24 h', 'wang 03-29T00:00 24 h', 'zhao 03-30T00:00 24 h'],
    },
    // 29 March has 23 hours: the turn that holds 02:00 is shorter, the hand-off stays at eight.
    {
      zone: 'Europe/Berlin',
      day: '2026-03-28',
      want: ['li 03-28T07:00 23 h', 'wang 03-29T06:00 24 h', 'zhao 03-30T06:00 24 h'],
    },
    {
      zone: 'Europe/Berlin',
      day: '2026-10-24',
      want: ['li 10-24T06:00 25 h', 'wang 10-25T07:00 24 h', 'zhao 10-26T07:00 24 h'],
    },
    {
      zone: 'America/New_York',
      day: '2026-03-07',
      want: ['li 03-07T13:00 23 h', 'wang 03-08T12:00 24 h', 'zhao 03-09T12:00 24 h'],
    },
  ])('$zone, $day', ({ zone, day, want }) => {
    const rota = schedule({ timeZone: zone, rotations: [{ ...DAILY, startDate: day }] });
    const [first] = want;
    const fromMs = Date.parse(`2026-${first!.split(' ')[1]!}Z`);
    const list = told(rota, new Date(fromMs).toISOString(), new Date(fromMs + 71 * HOUR_MS).toISOString());
    expect(list.slice(0, 2)).toEqual(want.slice(0, 2));
    expect(list[2]).toContain(want[2]!.slice(0, 16));
  });

  it('a hand-off at a time that does not exist moves forward', () => {
    const rota = schedule({ timeZone: 'Europe/Berlin', rotations: [{ ...DAILY, handOffMin: 150 }] });
    // 02:30 on 29 March is 03:30 summer time.
    expect(told(rota, '2026-03-29T00:00Z', '2026-03-29T02:00Z')).toEqual([
      'li 03-29T00:00 1.5 h',
      'wang 03-29T01:30 0.5 h',
    ]);
  });

  it('of a time that comes twice, the first is meant', () => {
    const rota = schedule({
      timeZone: 'Europe/Berlin',
      rotations: [{ ...DAILY, startDate: '2026-10-24', handOffMin: 150 }],
    });
    expect(told(rota, '2026-10-25T00:00Z', '2026-10-25T02:00Z')).toEqual([
      'li 10-25T00:00 0.5 h',
      'wang 10-25T00:30 1.5 h',
    ]);
    expect(onCallAt(rota, Date.parse('2026-10-25T01:10Z')), '02:10 for the second time').toBe('wang');
  });
});

describe('layers', () => {
  const nights: DailySpan = { fromMin: 22 * 60, toMin: 6 * 60, weekdays: [] };
  const base: Rotation = { ...DAILY, userIds: ['li'], startDate: '2026-07-01', handOffMin: 0 };

  it('a later rotation lies over an earlier one while its span lasts', () => {
    const rota = schedule({ rotations: [base, { ...base, userIds: ['wang'], during: nights }] });
    expect(told(rota, '2026-07-02T12:00Z', '2026-07-03T12:00Z')).toEqual([
      'li 07-02T12:00 10 h',
      'wang 07-02T22:00 8 h',
      'li 07-03T06:00 6 h',
    ]);
  });

  it("a span belongs to the weekday that it begins on: Friday's night ends on Saturday", () => {
    const rota = schedule({ rotations: [{ ...base, during: { ...nights, weekdays: [5] } }] });
    expect(told(rota, '2026-07-01T00:00Z', '2026-07-08T00:00Z')).toEqual(['li 07-03T22:00 8 h']);
  });

  it('an override lies over all, the last one uppermost', () => {
    const override = (id: string, userId: string, from: string, to: string) => ({
      id,
      userId,
      fromMs: Date.parse(from),
      toMs: Date.parse(to),
    });
    const rota = schedule({
      rotations: [base],
      overrides: [
        override('o1', 'zhao', '2026-07-02T10:00Z', '2026-07-02T14:00Z'),
        override('o2', 'wang', '2026-07-02T12:00Z', '2026-07-02T13:00Z'),
      ],
    });
    expect(told(rota, '2026-07-02T09:00Z', '2026-07-02T15:00Z')).toEqual([
      'li 07-02T09:00 1 h',
      'zhao 07-02T10:00 2 h',
      'wang 07-02T12:00 1 h',
      'zhao 07-02T13:00 1 h',
      'li 07-02T14:00 1 h',
    ]);
  });

  it('nobody before the first hand-off, nobody in an empty rotation: gaps', () => {
    const rota = schedule({ rotations: [base, { ...base, userIds: [] }] });
    const fromMs = Date.parse('2026-06-30T00:00Z');
    expect(gaps(rota, fromMs, fromMs + 3 * DAY_MS)).toEqual([{ fromMs, toMs: fromMs + DAY_MS }]);
    expect(onCallAt(rota, fromMs)).toBeNull();
  });
});

const minute = fc.integer({ min: 0, max: 1439 });
const span = fc.record({
  fromMin: minute,
  toMin: minute,
  weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 7 }),
});
const rotation = fc.record(
  {
    name: fc.constant('r'),
    userIds: fc.array(fc.constantFrom('li', 'wang', 'zhao'), { maxLength: 4 }),
    startDate: fc.constantFrom('2026-03-01', '2026-03-29', '2026-04-02', '2025-11-30'),
    handOffMin: minute,
    turnDays: fc.integer({ min: 1, max: 14 }),
    during: span,
  },
  { requiredKeys: ['name', 'userIds', 'startDate', 'handOffMin', 'turnDays'] },
);
const anySchedule = fc.record({
  zone: fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
  rotations: fc.array(rotation, { maxLength: 3 }),
  overrides: fc.array(
    fc.record({
      id: fc.constant('o'),
      userId: fc.constantFrom('li', 'wang', 'sun'),
      atH: fc.integer({ min: -100, max: 1200 }),
      hours: fc.integer({ min: 1, max: 300 }),
    }),
    { maxLength: 3 },
  ),
  /** Minutes from the beginning. */
  moments: fc.array(fc.integer({ min: 0, max: 50 * 1440 - 1 }), { minLength: 20, maxLength: 60 }),
  from: fc.constantFrom('2026-02-20T03:17Z', '2026-03-20T00:00Z', '2026-10-10T22:30Z'),
});

describe('any rota', () => {
  it('shifts and gaps cover every moment once, and agree with who is on call', () => {
    fc.assert(
      fc.property(anySchedule, ({ zone, rotations, overrides, moments, from }) => {
        const fromMs = Date.parse(from);
        const toMs = fromMs + 50 * DAY_MS;
        const rota = schedule({
          timeZone: zone,
          rotations,
          overrides: overrides.map(({ id, userId, atH, hours }) => ({
            id,
            userId,
            fromMs: fromMs + atH * HOUR_MS,
            toMs: fromMs + (atH + hours) * HOUR_MS,
          })),
        });
        const all = shifts(rota, fromMs, toMs);
        const pieces = [...all, ...gaps(rota, fromMs, toMs)].toSorted((a, b) => a.fromMs - b.fromMs);
        expect(pieces[0]!.fromMs).toBe(fromMs);
        expect(pieces.at(-1)!.toMs).toBe(toMs);
        pieces.slice(1).forEach((piece, i) => expect(piece.fromMs).toBe(pieces[i]!.toMs));
        const edges = all.flatMap((s) => [s.fromMs, s.toMs - 1]);
        for (const tsMs of [...edges, ...moments.map((m) => fromMs + m * 60_000)]) {
          const shift = all.find((s) => tsMs >= s.fromMs && tsMs < s.toMs);
          expect(onCallAt(rota, tsMs)).toBe(shift?.userId ?? null);
        }
      }),
      { seed: 20260701, numRuns: 150 },
    );
  });
});
