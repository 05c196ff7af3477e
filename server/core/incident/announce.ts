import type { MessageKind } from './delivery.ts';
import {
  currentRecipients,
  NEVER_MS,
  reachOf,
  recipientsOf,
  takeStep,
  type EscalationContext,
} from './escalate.ts';
import type { EscalationState, Incident, Suppression, TimelineEntry } from './incident.ts';
import type { FeederOf } from './match.ts';
import { tellAfterMs } from './rate.ts';
import { routeOf, type NotRouted, type Routed } from './route.ts';
import type { EscalationPolicy } from './settings.ts';
import { severityRank } from './severity.ts';
import { suppressionsOf } from './suppress.ts';
import { inSpan, offsetOf } from './wallTime.ts';

/**
 * Who is told what of an incident, now. All that is remembered from one call to the next is in the incident
 * (suppressions, escalation, told), so a restart at any moment goes on where it was.
 */

export interface AnnounceContext extends EscalationContext {
  /** Incidents that are not resolved. */
  active: readonly Incident[];
  timeZone: string;
  feederOf?: FeederOf;
}

export interface AnnounceInput extends AnnounceContext {
  /** Null: it is new. The same as `after` when only time went on. */
  before: Incident | null;
  after: Incident;
}

export interface Announcement {
  /** `after` with its suppressions, escalation and told; the version stays. */
  incident: Incident;
  timeline: Omit<TimelineEntry, 'id'>[];
  wanted: { userId: string; kind: MessageKind }[];
  /** User ids for whom this goes to their digest. */
  digest: string[];
}

/** Whether time alone may have changed who is to be told: then {@link announce} is asked, with `before` as `after`. */
export function escalationDue(incident: Incident, context: AnnounceContext): boolean {
  if (incident.state === 'resolved' || incident.isTest) return false;
  if (incident.suppressions.length > 0) return true;
  if (incident.escalation === null ? incident.state === 'open' : incident.escalation.dueMs <= context.nowMs) {
    return true;
  }
  return suppressionsOf(incident, context).length > 0;
}

/** What is to be told of a change, or of time having gone on. Of a test of the alerting nobody is told. */
export function announce(input: AnnounceInput): Announcement {
  const { before, after } = input;
  const said: Announcement = { incident: after, timeline: [], wanted: [], digest: [] };
  if (after.isTest) return said;
  if (after.state === 'resolved') {
    if (before !== null && before.state !== 'resolved') tellEnd(said, input);
    return said;
  }
  if (before?.state === 'resolved') update(said, { told: [], escalation: null, suppressions: [] });
  const routed = routeOf(after, input.settings, input.nowMs, input.timeZone);
  if (after.state === 'acknowledged') stopEscalation(said, routed);
  const had = said.incident.suppressions;
  const has = suppressionsNow(said.incident, routed, input);
  noteSuppressions(said, had, has, input.nowMs);
  if (has.length > 0) {
    // What ends the suppression tells it anew.
    if (after.state === 'open') update(said, { escalation: null });
    return said;
  }
  if (after.state === 'acknowledged') {
    if (hasWoken(had, input)) tellOwner(said, input);
    tellWorse(said, routed, input);
  } else {
    let isWorse = false;
    if (said.incident.escalation === null) start(said, routed, had.length > 0, input);
    else isWorse = tellWorse(said, routed, input);
    step(said, routed, isWorse, input);
  }
  return said;
}

function update(said: Announcement, change: Partial<Incident>): void {
  said.incident = { ...said.incident, ...change };
}

/** Those who were told of it are told how it ended; a merged incident ends with the one that it went into. */
function tellEnd(said: Announcement, input: AnnounceInput): void {
  const { told, mergedInto } = input.after;
  if (mergedInto === null) {
    tell(
      said,
      told.filter((userId) => reachOf(userId, input) === null),
      () => 'resolved',
      input,
    );
  }
  update(said, { escalation: null, suppressions: [], told });
}

/** Nobody more is told; where it was and what was known is kept. */
function stopEscalation(said: Announcement, routed: Routed | NotRouted): void {
  const { escalation, severity } = said.incident;
  if (escalation === null) {
    if ('reason' in routed) return;
    const stopped = {
      policyId: routed.policy.id,
      step: 0,
      round: 0,
      dueMs: NEVER_MS,
      toldSeverity: severity,
    };
    update(said, { escalation: stopped });
  } else if (escalation.dueMs !== NEVER_MS) {
    // Who acknowledges has seen how bad it is.
    update(said, { escalation: { ...escalation, dueMs: NEVER_MS, toldSeverity: severity } });
  }
}

function suppressionsNow(
  incident: Incident,
  routed: Routed | NotRouted,
  context: AnnounceContext,
): Suppression[] {
  const found = suppressionsOf(incident, context);
  // An escalation that runs goes on by its policy, whatever became of the route.
  if (found.length > 0 || incident.escalation !== null || !('reason' in routed)) return found;
  return [{ kind: 'no-route', id: null, reason: routed.reason }];
}

function noteSuppressions(
  said: Announcement,
  had: readonly Suppression[],
  has: readonly Suppression[],
  nowMs: number,
): void {
  const lacks = (list: readonly Suppression[], wanted: Suppression): boolean =>
    !list.some(({ kind, id }) => kind === wanted.kind && id === wanted.id);
  const entry = ({ kind, id, reason }: Suppression) => ({ by: kind, id, reason });
  for (const s of has) if (lacks(had, s)) note(said, { kind: 'suppressed', body: entry(s) }, nowMs);
  for (const s of had) if (lacks(has, s)) note(said, { kind: 'unsuppressed', body: entry(s) }, nowMs);
  update(said, { suppressions: has });
}

