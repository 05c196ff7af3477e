import type { DetectedCondition, Severity } from '../event.ts';
import type { JudgedBy } from '../limitVersions.ts';

/** An incident: one cause, the transformers that it took along, and what people did about it. Immutable; a change makes a new one. */

/** Open until someone acknowledges; resolved by recovery, by hand or by merging. Snoozing is a time, not a state. */
export type IncidentState = 'open' | 'acknowledged' | 'resolved';

export type CauseKind =
  /** 10 kV source, line or switch: everything behind it fell together. */
  | 'upstream'
  | 'overload'
  | 'tap'
  | 'unbalance'
  /** Broken or loose neutral: the phases move apart. */
  | 'neutral'
  /** Low-voltage line: outlet fine, tails low. */
  | 'line'
  /** Blown fuse, open conductor of one phase. */
  | 'phase-fault'
  | 'communication'
  | 'sensor'
  | 'unknown';

/** One sentence of evidence, as a code with its numbers: said in the language of the reader (`core/incident/evidence.ts`). */
export interface Evidence {
  code: string;
  values: Readonly<Record<string, number | string>>;
}

export interface Cause {
  kind: CauseKind;
  /** 0–1. */
  confidence: number;
  evidence: readonly Evidence[];
}

/** One condition of one measuring point that belongs to the incident. */
export interface IncidentMember {
  transformerId: string;
  point: string;
  condition: DetectedCondition;
  phase: 'a' | 'b' | 'c' | null;
  severity: Severity;
  /** Event time. */
  sinceMs: number;
  /** Event time; null while it lasts. */
  clearedMs: number | null;
  /** Deciding value when it began (or worsened), and the limit that it was judged by then; kept for ever. */
  valueV: number | null;
  limitV: number | null;
  /** How it began, as it was judged then: with others at once, slowly, or of its own; decides what it is grouped with. */
  onset?: Onset;
  /** Event time of its latest transition: an event that comes again is known by it. */
  changedMs?: number;
}

export type Onset = 'sudden' | 'slow' | 'own';

/** Why nobody is told: what suppresses, and its id. Monitoring goes on, and so does resolution. */
export interface Suppression {
  kind: 'silence' | 'planned-outage' | 'inhibition' | 'snooze' | 'no-route';
  /** Id of the silence, the outage, the inhibiting incident. */
  id: string | null;
  /** Reason as its author wrote it, or empty. */
  reason: string;
}

/** Where the escalation of an incident is. */
export interface EscalationState {
  policyId: string;
  /** Next step to be taken; equal to the number of steps when the round is over. */
  step: number;
  /** Rounds done. */
  round: number;
  /** `NEVER_MS` (core/incident/escalate.ts) once it has stopped: acknowledged, left, or a matter of the digest. */
  dueMs: number;
  /** Worst severity that people were told of; each is told once. */
  toldSeverity?: Severity;
  /** A whole round found nobody: tried again without saying so again. */
  nobody?: true;
}

export interface Incident {
  id: string;
  /** What people call it: #128. */
  number: number;
  /** Rises with every change; a command names the version that its author saw. */
  version: number;
  state: IncidentState;
  /** Of what is not cleared; of all when everything is. */
  severity: Severity;
  /** Worst that it ever was. */
  peakSeverity: Severity;
  /** Leading condition: the worst, among equals the one of most members. */
  condition: DetectedCondition;
  cause: Cause;
  /** Feeder that nearly all of its members share (one may be registered elsewhere by mistake); null when they do not. */
  feederId: string | null;
  /** Most feeders of this substation went out together: it is dead, and the incident is of all of them. */
  station?: { id: string; feederIds: readonly string[] };
  areaIds: readonly string[];
  org: string;
  members: readonly IncidentMember[];
  /** Behind distinct transformers of it. */
  customers: number;
  importantCustomers: number;
  /** Lowest deciding voltage, with its limit; null where voltage is not the point. */
  worstV: number | null;
  limitV: number | null;
  /** The limits in force when it was opened: it is judged by them for ever, each member by its own `limitV`. */
  judgedBy?: JudgedBy;
  /** Event time of the earliest member; of a shared trouble, of the earliest that shares it. */
  startedMs: number;
  openedMs: number;
  acknowledgedMs: number | null;
  acknowledgedBy: string | null;
  assignee: string | null;
  snoozedUntilMs: number | null;
  resolvedMs: number | null;
  /** User id, `recovery`, or `merge`. */
  resolvedBy: string | null;
  mergedInto: string | null;
  /** Times that it came back within the window instead of a new one. */
  reopened: number;
  suppressions: readonly Suppression[];
  escalation: EscalationState | null;
  /** User ids that were told of it: they are told how it ends. */
  told: readonly string[];
  /** Set apart by a person: it is never merged by itself. */
  apart?: true;
  /** A self-proof delivery, not the grid. */
  isTest: boolean;
}

export type TimelineKind =
  | 'opened'
  | 'member-joined'
  | 'member-cleared'
  | 'severity'
  | 'cause'
  | 'acknowledged'
  | 'assigned'
  | 'commented'
  | 'snoozed'
  | 'unsnoozed'
  | 'suppressed'
  | 'unsuppressed'
  | 'escalated'
  | 'step-skipped'
  | 'resolved'
  | 'reopened'
  | 'merged'
  | 'split';

/** Append-only. */
export interface TimelineEntry {
  id: string;
  incidentId: string;
  atMs: number;
  kind: TimelineKind;
  /** User id; null: the program. */
  actor: string | null;
  /** Free of personal secrets; what the kind needs (comment text, from, to …). */
  body: Readonly<Record<string, string | number | null>>;
}
