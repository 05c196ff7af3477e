import { DAY_MS } from '../localTime.ts';
import type { Incident } from './incident.ts';
import type { FeederOf } from './match.ts';
import type { PlannedOutage } from './settings.ts';
import { isInside } from './suppress.ts';

/** Planned outages: told in time, begun, ended, and what is still wrong after them. */

/** Days before a planned outage by which customers are told (Regulation on Power Supply and Use, article 28). */
export const NOTICE_DAYS = 7;

/** Conditions that an outage leaves behind when its end is not what was planned. */
const LEFT_BEHIND: ReadonlySet<string> = new Set(['outage', 'no-data', 'phase-loss', 'under-voltage']);

/** Whether customers were told seven days before; `daysBefore` is null while they have not been told at all. */
export function noticeCheck(outage: PlannedOutage): { ok: boolean; daysBefore: number | null } {
  if (outage.noticedMs === null) return { ok: false, daysBefore: null };
  const daysBefore = (outage.fromMs - outage.noticedMs) / DAY_MS;
  return { ok: daysBefore >= NOTICE_DAYS, daysBefore };
}

/** Transformers inside an outage that are still low, out or silent after its end, and the incidents that they are in. */
export function endCheck(
  outage: PlannedOutage,
  active: readonly Incident[],
  nowMs: number,
  feederOf?: FeederOf,
): { transformerIds: string[]; incidentIds: string[] } {
  const transformerIds = new Set<string>();
  const incidentIds = new Set<string>();
  if (outage.cancelledMs !== null || nowMs < outage.toMs) return { transformerIds: [], incidentIds: [] };
  for (const incident of active) {
    if (incident.state === 'resolved' || incident.isTest) continue;
    for (const { transformerId, condition, clearedMs } of incident.members) {
      if (clearedMs !== null || !LEFT_BEHIND.has(condition)) continue;
      if (!isInside(outage, transformerId, feederOf?.(transformerId) ?? incident.feederId)) continue;
      transformerIds.add(transformerId);
      incidentIds.add(incident.id);
    }
  }
  return { transformerIds: [...transformerIds], incidentIds: [...incidentIds] };
}

export interface OutageTransition {
  outage: PlannedOutage;
  /** `passed`: began and ended while nobody looked; it is marked and not announced. */
  kind: 'begins' | 'ends' | 'passed';
  /** The outage with its marks, to be stored with the announcement. */
  marked: PlannedOutage;
}

/** Outages whose beginning or end is to be announced now; each once, since the mark is stored with it. */
export function outageTransitions(outages: readonly PlannedOutage[], nowMs: number): OutageTransition[] {
  const found: OutageTransition[] = [];
  for (const outage of outages) {
    if (outage.cancelledMs !== null || outage.endedMs !== null || nowMs < outage.fromMs) continue;
    if (nowMs >= outage.toMs) {
      const kind = outage.startedMs === null ? 'passed' : 'ends';
      const startedMs = outage.startedMs ?? outage.fromMs;
      found.push({ outage, kind, marked: { ...outage, startedMs, endedMs: nowMs } });
    } else if (outage.startedMs === null) {
      found.push({ outage, kind: 'begins', marked: { ...outage, startedMs: nowMs } });
    }
  }
  return found;
}
