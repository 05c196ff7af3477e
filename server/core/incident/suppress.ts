import type { Incident, IncidentMember, Suppression } from './incident.ts';
import { activeMembers, covers, type FeederOf } from './match.ts';
import type { AlertSettings, PlannedOutage } from './settings.ts';

/**
 * Why nobody is to be told of an incident now. Suppression stops telling; the incident is in the book all the same, and
 * resolves as any other.
 */

/** After a planned outage: readings of the time before its end still come in. What is low after that is told. */
export const OUTAGE_GRACE_MS = 10 * 60_000;
/** Switching begins before the hour, and a silent device is dated by its last reading. */
const OUTAGE_LEAD_MS = 30 * 60_000;
/** What work on the line makes of the voltage; anything else is no doing of the outage. */
const EXPLAINED: ReadonlySet<string> = new Set(['outage', 'no-data', 'phase-loss', 'under-voltage']);
/** Transformers out together by which a feeder counts as down when the cause is not said. */
const FEEDER_DOWN_MIN = 3;

export interface SuppressionContext {
  settings: AlertSettings;
  /** Incidents that are not resolved. */
  active: readonly Incident[];
  nowMs: number;
  /** Where an incident spans feeders, the feeder of each member. */
  feederOf?: FeederOf;
}

/** What keeps an incident from being told, and why; nothing when it may be. A test of the alerting is never kept back. */
export function suppressionsOf(incident: Incident, context: SuppressionContext): Suppression[] {
  if (incident.isTest) return [];
  const found: Suppression[] = [];
  const { settings, active, nowMs } = context;
  for (const silence of settings.silences) {
    const inForce = silence.endedMs === null && nowMs >= silence.fromMs && nowMs < silence.toMs;
    if (inForce && covers(silence.match, incident, context.feederOf)) {
      found.push({ kind: 'silence', id: silence.id, reason: silence.reason });
    }
  }
  for (const outage of settings.outages) {
    if (outageHolds(outage, nowMs) && explains(outage, incident, context.feederOf)) {
      found.push({ kind: 'planned-outage', id: outage.id, reason: outage.title });
    }
  }
  // Only silence is inhibited: whatever else is not held against every other incident.
  const isSilent = activeMembers(incident).every(({ condition }) => condition === 'no-data');
  for (const other of isSilent ? active : []) {
    if (inhibits(other, incident, context.feederOf)) {
      found.push({ kind: 'inhibition', id: other.id, reason: `#${other.number}` });
    }
  }
  if (incident.snoozedUntilMs !== null && incident.snoozedUntilMs > nowMs) {
    found.push({ kind: 'snooze', id: null, reason: '' });
  }
  return found;
}

/** Whether a transformer is in the subtree of an outage. */
export function isInside(outage: PlannedOutage, transformerId: string, feederId: string | null): boolean {
  return (
    outage.transformerIds.includes(transformerId) ||
    (feederId !== null && outage.feederIds.includes(feederId))
  );
}

function outageHolds(outage: PlannedOutage, nowMs: number): boolean {
  return (
    outage.cancelledMs === null &&
    nowMs >= outage.fromMs - OUTAGE_LEAD_MS &&
    nowMs < outage.toMs + OUTAGE_GRACE_MS
  );
}

/** Only when it explains every member: one transformer outside, or one that was low before, and people are told. */
function explains(outage: PlannedOutage, incident: Incident, feederOf?: FeederOf): boolean {
  const explained = (member: IncidentMember): boolean =>
    EXPLAINED.has(member.condition) &&
    member.sinceMs >= outage.fromMs - OUTAGE_LEAD_MS &&
    member.sinceMs < outage.toMs &&
    isInside(outage, member.transformerId, feederOf?.(member.transformerId) ?? incident.feederId);
  const members = activeMembers(incident);
  return members.length > 0 && members.every(explained);
}

/** A feeder that is down mutes the silence of its own transformers: their modems have no supply. */
function inhibits(other: Incident, incident: Incident, feederOf?: FeederOf): boolean {
  if (other.id === incident.id || other.isTest || other.state === 'resolved') return false;
  const down = feedersDown(other, feederOf);
  const members = down.size === 0 ? [] : activeMembers(incident);
  if (members.length === 0) return false;
  return members.every(
    (member) =>
      member.condition === 'no-data' && down.has(feederOf?.(member.transformerId) ?? incident.feederId ?? ''),
  );
}

/** Of an incident of one feeder that feeder; of a dead substation each of its feeders that is down. */
function feedersDown({ feederId, station, members, cause }: Incident, feederOf?: FeederOf): Set<string> {
  const out = new Map<string, Set<string>>();
  for (const { condition, clearedMs, transformerId } of members) {
    if (condition !== 'outage' || clearedMs !== null) continue;
    const id = feederId ?? (station === undefined ? null : (feederOf?.(transformerId) ?? null));
    if (id === null) continue;
    const there = out.get(id);
    if (there === undefined) out.set(id, new Set([transformerId]));
    else there.add(transformerId);
  }
  const isDown = (count: number): boolean => count >= FEEDER_DOWN_MIN || cause.kind === 'upstream';
  return new Set([...out].filter(([, ids]) => isDown(ids.size)).map(([id]) => id));
}
