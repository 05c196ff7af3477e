import { DAY_MS, type ZoneOffset } from '../localTime.ts';
import type { Rotation, Schedule } from './settings.ts';
import { dayOfDate, inSpan, localDayOf, offsetOf, spanOfDay, wallTimeMs } from './wallTime.ts';

/**
 * Who is on call. Hand-offs are at a local time of day, so a turn across a clock change is an hour shorter or longer.
 * Later rotations lie over earlier ones where they have someone; the last override that holds lies over all.
 */

/** Longest stretch that is worked out at once: a year of a calendar, and some. */
const RANGE_MS_MAX = 400 * DAY_MS;

export interface Shift {
  userId: string;
  fromMs: number;
  /** Exclusive. */
  toMs: number;
  by: 'rotation' | 'override';
}

export interface Gap {
  fromMs: number;
  toMs: number;
}

/** User on call, or null when nobody is. */
export function onCallAt(schedule: Schedule, tsMs: number): string | null {
  const offset = offsetOf(schedule.timeZone);
  const override = schedule.overrides.findLast((o) => tsMs >= o.fromMs && tsMs < o.toMs);
  if (override !== undefined) return override.userId;
  for (const rotation of schedule.rotations.toReversed()) {
    const userId = userOf(rotation, tsMs, offset);
    if (userId !== null) return userId;
  }
  return null;
}

/** Who is on call when, within a stretch: in order, without overlap, neighbours of one person made one. */
export function shifts(schedule: Schedule, fromMs: number, toMs: number): Shift[] {
  if (toMs - fromMs > RANGE_MS_MAX) throw new RangeError('more than 400 days of a rota at once');
  const offset = offsetOf(schedule.timeZone);
  let laid: Shift[] = [];
  for (const rotation of schedule.rotations) {
    for (const turn of turnsOf(rotation, fromMs, toMs, offset)) laid = layOver(laid, turn);
  }
  for (const { userId, fromMs: from, toMs: to } of schedule.overrides) {
    const shift: Shift = { userId, fromMs: Math.max(from, fromMs), toMs: Math.min(to, toMs), by: 'override' };
    if (shift.fromMs < shift.toMs) laid = layOver(laid, shift);
  }
  return joined(laid);
}

/** When nobody is on call, within a stretch. */
export function gaps(schedule: Schedule, fromMs: number, toMs: number): Gap[] {
  const found: Gap[] = [];
  let untilMs = fromMs;
  for (const shift of shifts(schedule, fromMs, toMs)) {
    if (shift.fromMs > untilMs) found.push({ fromMs: untilMs, toMs: shift.fromMs });
    untilMs = shift.toMs;
  }
  if (untilMs < toMs) found.push({ fromMs: untilMs, toMs });
  return found;
}

function userOf(rotation: Rotation, tsMs: number, offset: ZoneOffset): string | null {
  const { userIds, turnDays, during } = rotation;
  if (!isUsable(rotation)) return null;
  if (during !== undefined && !inSpan(during, tsMs, offset)) return null;
  const startDay = dayOfDate(rotation.startDate);
  const dayEstimate = localDayOf(tsMs, offset) - startDay;
  let turn = Math.floor(dayEstimate / turnDays);
  // The day alone does not say whether its hand-off has been.
  while (handOffMs(rotation, turn + 1, offset) <= tsMs) turn++;
  while (handOffMs(rotation, turn, offset) > tsMs) turn--;
  return turn >= 0 ? userIds[turn % userIds.length]! : null;
}

/** A rotation that is not finished (nobody in it, no date) has nobody on call; the ones below it go on. */
function isUsable({ userIds, turnDays, startDate }: Rotation): boolean {
  return userIds.length > 0 && turnDays >= 1 && Number.isFinite(dayOfDate(startDate));
}

/** UTC time at which a turn, counted from 0, begins. */
function handOffMs(rotation: Rotation, turn: number, offset: ZoneOffset): number {
  const day = dayOfDate(rotation.startDate) + turn * rotation.turnDays;
  return wallTimeMs(day, rotation.handOffMin, offset);
}

function* turnsOf(rotation: Rotation, fromMs: number, toMs: number, offset: ZoneOffset): Generator<Shift> {
  const { userIds, turnDays, during } = rotation;
  if (!isUsable(rotation)) return;
  const daysIn = localDayOf(fromMs, offset) - dayOfDate(rotation.startDate);
  // The turn before may still last.
  for (let turn = Math.max(0, Math.floor(daysIn / turnDays) - 1); ; turn++) {
    const turnFromMs = handOffMs(rotation, turn, offset);
    if (turnFromMs >= toMs) return;
    const userId = userIds[turn % userIds.length]!;
    const bounds = {
      fromMs: Math.max(fromMs, turnFromMs),
      toMs: Math.min(toMs, handOffMs(rotation, turn + 1, offset)),
    };
    if (bounds.fromMs >= bounds.toMs) continue;
    if (during === undefined) {
      yield { userId, ...bounds, by: 'rotation' };
      continue;
    }
    const lastDay = localDayOf(bounds.toMs, offset) + 1;
    for (let day = localDayOf(bounds.fromMs, offset) - 1; day <= lastDay; day++) {
      const span = spanOfDay(during, day, offset);
      if (span === null) continue;
      const spanFromMs = Math.max(span.fromMs, bounds.fromMs);
      const spanToMs = Math.min(span.toMs, bounds.toMs);
      if (spanFromMs < spanToMs) yield { userId, fromMs: spanFromMs, toMs: spanToMs, by: 'rotation' };
    }
  }
}

/** Cuts out of those below what the new one covers. */
function layOver(below: readonly Shift[], shift: Shift): Shift[] {
  const kept = below.flatMap((other) => {
    if (other.toMs <= shift.fromMs || other.fromMs >= shift.toMs) return [other];
    const rests: Shift[] = [];
    if (other.fromMs < shift.fromMs) rests.push({ ...other, toMs: shift.fromMs });
    if (other.toMs > shift.toMs) rests.push({ ...other, fromMs: shift.toMs });
    return rests;
  });
  return [...kept, shift];
}

function joined(laid: readonly Shift[]): Shift[] {
  const found: Shift[] = [];
  for (const shift of laid.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = found.at(-1);
    if (
      last !== undefined &&
      last.toMs === shift.fromMs &&
      last.userId === shift.userId &&
      last.by === shift.by
    ) {
      found[found.length - 1] = { ...last, toMs: shift.toMs };
    } else {
      found.push(shift);
    }
  }
  return found;
}
