import type { AlertFacts, DigestItem } from './delivery.ts';
import { severityRank } from './severity.ts';
import { localDayOf, offsetOf, wallTimeMs } from './wallTime.ts';

/** What is gathered instead of being told one by one: when it is told, and in which order. */

/** Local times of a digest, minutes from midnight: before the day's work, and before the night. */
export const DIGEST_TIMES_MIN: readonly number[] = [8 * 60, 20 * 60];
/** Lines of one digest; the worst come first, so what is cut is the mildest. */
const DIGEST_ITEMS_MAX = 50;

/** UTC time of the first digest after a moment. */
export function nextDigestMs(
  nowMs: number,
  timeZone: string,
  timesMin: readonly number[] = DIGEST_TIMES_MIN,
): number {
  const offset = offsetOf(timeZone);
  const today = localDayOf(nowMs, offset);
  const times = [today, today + 1].flatMap((day) => timesMin.map((min) => wallTimeMs(day, min, offset)));
  return Math.min(...times.filter((ms) => ms > nowMs));
}

/** Whether a digest has come due since the last one. */
export function digestDue(
  lastMs: number,
  nowMs: number,
  timeZone: string,
  timesMin: readonly number[] = DIGEST_TIMES_MIN,
): boolean {
  return nextDigestMs(lastMs, timeZone, timesMin) <= nowMs;
}

/**
 * Lines of a digest out of the messages that were held back: each incident and each planned outage once, as it was last; worst first, of one
 * severity what is planned last.
 */
export function digestItems(
  held: readonly Pick<AlertFacts, 'number' | 'severity' | 'place' | 'worstV' | 'outage'>[],
): DigestItem[] {
  const items = new Map<number | string, DigestItem>();
  for (const { number, severity, place, worstV, outage } of held) {
    if (outage !== undefined) items.set(outage.id, { number: null, severity, place, worstV, outage });
    else if (number !== null) items.set(number, { number, severity, place, worstV });
  }
  return [...items.values()]
    .toSorted(
      (a, b) =>
        severityRank(b.severity) - severityRank(a.severity) ||
        Number(a.outage !== undefined) - Number(b.outage !== undefined) ||
        (a.number ?? a.outage!.fromMs) - (b.number ?? b.outage!.fromMs),
    )
    .slice(0, DIGEST_ITEMS_MAX);
}
