import type { Cause, Incident } from './incident.ts';

export const UNKNOWN_CAUSE: Cause = { kind: 'unknown', confidence: 0, evidence: [] };

/** An incident before anything is known of it; it has its number when the change is finished. */
export function emptyIncident(id: string, org: string, nowMs: number, isTest: boolean): Incident {
  return {
    id,
    number: 0,
    version: 0,
    state: 'open',
    severity: 'mild',
    peakSeverity: 'mild',
    condition: 'under-voltage',
    cause: UNKNOWN_CAUSE,
    feederId: null,
    areaIds: [],
    org,
    members: [],
    customers: 0,
    importantCustomers: 0,
    worstV: null,
    limitV: null,
    startedMs: nowMs,
    openedMs: nowMs,
    acknowledgedMs: null,
    acknowledgedBy: null,
    assignee: null,
    snoozedUntilMs: null,
    resolvedMs: null,
    resolvedBy: null,
    mergedInto: null,
    reopened: 0,
    suppressions: [],
    escalation: null,
    told: [],
    isTest,
  };
}
