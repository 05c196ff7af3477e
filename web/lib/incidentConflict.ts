import type { ShownIncident } from './alertApi.ts';
import { formatTime } from './format.ts';
import type { Dictionary, Locale } from './i18n/dictionary.ts';
import { actorName } from './incident.ts';

/** Who was first, in a sentence: what a person reads whose command came too late. */
export function sayConflict(
  now: ShownIncident,
  people: ReadonlyMap<string, string>,
  timeZone: string,
  t: Dictionary,
  locale: Locale,
): string {
  const at = (ms: number | null): string => formatTime(ms, locale, timeZone, 'seconds');
  if (now.state === 'resolved')
    return t.conflictResolved(actorName(now.resolvedBy, people, t), at(now.resolvedMs));
  if (now.state === 'acknowledged')
    return t.conflictAcknowledged(actorName(now.acknowledgedBy, people, t), at(now.acknowledgedMs));
  return t.conflictChanged;
}
