import { formatTime } from './format.ts';
import type { Dictionary, Locale } from './i18n/dictionary.ts';

export interface WarningNames {
  timeZone: string;
  /** Of people, schedules, policies and routes by id. */
  names: ReadonlyMap<string, string>;
}

/** What a warning speaks of: names for ids, times for what ends in `Ms`, steps by number. */
export function warningDetail(
  values: Readonly<Record<string, string | number>>,
  { timeZone, names }: WarningNames,
  t: Dictionary,
  locale: Locale,
): string {
  const parts = Object.entries(values).map(([key, value]) => {
    if (typeof value === 'number' && key.endsWith('Ms')) return formatTime(value, locale, timeZone);
    if (key === 'step') return t.policyStep(String(value));
    if (typeof value === 'number') return '';
    if (key === 'severity') return (t.severities as Record<string, string>)[value] ?? value;
    return names.get(value) ?? value;
  });
  return [...new Set(parts)].filter((part) => part !== '').join(' · ');
}
