import type { Severity } from '../event.ts';
import { localDayStart, type ZoneOffset } from '../localTime.ts';
import type { Episode } from './episode.ts';
import { replayIncidents, type ReplayIncident } from './replayIncident.ts';

/** What one rule would have done over one stretch of history. */
export interface ReplayReport {
  /** Conditions raised, a phase each. */
  episodes: number;
  incidents: number;
  /** Incidents told at once, and those left to the digest. */
  pages: number;
  digested: number;
  bySeverity: Record<Severity, number>;
  /** Every local day of the span, ascending; incidents by their start. */
  days: { dayMs: number; incidents: number; pages: number }[];
  /** Those with most incidents. */
  transformers: TransformerShare[];
  /** Ascending by start. */
  list: ReplayIncident[];
}

export interface TransformerShare {
  transformerId: string;
  incidents: number;
  episodes: number;
  /** Within the span, phases added up. */
  minutes: number;
  worstV: number | null;
}

const TRANSFORMERS_MAX = 20;
const HALF_DAY_MS = 43_200_000;

export function replayReport(
  episodes: readonly Episode[],
  span: { fromMs: number; toMs: number },
  ground: { feederOf(transformerId: string): string | undefined; offset: ZoneOffset },
): ReplayReport {
  const list = replayIncidents(episodes, ground.feederOf);
  const pages = list.filter((incident) => incident.pages).length;
  const bySeverity: Record<Severity, number> = { mild: 0, serious: 0, severe: 0 };
  for (const { severity } of list) bySeverity[severity]++;
  return {
    episodes: episodes.length,
    incidents: list.length,
    pages,
    digested: list.length - pages,
    bySeverity,
    days: daysOf(list, span, ground.offset),
    transformers: sharesOf(episodes, list, span),
    list,
  };
}

function daysOf(
  list: readonly ReplayIncident[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
  offset: ZoneOffset,
): ReplayReport['days'] {
  const days = new Map<number, { dayMs: number; incidents: number; pages: number }>();
  for (let dayMs = localDayStart(fromMs, offset); dayMs < toMs;) {
    days.set(dayMs, { dayMs, incidents: 0, pages: 0 });
    // A day has 23 to 25 hours: a day and a half later is within the next one.
    dayMs = localDayStart(dayMs + 3 * HALF_DAY_MS, offset);
  }
  for (const { startedMs, pages } of list) {
    const day = days.get(localDayStart(startedMs, offset));
    if (day === undefined) continue;
    day.incidents++;
    if (pages) day.pages++;
  }
  return [...days.values()];
}

function sharesOf(
  episodes: readonly Episode[],
  list: readonly ReplayIncident[],
  { toMs }: { toMs: number },
): TransformerShare[] {
  const shares = new Map<string, TransformerShare>();
  for (const { transformerId, condition, fromMs, toMs: endMs, worstV } of episodes) {
    let share = shares.get(transformerId);
    if (share === undefined) {
      share = { transformerId, incidents: 0, episodes: 0, minutes: 0, worstV: null };
      shares.set(transformerId, share);
    }
    share.episodes++;
    share.minutes += Math.max(0, Math.min(endMs ?? toMs, toMs) - fromMs) / 60_000;
    const isLow = condition === 'under-voltage' && worstV !== null;
    if (isLow && !(share.worstV !== null && share.worstV <= worstV)) share.worstV = worstV;
  }
  for (const { transformerIds } of list) for (const id of transformerIds) shares.get(id)!.incidents++;
  return [...shares.values()]
    .sort((left, right) => right.incidents - left.incidents || right.minutes - left.minutes)
    .slice(0, TRANSFORMERS_MAX);
}
