import { fromWall, toWall } from './analysis/zonedTime.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const MORNING_HOUR = 8;

export type SnoozeSpan = 'half' | 'hour' | 'four' | 'morning';
export const SNOOZE_SPANS = ['half', 'hour', 'four', 'morning'] as const satisfies readonly SnoozeSpan[];

/** When a snooze ends, UTC ms; the morning is that of the grid's zone, the next one that comes. */
export function snoozeUntil(span: SnoozeSpan, nowMs: number, timeZone: string): number {
  if (span === 'half') return nowMs + HOUR_MS / 2;
  if (span === 'hour') return nowMs + HOUR_MS;
  if (span === 'four') return nowMs + 4 * HOUR_MS;
  const wall = toWall(nowMs, timeZone);
  const today = Math.floor(wall / DAY_MS) * DAY_MS + MORNING_HOUR * HOUR_MS;
  return fromWall(today > wall ? today : today + DAY_MS, timeZone);
}
