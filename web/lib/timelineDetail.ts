import type { TimelineEntry } from '../../server/core/incident/incident.ts';
import { formatTime } from './format.ts';
import type { Dictionary, Locale } from './i18n/dictionary.ts';
import { actorName, transformerName } from './incident.ts';
import type { LiveGrid } from './state/liveReducer.ts';

export interface TimelineContext {
  people: ReadonlyMap<string, string>;
  grid: LiveGrid | null;
  timeZone: string;
  t: Dictionary;
  locale: Locale;
}

/** What an entry says beside its kind: whom or what it is about, from what to what, until when, the text. */
export function timelineDetail(
  { kind, body }: Pick<TimelineEntry, 'body'> & { kind: string },
  context: TimelineContext,
): string {
  const { grid, timeZone, t, locale } = context;
  const parts: string[] = [];
  const { from, to, text, reason, names, count, transformerId, untilMs, userIds, by, step } = body;
  if (isText(names)) parts.push(names);
  if (typeof count === 'number' && count > 1) parts.push(t.transformersCount(String(count), count));
  if (isText(transformerId)) parts.push(transformerName(transformerId, grid, locale));
  if (isText(from) && isText(to)) parts.push(t.fromTo(word(from, context), word(to, context)));
  else if (isText(to)) parts.push(word(to, context));
  if (isText(body['kind'])) parts.push(word(body['kind'], context));
  if (typeof step === 'number') parts.push(t.policyStep(String(step + 1)));
  if (kind === 'assigned' && to === null) parts.push(t.assignNobody);
  if (isText(userIds)) parts.push(...userIds.split(' ').map((id) => word(id, context)));
  if (by === 'recovery') parts.push(actorName(by, context.people, t));
  if (typeof untilMs === 'number') parts.push(t.snoozedUntil(formatTime(untilMs, locale, timeZone)));
  for (const number of [body['fromNumber'], body['intoNumber']])
    if (typeof number === 'number') parts.push(`#${number}`);
  if (isText(reason) && kind !== 'step-skipped') parts.push(word(reason, context));
  if (isText(text)) parts.push(text);
  return parts.join(locale === 'zh-CN' ? '，' : ', ');
}

function isText(value: string | number | null | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

/** A severity, a cause, what suppresses, or a person, in words; anything else as it stands. */
function word(code: string, { people, t }: TimelineContext): string {
  const words: Record<string, string>[] = [
    t.severities,
    t.causes,
    t.suppressedBy,
    t.incidentStates,
    t.mergeReasons,
  ];
  const found = words.find((table) => Object.hasOwn(table, code));
  return found?.[code] ?? people.get(code) ?? code;
}
