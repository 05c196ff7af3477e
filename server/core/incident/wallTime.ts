import { DAY_MS, zoneOffset, type ZoneOffset } from '../localTime.ts';
import type { DailySpan } from './settings.ts';

/**
 * Times as people write them down ("hand-off at 08:00"), in a zone whose clock may change. A time that does not exist
 * on its day (02:30 when the clock jumps from 02:00 to 03:00) moves forward by the jump, to 03:30; one that comes twice
 * is the first of the two. The same as Temporal's `compatible` and RFC 5545.
 */

const MINUTE_MS = 60_000;
/** Zones in use at once; one more starts the cache again. */
const ZONES_MAX = 64;

/** Offset functions are dear to make and remember what they were asked: one a zone. */
const zones = new Map<string, ZoneOffset>();

/** Offset function of a zone, made once. Throws a RangeError when the name is unknown. */
export function offsetOf(timeZone: string): ZoneOffset {
  const known = zones.get(timeZone);
  if (known !== undefined) return known;
  if (zones.size >= ZONES_MAX) zones.clear();
  const made = zoneOffset(timeZone);
  zones.set(timeZone, made);
  return made;
}

/** Whether a zone of this name is known. */
export function isZone(timeZone: string): boolean {
  try {
    offsetOf(timeZone);
    return true;
  } catch {
    return false;
  }
}

/** Number since 1970 of the local day. */
export function localDayOf(utcMs: number, offset: ZoneOffset): number {
  return Math.floor((utcMs + offset(utcMs)) / DAY_MS);
}

/** 1 = Monday … 7 = Sunday; 1970 began on a Thursday. */
function weekdayOf(localDay: number): number {
  return ((((localDay + 3) % 7) + 7) % 7) + 1;
}

/** Number since 1970 of a date YYYY-MM-DD; NaN when it is none. */
export function dayOfDate(date: string): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return NaN;
  const ms = Date.parse(`${date}T00:00Z`);
  // 31 February parses as 3 March.
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(date) ? ms / DAY_MS : NaN;
}

/** UTC time of a time of day, minutes from midnight, on a local day. */
export function wallTimeMs(localDay: number, minutes: number, offset: ZoneOffset): number {
  const wallMs = localDay * DAY_MS + minutes * MINUTE_MS;
  const before = wallMs - offset(wallMs - DAY_MS);
  const after = wallMs - offset(wallMs + DAY_MS);
  const first = Math.min(before, after);
  const second = Math.max(before, after);
  if (first + offset(first) === wallMs) return first;
  if (second + offset(second) === wallMs) return second;
  // It does not exist: by the clock of before, which moves it forward.
  return before;
}

/** The span that begins on a local day, or null when it does not begin on its weekday. Equal ends are a whole day. */
export function spanOfDay(
  span: DailySpan,
  localDay: number,
  offset: ZoneOffset,
): { fromMs: number; toMs: number } | null {
  if (span.weekdays.length > 0 && !span.weekdays.includes(weekdayOf(localDay))) return null;
  const lastDay = span.toMin > span.fromMin ? localDay : localDay + 1;
  const fromMs = wallTimeMs(localDay, span.fromMin, offset);
  const toMs = wallTimeMs(lastDay, span.toMin, offset);
  return toMs > fromMs ? { fromMs, toMs } : null;
}

/** Whether a time is in a daily span. The weekday is that of its beginning: Friday's 22:00–06:00 holds on Saturday at 05:00. */
export function inSpan(span: DailySpan, utcMs: number, offset: ZoneOffset): boolean {
  return spanEndMs(span, utcMs, offset) !== null;
}

/** When the daily span that a time is in ends, UTC ms; null when it is in none. */
export function spanEndMs(span: DailySpan, utcMs: number, offset: ZoneOffset): number | null {
  const today = localDayOf(utcMs, offset);
  for (let day = today - 1; day <= today + 1; day++) {
    const found = spanOfDay(span, day, offset);
    if (found !== null && utcMs >= found.fromMs && utcMs < found.toMs) return found.toMs;
  }
  return null;
}
