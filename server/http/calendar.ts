import ical, { ICalCalendarMethod } from 'ical-generator';
import { shifts } from '../core/incident/rota.ts';
import type { Schedule } from '../core/incident/settings.ts';
import { DAY_MS } from '../core/localTime.ts';

/**
 * Shifts are looked for as far outside the stretch, from a multiple of it: one that began before keeps its beginning,
 * and with it its UID, from one day to the next.
 */
const AROUND_MS = 35 * DAY_MS;
/** How often a calendar program is asked to look again. */
const REFRESH_S = 3_600;

/** What a calendar shows of the past and of what is to come. */
const BEFORE_MS = 30 * DAY_MS;
const AFTER_MS = 180 * DAY_MS;

/** The rota as a calendar program wants it: some of the past, half a year to come. */
export function calendarAround(
  schedule: Schedule,
  nowMs: number,
  nameOf: (userId: string) => string,
): string {
  return calendarOf(schedule, nowMs - BEFORE_MS, nowMs + AFTER_MS, nameOf);
}

/** The shifts that touch a stretch as an iCalendar (RFC 5545), in UTC; a shift keeps its UID as long as it begins when it does. */
export function calendarOf(
  schedule: Schedule,
  fromMs: number,
  toMs: number,
  nameOf: (userId: string) => string,
): string {
  const calendar = ical({
    name: schedule.name,
    prodId: { company: 'Peakvolt', product: 'On-call' },
    method: ICalCalendarMethod.PUBLISH,
    ttl: REFRESH_S,
  });
  const beginMs = Math.floor((fromMs - AROUND_MS) / AROUND_MS) * AROUND_MS;
  for (const shift of shifts(schedule, beginMs, toMs + AROUND_MS)) {
    if (shift.toMs <= fromMs || shift.fromMs >= toMs) continue;
    calendar.createEvent({
      id: `${schedule.id}-${shift.userId}-${shift.fromMs}@peakvolt`,
      summary: nameOf(shift.userId),
      start: new Date(shift.fromMs),
      end: new Date(shift.toMs),
      // The same text for the same rota: no clock in it.
      stamp: new Date(shift.fromMs),
    });
  }
  return calendar.toString();
}
