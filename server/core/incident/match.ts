import { severityRank } from './severity.ts';
import type { Incident, IncidentMember } from './incident.ts';
import type { Matcher } from './settings.ts';

/** Feeder of a transformer, null where it is not known. */
export type FeederOf = (transformerId: string) => string | null;

/** Members that the incident lasts by; all of them once everything is cleared. */
export function activeMembers(incident: Incident): readonly IncidentMember[] {
  const active = incident.members.filter((member) => member.clearedMs === null);
  return active.length > 0 ? active : incident.members;
}

/** Whether an incident is one that a route is about: some part of it is in every list that is given. */
export function matches(matcher: Matcher, incident: Incident): boolean {
  const members = activeMembers(incident);
  return (
    matchesWhole(matcher, incident) &&
    some(matcher.areaIds, incident.areaIds) &&
    some(matcher.feederIds, feedersOf(incident)) &&
    some(
      matcher.transformerIds,
      members.map((member) => member.transformerId),
    ) &&
    some(matcher.conditions, [incident.condition, ...members.map((member) => member.condition)])
  );
}

function feedersOf({ feederId, station }: Incident): readonly string[] {
  return feederId === null ? (station?.feederIds ?? []) : [feederId];
}

/**
 * Whether a silence is about all of an incident: every area and every lasting member is in the lists. One silenced
 * transformer must not take the twenty others of its incident out of sight.
 */
export function covers(matcher: Matcher, incident: Incident, feederOf?: FeederOf): boolean {
  const members = activeMembers(incident);
  const feederIds = members.map((member) => feederOf?.(member.transformerId) ?? incident.feederId ?? '');
  return (
    matchesWhole(matcher, incident) &&
    every(matcher.areaIds, incident.areaIds) &&
    every(matcher.feederIds, feederIds) &&
    every(
      matcher.transformerIds,
      members.map((member) => member.transformerId),
    ) &&
    every(
      matcher.conditions,
      members.map((member) => member.condition),
    )
  );
}

function matchesWhole({ severityMin, importantOnly }: Matcher, incident: Incident): boolean {
  if (severityMin !== undefined && severityRank(incident.severity) < severityRank(severityMin)) return false;
  return importantOnly !== true || incident.importantCustomers > 0;
}

function some(wanted: readonly string[] | undefined, found: readonly string[]): boolean {
  return wanted === undefined || wanted.length === 0 || found.some((id) => wanted.includes(id));
}

function every(wanted: readonly string[] | undefined, found: readonly string[]): boolean {
  return (
    wanted === undefined ||
    wanted.length === 0 ||
    (found.length > 0 && found.every((id) => wanted.includes(id)))
  );
}
