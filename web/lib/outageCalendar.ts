import type { PlannedOutage } from '../../server/core/incident/settings.ts';
import { fromWall, toWall } from './analysis/zonedTime.ts';
import { noticeStanding } from './outage.ts';

const DAY_MS = 86_400_000;
const WEEK = 7;

export type CalendarView = 'month' | 'week';

export interface CalendarDay<O> {
  startMs: number;
  /** Belongs to the month that is shown, not to its neighbours. */
  isInside: boolean;
  outages: readonly O[];
  /** Whose customers must be told by the end of this day, and have not been. */
  due: readonly O[];
}

type Planned = Pick<PlannedOutage, 'fromMs' | 'toMs' | 'noticedMs' | 'cancelledMs'>;

/** The days of the month or week around a time, weeks from Monday, with what is planned on each; in a zone. */
export function calendarDays<O extends Planned>(
  outages: readonly O[],
  view: CalendarView,
  aroundMs: number,
  timeZone: string,
): CalendarDay<O>[] {
  const today = dayOf(aroundMs, timeZone);
  const first = view === 'month' ? firstOfMonth(today) : today;
  const monday = first - weekday(first);
  const last = view === 'month' ? lastOfMonth(today) : today;
  const count = last - monday - weekday(last) + WEEK;
  const planned = outages.filter(({ cancelledMs }) => cancelledMs === null);
  return Array.from({ length: count }, (_, i) => {
    const day = monday + i;
    const [startMs, endMs] = [day, day + 1].map((one) => fromWall(one * DAY_MS, timeZone)) as [
      number,
      number,
    ];
    return {
      startMs,
      isInside: view === 'week' || (day >= first && day <= last),
      outages: planned.filter(({ fromMs, toMs }) => fromMs < endMs && toMs > startMs),
      due: planned.filter((outage) => {
        const standing = noticeStanding(outage, startMs);
        return 'byMs' in standing && standing.byMs >= startMs && standing.byMs < endMs;
      }),
    };
  });
}

/** A time in the month or week before or after. */
export function otherSpan(aroundMs: number, view: CalendarView, by: 1 | -1, timeZone: string): number {
  const day = dayOf(aroundMs, timeZone);
  const other =
    view === 'week' ? day + by * WEEK : by > 0 ? lastOfMonth(day) + 1 : firstOfMonth(firstOfMonth(day) - 1);
  return fromWall(other * DAY_MS, timeZone);
}

/** Days since 1970 by the local calendar. */
function dayOf(ms: number, timeZone: string): number {
  return Math.floor(toWall(ms, timeZone) / DAY_MS);
}

/** 0 = Monday; day 0 was a Thursday. */
function weekday(day: number): number {
  return (((day + 3) % WEEK) + WEEK) % WEEK;
}

function firstOfMonth(day: number): number {
  return day - new Date(day * DAY_MS).getUTCDate() + 1;
}

function lastOfMonth(day: number): number {
  const date = new Date(day * DAY_MS);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0) / DAY_MS;
}
