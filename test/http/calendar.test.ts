import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import { shifts } from '../../server/core/incident/rota.ts';
import { DAY_MS } from '../../server/core/localTime.ts';
import { calendarOf } from '../../server/http/calendar.ts';
import { schedule } from '../core/incident/incidents.ts';

const NAMES: Record<string, string> = { li: '李明', wang: 'Wang; on call, tonight' };
const nameOf = (userId: string): string => NAMES[userId] ?? userId;

function parsed(text: string): { uid: string; name: string; fromMs: number; toMs: number }[] {
  const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
  return calendar.getAllSubcomponents('vevent').map((component) => {
    const event = new ICAL.Event(component);
    return {
      uid: event.uid,
      name: event.summary,
      fromMs: event.startDate.toJSDate().getTime(),
      toMs: event.endDate.toJSDate().getTime(),
    };
  });
}

describe('the calendar of a rota', () => {
  it.each([
    { zone: 'Europe/Berlin', from: '2026-03-22T07:00Z', startDate: '2026-03-22', hours: 23 },
    { zone: 'Europe/Berlin', from: '2026-10-18T06:00Z', startDate: '2026-10-18', hours: 25 },
    { zone: 'America/New_York', from: '2026-03-01T13:00Z', startDate: '2026-03-01', hours: 23 },
  ])(
    'two weeks across a clock change in $zone: another library reads the same',
    ({ zone, from, startDate, hours }) => {
      const fromMs = Date.parse(from);
      const rota = schedule({
        timeZone: zone,
        rotations: [
          { name: 'day', userIds: ['li', 'wang', 'zhao'], startDate, handOffMin: 480, turnDays: 1 },
        ],
        overrides: [{ id: 'o', userId: 'sun', fromMs: fromMs + 3.5 * DAY_MS, toMs: fromMs + 3.75 * DAY_MS }],
      });
      const toMs = shifts(rota, fromMs, fromMs + 16 * DAY_MS).at(-3)!.toMs;
      const want = shifts(rota, fromMs, toMs);
      const events = parsed(calendarOf(rota, fromMs, toMs, nameOf));
      expect(events.map(({ name, fromMs: a, toMs: b }) => [name, a, b])).toEqual(
        want.map((shift) => [nameOf(shift.userId), shift.fromMs, shift.toMs]),
      );
      expect(events.length).toBeGreaterThan(14);
      expect(events.map((event) => (event.toMs - event.fromMs) / 3_600_000)).toContain(hours);
    },
  );

  it('a shift keeps its UID when the calendar is asked for a day later, and no two have one', () => {
    const rota = schedule({
      rotations: [
        { name: 'week', userIds: ['li', 'wang'], startDate: '2026-01-05', handOffMin: 480, turnDays: 7 },
      ],
    });
    const fromMs = Date.parse('2026-07-01T12:00Z');
    const today = parsed(calendarOf(rota, fromMs, fromMs + 30 * DAY_MS, nameOf));
    const tomorrow = parsed(calendarOf(rota, fromMs + DAY_MS, fromMs + 30 * DAY_MS, nameOf));
    expect(tomorrow).toEqual(today);
    expect(new Set(today.map(({ uid }) => uid)).size).toBe(today.length);
  });
});
