import type { DailySpan } from '../../server/core/incident/settings.ts';
import type { Dictionary, Locale } from './i18n/dictionary.ts';

/** Monday to Sunday, as the settings count them. */
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
/** A Monday. */
const MONDAY_MS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/** `07:30` of minutes from midnight. */
export function clockOf(min: number): string {
  return `${String(Math.floor(min / 60)).padStart(2, '0')}:${String(min % 60).padStart(2, '0')}`;
}

/** Minutes from midnight of `07:30`; null while it is half typed. */
export function minutesOf(clock: string): number | null {
  const [, hours, minutes] = /^(\d{2}):(\d{2})/.exec(clock) ?? [];
  return hours === undefined ? null : Number(hours) * 60 + Number(minutes);
}

export function weekdayName(day: number, locale: Locale): string {
  const format = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' });
  return format.format(MONDAY_MS + (day - 1) * DAY_MS);
}

export function monthName(month: number, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' }).format(
    Date.UTC(2024, month - 1, 1),
  );
}

/** `15 June` of `06-15`. */
export function dayWords(monthDay: string, locale: Locale): string {
  const format = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' });
  const ms = Date.parse(`2024-${monthDay}T00:00:00Z`);
  return Number.isNaN(ms) ? monthDay : format.format(ms);
}

/** `22:00–06:00 Mon, Tue`; every day goes without saying. */
export function spanWords({ fromMin, toMin, weekdays }: DailySpan, t: Dictionary, locale: Locale): string {
  const days = weekdays.toSorted().map((day) => weekdayName(day, locale));
  const hours = t.routeDuring(clockOf(fromMin), clockOf(toMin));
  return days.length === 0 || days.length === WEEKDAYS.length ? hours : `${hours} ${days.join(t.and)}`;
}
