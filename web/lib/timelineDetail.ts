import type { TimelineEntry } from '../../server/core/incident/incident.ts';
import { formatTime } from './format.ts';
import type { Dictionary, Locale } from './i18n/dictionary.ts';
import { transformerName } from './incident.ts';
import type { LiveGrid } from './state/liveReducer.ts';

export interface TimelineContext {
  people: ReadonlyMap<string, string>;
  grid: LiveGrid | null;
  timeZone: string;
  t: Dictionary;
  locale: Locale;
}

/** What an entry says beside its kind: the text, from what to what, whom, until when. */
export function timelineDetail(
  { kind, body }: Pick<TimelineEntry, 'kind' | 'body'>,
  context: TimelineContext,
): string {
  const { grid, timeZone, t, locale } = context;
  const parts: string[] = [];
  const { from, to, text, reason, transformerId, untilMs, userId, number } = body;
  if (isText(transformerId)) parts.push(transformerName(transformerId, grid, locale));
  if (isText(from) && isText(to)) parts.push(t.fromTo(word(from, context), word(to, context)));
  else if (isText(to)) parts.push(word(to, context));
  if (isText(userId)) parts.push(word(userId, context));
  else if (kind === 'assigned' && userId === null) parts.push(t.assignNobody);
  if (typeof untilMs === 'number') parts.push(t.snoozedUntil(formatTime(untilMs, locale, timeZone)));
  if (typeof number === 'number') parts.push(`#${number}`);
  if (isText(reason)) parts.push(word(reason, context));
  if (isText(text)) parts.push(text);
  return parts.join(locale === 'zh-CN' ? '，' : ', ');
}

function isText(value: string | number | null | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

/** A severity, a cause, what suppresses, or a person, in words; anything else as it stands. */
function word(code: string, { people, t }: TimelineContext): string {
  const words: Record<string, string>[] = [t.severities, t.causes, t.suppressedBy, t.incidentStates];
  const found = words.find((table) => Object.hasOwn(table, code));
  return found?.[code] ?? people.get(code) ?? code;
}
