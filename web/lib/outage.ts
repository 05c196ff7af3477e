import type { Matcher, PlannedOutage } from '../../server/core/incident/settings.ts';
import type { Dictionary, Locale } from './i18n/dictionary.ts';
import { areaNames, conditionWords, feederName, transformerName } from './incident.ts';
import type { LiveGrid } from './state/liveReducer.ts';

const DAY_MS = 86_400_000;
/** Regulation on Power Supply and Use, article 28. */
const NOTICE_DAYS = 7;
const NAMES_MAX = 6;

export type NoticeStanding =
  | { kind: 'ok'; days: number }
  | { kind: 'late'; days: number; lateDays: number }
  | { kind: 'due'; byMs: number }
  | { kind: 'missed'; byMs: number };

/** How the notice to customers stands against the seven days. */
export function noticeStanding(
  { fromMs, noticedMs }: Pick<PlannedOutage, 'fromMs' | 'noticedMs'>,
  nowMs: number,
): NoticeStanding {
  const byMs = fromMs - NOTICE_DAYS * DAY_MS;
  if (noticedMs === null) return { kind: nowMs < byMs ? 'due' : 'missed', byMs };
  const days = (fromMs - noticedMs) / DAY_MS;
  return days >= NOTICE_DAYS
    ? { kind: 'ok', days: Math.floor(days) }
    : { kind: 'late', days: Math.max(0, Math.floor(days)), lateDays: Math.ceil(NOTICE_DAYS - days) };
}

export type OutagePhase = 'now' | 'coming' | 'past';

export function phaseOf(outage: PlannedOutage, nowMs: number): OutagePhase {
  if (outage.cancelledMs !== null || nowMs >= outage.toMs) return 'past';
  return nowMs < outage.fromMs ? 'coming' : 'now';
}

/** Rows of the transformers that an outage takes the supply from. */
export function rowsUnder(
  { feederIds, transformerIds }: Pick<PlannedOutage, 'feederIds' | 'transformerIds'>,
  grid: LiveGrid,
): number[] {
  const feeders = new Set(feederIds.map((id) => grid.feeders.findIndex((feeder) => feeder.id === id)));
  const ids = new Set(transformerIds);
  const rows: number[] = [];
  for (let row = 0; row < grid.rows; row++) {
    if (feeders.has(grid.feeder[row]!) || ids.has(grid.id[row]!)) rows.push(row);
  }
  return rows;
}

/** What something is about, in words: feeders, transformers, conditions; the whole grid where nothing narrows it. */
export function matcherWords(match: Matcher, grid: LiveGrid | null, t: Dictionary, locale: Locale): string {
  const parts = [
    ...(match.areaIds ?? []).map((id) => areaNames([id], grid, locale)),
    ...(match.feederIds ?? []).map((id) => feederName(id, grid, locale)),
    ...(match.transformerIds ?? []).map((id) => transformerName(id, grid, locale)),
  ];
  const shown = parts.slice(0, NAMES_MAX);
  if (parts.length > NAMES_MAX) shown.push(t.membersMore(String(parts.length - NAMES_MAX)));
  const narrowed = [
    ...(shown.length === 0 ? [t.matchAll] : shown),
    ...(match.conditions ?? []).map((condition) => conditionWords(condition, null, t, locale)),
    ...(match.severityMin === undefined ? [] : [t.matchSeverity(t.severities[match.severityMin])]),
    ...(match.importantOnly === true ? [t.matchImportant] : []),
  ];
  return narrowed.join(t.and);
}