function note(said: Announcement, entry: Pick<TimelineEntry, 'kind' | 'body'>, nowMs: number): void {
  said.timeline.push({ incidentId: said.incident.id, atMs: nowMs, actor: null, ...entry });
}

/** A snooze ran out by itself, and was not ended by hand. */
function hasWoken(had: readonly Suppression[], { before, after, nowMs }: AnnounceInput): boolean {
  const untilMs = after.snoozedUntilMs ?? before?.snoozedUntilMs ?? null;
  return had.some(({ kind }) => kind === 'snooze') && untilMs !== null && untilMs <= nowMs;
}

function tellOwner(said: Announcement, input: AnnounceInput): void {
  const owner = input.after.assignee ?? input.after.acknowledgedBy;
  if (owner !== null && reachOf(owner, input) === null) tell(said, [owner], () => 'opened', input);
}

function start(said: Announcement, routed: Routed | NotRouted, atOnce: boolean, input: AnnounceInput): void {
  if ('reason' in routed) return;
  const dueMs = input.nowMs + (atOnce ? 0 : tellAfterMs(said.incident));
  update(said, { escalation: { policyId: routed.policy.id, step: 0, round: 0, dueMs } });
}

/**
 * It is worse than people know: told once a severity, after someone acknowledged as well. Returns whether the
 * escalation begins again for it.
 */
function tellWorse(said: Announcement, routed: Routed | NotRouted, input: AnnounceInput): boolean {
  const { escalation, severity, state, told } = said.incident;
  if (escalation === null) return false;
  const known = escalation.toldSeverity;
  if (known === undefined) {
    const dueMs = Math.min(escalation.dueMs, input.nowMs + tellAfterMs(said.incident));
    update(said, { escalation: { ...escalation, dueMs } });
    return false;
  }
  if (severityRank(severity) <= severityRank(known)) return false;
  const policy = 'reason' in routed ? policyById(escalation, input) : routed.policy;
  if (policy === null) return false;
  const isOther = policy.id !== escalation.policyId;
  if (state === 'open' && (isOther || told.length === 0 || escalation.dueMs === NEVER_MS)) {
    const fresh = { policyId: policy.id, step: 0, round: 0, dueMs: input.nowMs };
    update(said, { escalation: fresh });
    return true;
  }
  const current = isOther
    ? recipientsOf(policy.steps[0]?.targets ?? [], input).userIds
    : currentRecipients(escalation, policy, input);
  const owner = state === 'acknowledged' ? (said.incident.assignee ?? said.incident.acknowledgedBy) : null;
  const others = current.length > 0 ? current : told;
  const userIds = (owner === null ? others : [owner, ...others]).filter((id) => reachOf(id, input) === null);
  tell(said, userIds, () => 'worsened', input);
  update(said, { escalation: { ...escalation, policyId: policy.id, toldSeverity: severity } });
  return false;
}

/** Takes the step that is due, if one is. */
function step(said: Announcement, routed: Routed | NotRouted, isWorse: boolean, input: AnnounceInput): void {
  const { escalation, severity, reopened } = said.incident;
  if (escalation === null || escalation.dueMs > input.nowMs || escalation.dueMs === NEVER_MS) return;
  const isFirst = escalation.toldSeverity === undefined;
  const ways = 'reason' in routed ? null : routed;
  const policy = (isFirst ? ways?.policy : policyById(escalation, input)) ?? ways?.policy ?? null;
  if (policy === null) return;
  const from =
    policy.id === escalation.policyId ? escalation : { ...escalation, policyId: policy.id, step: 0 };
  const taken = takeStep(from, policy, ways?.waitFactor ?? 1, input);
  for (const entry of taken.timeline) note(said, entry, input.nowMs);
  if (taken.userIds.length === 0) {
    update(said, { escalation: taken.escalation });
    return;
  }
  if (isFirst && ways?.toDigest === true) {
    said.digest.push(...taken.userIds);
    update(said, { escalation: { ...taken.escalation, dueMs: NEVER_MS, toldSeverity: severity } });
    return;
  }
  const { told } = said.incident;
  const first: MessageKind = reopened > 0 ? 'reopened' : 'opened';
  const kindOf = (userId: string): MessageKind => (isWorse && told.includes(userId) ? 'worsened' : first);
  tell(said, taken.userIds, isFirst ? kindOf : () => 'escalated', input);
  const toldSeverity = isFirst ? severity : escalation.toldSeverity!;
  update(said, { escalation: { ...taken.escalation, toldSeverity } });
}

function policyById({ policyId }: EscalationState, { settings }: AnnounceInput): EscalationPolicy | null {
  return settings.policies.find(({ id }) => id === policyId) ?? null;
}

/** Tells people, or puts it into the digest of those whose quiet hours it is; each once, and severe always. */
function tell(
  said: Announcement,
  userIds: readonly string[],
  kindOf: (userId: string) => MessageKind,
  input: AnnounceInput,
): void {
  for (const userId of new Set(userIds)) {
    if (said.wanted.some((wanted) => wanted.userId === userId) || said.digest.includes(userId)) continue;
    if (said.incident.severity !== 'severe' && isQuiet(userId, input)) said.digest.push(userId);
    else said.wanted.push({ userId, kind: kindOf(userId) });
  }
  const now = said.wanted.map(({ userId }) => userId);
  update(said, { told: [...new Set([...said.incident.told, ...now])] });
}

/** Whether it is a person's quiet hours now. */
export function isQuiet(userId: string, { settings, nowMs }: EscalationContext): boolean {
  const own = settings.people.find(({ id }) => id === userId);
  if (own === undefined || own.quietHours === null) return false;
  return inSpan(own.quietHours, nowMs, offsetOf(own.timeZone));
}
