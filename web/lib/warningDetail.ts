import { formatTime } from './format.ts';
import type { Locale } from './i18n/dictionary.ts';

export interface WarningNames {
  timeZone: string;
  /** Of people, schedules, policies and routes by id. */
  names: ReadonlyMap<string, string>;
}

/** What a warning speaks of: names for ids, times for what ends in `Ms`, steps counted from one. */
export function warningDetail(
  values: Readonly<Record<string, string | number>>,
  { timeZone, names }: WarningNames,
  locale: Locale,
): string {
  const parts = Object.entries(values).map(([key, value]) => {
    if (typeof value === 'number' && key.endsWith('Ms')) return formatTime(value, locale, timeZone);
    if (typeof value === 'number') return `${key} ${value}`;
    return names.get(value) ?? value;
  });
  return [...new Set(parts)].join(' · ');
}
