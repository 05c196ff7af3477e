import type { Incident } from './incident.ts';

/** What a person does about an incident. `version` is the one that they saw. */
export type IncidentCommand =
  | { kind: 'acknowledge' }
  | { kind: 'assign'; userId: string | null }
  | { kind: 'comment'; text: string }
  | { kind: 'snooze'; untilMs: number }
  | { kind: 'unsnooze' }
  | { kind: 'resolve'; text: string | null }
  | { kind: 'merge'; intoId: string }
  | { kind: 'split'; transformerIds: readonly string[] };

export type CommandOutcome =
  | { kind: 'done'; incident: Incident }
  | { kind: 'not-found' }
  /** Someone else was first: the incident as it is now. */
  | { kind: 'conflict'; incident: Incident }
  /** It cannot be done now, and why, e.g. it is resolved already. */
  | { kind: 'refused'; reason: string };
