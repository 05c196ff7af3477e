import type { Condition } from '../../server/core/condition.ts';
import type { DetectedCondition, Severity } from '../../server/core/event.ts';
import type { Channel } from '../../server/core/incident/delivery.ts';
import type { Incident, IncidentMember, Suppression } from '../../server/core/incident/incident.ts';
import type { BothLanguages } from './alertApi.ts';
import type { Dictionary, Locale } from './i18n/dictionary.ts';
import { nameOf, rowName } from './names.ts';
import type { LiveGrid } from './state/liveReducer.ts';

/** What the pages make of an incident: shapes, names and words; never a judgement of their own. */

const SEVERITY_RANK: Record<Severity, number> = { mild: 0, serious: 1, severe: 2 };

/** Conditions whose severity is more than how urgent they are: it is said with them. */
const GRADED = new Set<string>(['under-voltage', 'over-voltage', 'voltage-unbalance', 'open-neutral']);

/** The shape that a condition of a severity is drawn with, the same as on the map. */
export function shapeOf(condition: DetectedCondition, severity: Severity | null): Condition {
  if (condition === 'under-voltage') return severity === null ? 'mild-low' : `${severity}-low`;
  if (condition === 'phase-loss') return 'outage';
  return (['outage', 'over-voltage', 'no-data'] as const).find((known) => known === condition) ?? 'watch';
}

/** `serious low voltage`, `较重低电压`; a condition of a newer server is shown by its code. */
export function conditionWords(
  condition: DetectedCondition,
  severity: Severity | null,
  t: Dictionary,
  locale: Locale,
  graded = true,
): string {
  // Heavy load and overload are names of their own in the trade, not degrees of one.
  if (condition === 'overload' && severity === 'mild') return t.heavyLoad;
  const name = (t.eventConditions as Record<string, string>)[condition] ?? condition;
  if (!graded || severity === null || !GRADED.has(condition)) return name;
  return `${t.severities[severity]}${locale === 'zh-CN' ? '' : ' '}${name}`;
}

/** The shape of an incident: of its condition where that has one of its own, else of its severity. */
export function incidentShape({ condition, severity }: Pick<Incident, 'condition' | 'severity'>): Condition {
  const shape = shapeOf(condition, severity);
  return shape === 'watch' ? `${severity}-low` : shape;
}

/** Condition and severity, both always said. */
export function incidentWords(
  { condition, severity }: Pick<Incident, 'condition' | 'severity'>,
  t: Dictionary,
  locale: Locale,
): string {
  const words = conditionWords(condition, severity, t, locale);
  return GRADED.has(condition) ? words : `${words} · ${t.severities[severity]}`;
}

/** Transformers of it, each once, in the order in which they joined. */
export function transformersOf({
  members,
}: {
  members: readonly Pick<IncidentMember, 'transformerId'>[];
}): string[] {
  return [...new Set(members.map((member) => member.transformerId))];
}

/** What suppresses it; `no-route` is not among them: that is a fault of the settings, not a wish. */
export function suppressorsOf({ suppressions }: Pick<Incident, 'suppressions'>): Suppression[] {
  return suppressions.filter(({ kind }) => kind !== 'no-route');
}

/** The member that is worst off: farthest below (or above) its limit, those that last first. */
export function worstMember<M extends IncidentMember>(incident: { members: readonly M[] }): M | null {
  const beyond = ({ valueV, limitV }: IncidentMember): number =>
    valueV === null || limitV === null ? -1 : Math.abs(valueV - limitV);
  return (
    incident.members.toSorted(
      (one, other) =>
        Number(one.clearedMs !== null) - Number(other.clearedMs !== null) ||
        SEVERITY_RANK[other.severity] - SEVERITY_RANK[one.severity] ||
        beyond(other) - beyond(one),
    )[0] ?? null
  );
}

/** Name of a transformer, by the registry of the live picture; its number before that has come. */
export function transformerName(id: string, grid: LiveGrid | null, locale: Locale): string {
  const row = grid?.rowOf.get(id);
  return grid === null || row === undefined ? id : rowName(grid, row, locale);
}

export function feederName(id: string, grid: LiveGrid | null, locale: Locale): string {
  const feeder = grid?.feeders.find((candidate) => candidate.id === id);
  return feeder === undefined ? id : nameOf(feeder, locale);
}

export function areaNames(ids: readonly string[], grid: LiveGrid | null, locale: Locale): string {
  const names = ids.map((id) => {
    const area = grid?.areas.find((candidate) => candidate.id === id);
    return area === undefined ? id : nameOf(area, locale);
  });
  return names.join(locale === 'zh-CN' ? '、' : ', ');
}

/** What the server says in both languages, in that of the page. */
export function inLanguage({ zh, en }: BothLanguages, locale: Locale): string {
  return locale === 'zh-CN' ? zh : en;
}

/** A channel in words; one of a newer server by its code. */
export function channelWord(channel: Channel | string, t: Dictionary): string {
  return (t.channels as Record<string, string>)[channel] ?? channel;
}

/** Who did something: a person by name, the program where it was nobody. */
export function actorName(id: string | null, people: ReadonlyMap<string, string>, t: Dictionary): string {
  if (id === null) return t.theProgram;
  if (id === 'recovery') return t.recovery;
  if (id === 'merge') return t.merging;
  return people.get(id) ?? id;
}
