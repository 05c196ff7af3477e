import type { Incident, IncidentMember, Onset, TimelineEntry } from '../../core/incident/incident.ts';
import type { IncidentMemberTable, IncidentTable } from './alertSchema.ts';
import type { Tables } from './schema.ts';
import { storable } from './upsert.ts';

/** Incidents as rows, and back. */

const STATE_RANK = { open: 0, acknowledged: 10, resolved: 20 } as const;
const SEVERITY_RANK = { severe: 0, serious: 1, mild: 2 } as const;

export function incidentRow(incident: Incident): IncidentTable {
  const { members: _, ...body } = incident;
  const { id, number, version, state, severity, startedMs, resolvedMs } = incident;
  return {
    id,
    number,
    version,
    state,
    // What is over is not urgent, however severe it was.
    urgency: STATE_RANK[state] + (state === 'resolved' ? 0 : SEVERITY_RANK[severity]),
    order_ms: resolvedMs ?? startedMs,
    resolved_ms: resolvedMs,
    body: JSON.stringify(body),
  };
}

export function incidentOf(row: Pick<IncidentTable, 'body'>, members: readonly IncidentMember[]): Incident {
  return { ...(JSON.parse(row.body) as Omit<Incident, 'members'>), members };
}

export function memberRow(incidentId: string, position: number, member: IncidentMember): IncidentMemberTable {
  return {
    incident_id: incidentId,
    transformer_id: storable(member.transformerId),
    point: storable(member.point),
    condition: member.condition,
    phase: member.phase ?? '',
    position,
    severity: member.severity,
    since_ms: member.sinceMs,
    cleared_ms: member.clearedMs,
    value_v: member.valueV,
    limit_v: member.limitV,
    onset: member.onset ?? null,
    changed_ms: member.changedMs ?? null,
  };
}

export function memberOf(row: IncidentMemberTable): IncidentMember {
  return {
    transformerId: row.transformer_id,
    point: row.point,
    condition: row.condition,
    phase: row.phase === '' ? null : (row.phase as 'a' | 'b' | 'c'),
    severity: row.severity as IncidentMember['severity'],
    sinceMs: row.since_ms,
    clearedMs: row.cleared_ms,
    valueV: row.value_v,
    limitV: row.limit_v,
    ...(row.onset === null ? {} : { onset: row.onset as Onset }),
    ...(row.changed_ms === null ? {} : { changedMs: row.changed_ms }),
  };
}

export function timelineRow(entry: TimelineEntry): Tables['incident_timeline'] {
  return {
    id: entry.id,
    incident_id: entry.incidentId,
    at_ms: entry.atMs,
    kind: entry.kind,
    actor: entry.actor,
    body: JSON.stringify(entry.body),
  };
}

export function timelineEntryOf(row: Tables['incident_timeline']): TimelineEntry {
  return {
    id: row.id,
    incidentId: row.incident_id,
    atMs: row.at_ms,
    kind: row.kind as TimelineEntry['kind'],
    actor: row.actor,
    body: JSON.parse(row.body) as TimelineEntry['body'],
  };
}
