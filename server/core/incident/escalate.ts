import type { EscalationState, TimelineEntry } from './incident.ts';
import { onCallAt } from './rota.ts';
import type { AlertSettings, EscalationPolicy, Person, Target } from './settings.ts';

/** Steps of an escalation: who is told next, and when after that. */

/** Due time of what has stopped: the last moment that a Date can name, so that it survives JSON. */
export const NEVER_MS = 8.64e15;
/** Where nobody at all could be told, it is tried again after this: someone may have got a contact point meanwhile. */
const NOBODY_RETRY_MS = 60_000;

export interface EscalationContext {
  settings: AlertSettings;
  people: readonly Person[];
  nowMs: number;
}

/** Why a target of a step is not told. */
export interface Unreached {
  reason: 'schedule-missing' | 'schedule-empty' | 'person-missing' | 'person-disabled' | 'person-unreachable';
  /** Of the schedule or person. */
  id: string;
}

export interface StepTaken {
  escalation: EscalationState;
  userIds: string[];
  timeline: Pick<TimelineEntry, 'kind' | 'body'>[];
}

/** Whether someone can be told now: enabled, with an enabled contact point. */
export function reachOf(userId: string, { settings, people }: EscalationContext): Unreached | null {
  const person = people.find(({ id }) => id === userId);
  if (person === undefined) return { reason: 'person-missing', id: userId };
  if (!person.enabled) return { reason: 'person-disabled', id: userId };
  const reachable = settings.contactPoints.some((contact) => contact.userId === userId && contact.enabled);
  return reachable ? null : { reason: 'person-unreachable', id: userId };
}

/** The people behind the targets of a step, each once, and why others are not among them. */
export function recipientsOf(
  targets: readonly Target[],
  context: EscalationContext,
): { userIds: string[]; unreached: Unreached[] } {
  const userIds = new Set<string>();
  const unreached: Unreached[] = [];
  for (const target of targets) {
    const userId = target.kind === 'user' ? target.id : onCall(target.id, context);
    const fault = typeof userId === 'string' ? reachOf(userId, context) : userId;
    if (fault !== null) unreached.push(fault);
    else userIds.add(userId as string);
  }
  return { userIds: [...userIds], unreached };
}

/** Takes the step that is due; those with nobody to tell are passed over at once, and said so. */
export function takeStep(
  escalation: EscalationState,
  policy: EscalationPolicy,
  waitFactor: number,
  context: EscalationContext,
): StepTaken {
  const { nobody, ...state } = escalation;
  const timeline: StepTaken['timeline'] = [];
  let { step, round } = state;
  for (let skipped = 0; ;) {
    if (skipped >= policy.steps.length) {
      const dueMs = context.nowMs + NOBODY_RETRY_MS;
      return {
        escalation: { ...escalation, step: 0, dueMs, nobody: true },
        userIds: [],
        timeline: nobody === true ? [] : timeline,
      };
    }
    if (step >= policy.steps.length) {
      if (round >= policy.repeats) {
        timeline.push({ kind: 'escalated', body: { left: round + 1 } });
        return { escalation: { ...state, step, round, dueMs: NEVER_MS }, userIds: [], timeline };
      }
      step = 0;
      round++;
    }
    const { targets, waitS } = policy.steps[step]!;
    const { userIds, unreached } = recipientsOf(targets, context);
    step++;
    if (userIds.length > 0) {
      timeline.push({ kind: 'escalated', body: { step, round: round + 1, userIds: userIds.join(' ') } });
      const dueMs = context.nowMs + Math.max(1_000, waitS * 1_000 * waitFactor);
      return { escalation: { ...state, step, round, dueMs }, userIds, timeline };
    }
    const [fault] = unreached;
    timeline.push({
      kind: 'step-skipped',
      body: { step, reason: fault?.reason ?? 'no-target', id: fault?.id ?? null },
    });
    skipped++;
  }
}

/** The people of the step that was taken last; of the first one before any was. */
export function currentRecipients(
  escalation: EscalationState,
  policy: EscalationPolicy,
  context: EscalationContext,
): string[] {
  const step = policy.steps[Math.max(0, Math.min(escalation.step, policy.steps.length) - 1)];
  return step === undefined ? [] : recipientsOf(step.targets, context).userIds;
}

function onCall(scheduleId: string, { settings, nowMs }: EscalationContext): string | Unreached {
  const schedule = settings.schedules.find(({ id }) => id === scheduleId);
  if (schedule === undefined) return { reason: 'schedule-missing', id: scheduleId };
  return onCallAt(schedule, nowMs) ?? { reason: 'schedule-empty', id: scheduleId };
}
