import type { Severity } from '../event.ts';
import type { Incident } from './incident.ts';

/** How soon a message goes, and how many. */

/** Siblings of one cause come within seconds of each other and belong into its first message. */
export interface GroupWait {
  /** Serious, severe, and anything without supply. The first attempt is to be made within five seconds. */
  urgentMs: number;
  mildMs: number;
}
const GROUP_WAIT: Readonly<GroupWait> = Object.freeze({ urgentMs: 2_000, mildMs: 60_000 });

/** Messages to one person in an hour, beyond which they are gathered. */
const SENT_PER_HOUR_MAX = 30;

/** Time from opening to the first message. */
export function tellAfterMs(
  incident: Pick<Incident, 'severity' | 'condition'>,
  wait: Readonly<GroupWait> = GROUP_WAIT,
): number {
  return incident.severity === 'mild' && incident.condition !== 'outage' ? wait.mildMs : wait.urgentMs;
}

/** Whether one more message goes to a person at once; severe always does. */
export function rateDecision(
  sentInLastHour: number,
  sentMax: number = SENT_PER_HOUR_MAX,
  severity: Severity = 'serious',
): 'send' | 'hold-to-digest' {
  return severity === 'severe' || sentInLastHour < sentMax ? 'send' : 'hold-to-digest';
}
