import { emptyIncident } from '../../../server/core/incident/emptyIncident.ts';
import type { Incident, IncidentMember } from '../../../server/core/incident/incident.ts';
import type {
  AlertSettings,
  EscalationPolicy,
  Person,
  PlannedOutage,
  Route,
  Schedule,
  Silence,
} from '../../../server/core/incident/settings.ts';
import { MINUTE_MS, START_MS } from '../timeline.ts';

/** Incidents and settings as tests want them, with what they do not care about filled in. */

/** UTC time of a minute of a timeline. */
export function minuteMs(minute: number): number {
  return START_MS + minute * MINUTE_MS;
}

export function member(transformerId: string, over: Partial<IncidentMember> = {}): IncidentMember {
  return {
    transformerId,
    point: 'outlet',
    condition: 'under-voltage',
    phase: 'a',
    severity: 'severe',
    sinceMs: START_MS,
    clearedMs: null,
    valueV: 170,
    limitV: 198,
    ...over,
  };
}

export function incident(over: Partial<Incident> = {}): Incident {
  const severity = over.severity ?? 'severe';
  return {
    ...emptyIncident('I1', 'org', START_MS, false),
    number: 1,
    version: 1,
    severity,
    peakSeverity: severity,
    cause: { kind: 'unknown', confidence: 0.5, evidence: [] },
    feederId: 'F1',
    areaIds: ['A1'],
    members: [member('T1', { severity })],
    customers: 10,
    worstV: 170,
    limitV: 198,
    ...over,
  };
}

export function silence(over: Partial<Silence> = {}): Silence {
  return {
    id: 'S1',
    version: 1,
    match: {},
    author: 'u1',
    reason: 'meter test',
    fromMs: START_MS,
    toMs: minuteMs(60),
    endedMs: null,
    ...over,
  };
}

export function outage(over: Partial<PlannedOutage> = {}): PlannedOutage {
  return {
    id: 'O1',
    version: 1,
    title: 'line work',
    feederIds: [],
    transformerIds: [],
    fromMs: START_MS,
    toMs: minuteMs(120),
    noticedMs: null,
    author: 'u1',
    startedMs: null,
    endedMs: null,
    cancelledMs: null,
    ...over,
  };
}

export function person(id: string, over: Partial<Person> = {}): Person {
  return { id, name: id, language: 'en', enabled: true, ...over };
}

export function route(over: Partial<Route> = {}): Route {
  return {
    id: 'R1',
    version: 1,
    name: 'all',
    order: 1,
    match: {},
    policyId: 'P1',
    mildToDigest: false,
    ...over,
  };
}

/** Steps as user ids and the seconds until the next. */
export function policy(
  steps: readonly (readonly [userIds: string, waitS: number])[],
  over: Partial<EscalationPolicy> = {},
): EscalationPolicy {
  return {
    id: 'P1',
    version: 1,
    name: 'P1',
    repeats: 0,
    steps: steps.map(([userIds, waitS]) => ({
      targets: userIds
        .split(',')
        .filter((id) => id !== '')
        .map((id) => (id.startsWith('@') ? { kind: 'schedule', id: id.slice(1) } : { kind: 'user', id })),
      waitS,
    })),
    ...over,
  };
}

export function schedule(over: Partial<Schedule> = {}): Schedule {
  return { id: 'rota', version: 1, name: 'rota', timeZone: 'UTC', rotations: [], overrides: [], ...over };
}

/** Settings in which each of the people can be reached by one contact point. */
export function settingsOf(
  over: Partial<AlertSettings> = {},
  reachable: readonly string[] = [],
): AlertSettings {
  return {
    routes: [],
    policies: [],
    schedules: [],
    silences: [],
    outages: [],
    seasons: [],
    people: [],
    contactPoints: reachable.map(contactPoint),
    ...over,
  };
}

/** The one way to reach somebody. */
export function contactPoint(userId: string): AlertSettings['contactPoints'][number] {
  return {
    id: `c-${userId}`,
    version: 1,
    userId,
    channel: 'demo',
    name: 'demo',
    language: 'en',
    settings: {},
    priority: 0,
    enabled: true,
  };
}
