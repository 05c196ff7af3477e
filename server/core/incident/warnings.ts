import type { Severity } from '../event.ts';
import { DAY_MS } from '../localTime.ts';
import { reachOf, recipientsOf, type EscalationContext } from './escalate.ts';
import { gaps } from './rota.ts';
import type { AlertSettings, AlertWarning, EscalationStep, Person, Route, Schedule } from './settings.ts';
import { SEVERITIES, severityRank } from './severity.ts';
import { inSpan, offsetOf } from './wallTime.ts';

/** What in the settings will keep a message from reaching anyone: looked for before it is needed. */

/** How far ahead the rota is looked at. */
const AHEAD_MS = 14 * DAY_MS;

export function warningsOf(
  settings: AlertSettings,
  people: readonly Person[],
  nowMs: number,
  timeZone: string,
): AlertWarning[] {
  const context: EscalationContext = { settings, people, nowMs };
  return [
    ...routeWarnings(settings),
    ...policyWarnings(context, timeZone),
    ...settings.schedules.flatMap((schedule) => gapWarning(schedule, nowMs)),
    ...personWarnings(context),
  ];
}

function routeWarnings({ routes, policies, seasons }: AlertSettings): AlertWarning[] {
  const found: AlertWarning[] = [];
  const known = new Set(policies.map(({ id }) => id));
  // The worst that may find no way; routes by area or hour do not add up to all.
  const lost = SEVERITIES.findLast((severity) => !routes.some((route) => catchesAll(route, severity)));
  if (lost !== undefined) found.push({ code: 'no-route', values: { severity: lost } });
  for (const { name, policyId } of routes) {
    if (!known.has(policyId)) found.push({ code: 'policy-missing', values: { where: name, policyId } });
  }
  for (const { name, policyInstead } of seasons) {
    for (const policyId of Object.values(policyInstead)) {
      if (!known.has(policyId)) found.push({ code: 'policy-missing', values: { where: name, policyId } });
    }
  }
  return found;
}

function catchesAll({ match, during }: Route, severity: Severity): boolean {
  const { areaIds, feederIds, transformerIds, conditions, severityMin, importantOnly } = match;
  return (
    during === undefined &&
    importantOnly !== true &&
    [areaIds, feederIds, transformerIds, conditions].every(
      (list) => list === undefined || list.length === 0,
    ) &&
    (severityMin === undefined || severityRank(severity) >= severityRank(severityMin))
  );
}

function policyWarnings(context: EscalationContext, timeZone: string): AlertWarning[] {
  const offset = offsetOf(timeZone);
  const found: AlertWarning[] = [];
  for (const { id, name, steps } of context.settings.policies) {
    steps.forEach((step, i) => {
      const isReached = usersOf(step, context.settings).some((userId) => reachOf(userId, context) === null);
      if (!isReached) found.push({ code: 'step-empty', values: { policy: name, step: i + 1 } });
    });
    const isUsed = context.settings.routes.some(
      ({ policyId, during }) =>
        policyId === id && (during === undefined || inSpan(during, context.nowMs, offset)),
    );
    const isTold = steps.some(({ targets }) => recipientsOf(targets, context).userIds.length > 0);
    if (isUsed && !isTold) found.push({ code: 'nobody-now', values: { policy: name } });
  }
  return found;
}

function gapWarning(schedule: Schedule, nowMs: number): AlertWarning[] {
  const found = gaps(schedule, nowMs, nowMs + AHEAD_MS);
  const [first] = found;
  if (first === undefined) return [];
  const { fromMs, toMs } = first;
  return [{ code: 'schedule-gap', values: { schedule: schedule.name, fromMs, toMs, gaps: found.length } }];
}

function personWarnings(context: EscalationContext): AlertWarning[] {
  const { settings, people } = context;
  const wanted = new Set(
    settings.policies.flatMap(({ steps }) => steps.flatMap((s) => usersOf(s, settings))),
  );
  return [...wanted].flatMap((userId): AlertWarning[] => {
    const fault = reachOf(userId, context);
    if (fault === null) return [];
    const code = fault.reason === 'person-unreachable' ? 'person-unreachable' : 'person-disabled';
    return [{ code, values: { userId, person: people.find(({ id }) => id === userId)?.name ?? userId } }];
  });
}

/** Everyone whom a step may ever tell. */
function usersOf({ targets }: EscalationStep, { schedules }: AlertSettings): string[] {
  return targets.flatMap((target) => {
    if (target.kind === 'user') return [target.id];
    const schedule = schedules.find(({ id }) => id === target.id);
    return [...(schedule?.rotations ?? []), ...(schedule?.overrides ?? [])].flatMap((part) =>
      'userIds' in part ? part.userIds : [part.userId],
    );
  });
}
