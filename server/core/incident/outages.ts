import { DAY_MS } from '../localTime.ts';
import type { Incident } from './incident.ts';
import type { FeederOf } from './match.ts';
import type { PlannedOutage } from './settings.ts';
import { isInside, OUTAGE_GRACE_MS } from './suppress.ts';

/** Planned outages: told in time, begun, ended, and what is still wrong after them. */

/** Days before a planned outage by which customers are told (Regulation on Power Supply and Use, article 28). */
export const NOTICE_DAYS = 7;

/** Nobody is told of an outage that was over for so long when the service came back. */
const CHECK_MS_MAX = DAY_MS;

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
  /**
   * `passed`: began and ended while nobody looked; it is marked and its beginning is not announced. `checked`: some time
   * after its end it was looked what is back. `back`: what was not is, since now.
   */
  kind: 'begins' | 'ends' | 'passed' | 'checked' | 'back';
  /** The outage with its marks, to be stored with the announcement. */
  marked: PlannedOutage;
}

/** What is asked of the world when a transition is looked for. */
export interface OutageContext {
  nowMs: number;
  /** Incidents that are not resolved. */
  active: readonly Incident[];
  feederOf?: FeederOf;
}

/** Outages that time has moved on; each once, since the mark is stored with what is told of it. */
export function outageTransitions(
  outages: readonly PlannedOutage[],
  context: OutageContext,
): OutageTransition[] {
  return outages.flatMap((outage) => {
    const found = outage.cancelledMs === null ? transitionOf(outage, context) : null;
    return found === null ? [] : [{ outage, ...found }];
  });
}

function transitionOf(
  outage: PlannedOutage,
  context: OutageContext,
): Omit<OutageTransition, 'outage'> | null {
  const { nowMs } = context;
  if (outage.endedMs !== null) return afterEnd(outage, outage.endedMs, context);
  if (nowMs < outage.fromMs) return null;
  if (nowMs >= outage.toMs) {
    const kind = outage.startedMs === null ? 'passed' : 'ends';
    const startedMs = outage.startedMs ?? outage.fromMs;
    return { kind, marked: { ...outage, startedMs, endedMs: nowMs } };
  }
  return outage.startedMs === null ? { kind: 'begins', marked: { ...outage, startedMs: nowMs } } : null;
}

/** Looked at once the readings of the time after it can be in, and again until everything is back. */
function afterEnd(
  outage: PlannedOutage,
  endedMs: number,
  context: OutageContext,
): Omit<OutageTransition, 'outage'> | null {
  const { nowMs, active, feederOf } = context;
  const before = outage.endCheck ?? null;
  if (before === null) {
    if (nowMs < endedMs + OUTAGE_GRACE_MS || nowMs > outage.toMs + CHECK_MS_MAX) return null;
    const left = endCheck(outage, active, nowMs, feederOf);
    const backMs = left.transformerIds.length === 0 ? nowMs : null;
    return { kind: 'checked', marked: { ...outage, endCheck: { checkedMs: nowMs, ...left, backMs } } };
  }
  if (before.backMs !== null) return null;
  const bad = new Set(endCheck(outage, active, nowMs, feederOf).transformerIds);
  if (before.transformerIds.some((id) => bad.has(id))) return null;
  return { kind: 'back', marked: { ...outage, endCheck: { ...before, backMs: nowMs } } };
}
