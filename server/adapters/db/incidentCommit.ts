import type { Incident } from '../../core/incident/incident.ts';
import type { AlertCommit } from '../../ports.ts';
import type { IncidentMemberTable } from './alertSchema.ts';
import { putDocument } from './alertSettings.ts';
import { deliveryRow } from './deliveryRows.ts';
import { incidentRow, memberRow, timelineRow } from './incidentRows.ts';
import type { Db } from './schema.ts';
import { parts, upsertRows } from './upsert.ts';

/** Setting rows of alerting. */
export const SEQ_KEY = 'alerts.seq';
export const LAST_NUMBER_KEY = 'alerts.lastNumber';

/** Writes one decision; `db` is a transaction. What is stored already, or newer, stays as it is. */
export async function commitAlerts(db: Db, change: AlertCommit): Promise<void> {
  const known = await knownVersions(db, change.incidents);
  const newer = newest(change.incidents).filter(({ id, version }) => version > (known.get(id) ?? -1));
  await upsertRows(db, 'incident', newer.map(incidentRow), { identity: ['id'], known: 'replace' });
  const changed = newer.filter(({ id }) => known.has(id)).map(({ id }) => id);
  await writeAreas(db, newer, changed);
  await writeMembers(db, newer, changed);
  await upsertRows(db, 'incident_timeline', change.timeline.map(timelineRow), {
    identity: ['id'],
    known: 'keep',
  });
  await upsertRows(db, 'delivery', change.deliveries.map(deliveryRow), { identity: ['id'], known: 'keep' });
  for (const outage of change.outages ?? []) await putDocument(db, 'outages', outage);
  if (change.seq !== undefined) await writeSetting(db, SEQ_KEY, change.seq);
}

export function writeSetting(db: Db, key: string, value: number): Promise<void> {
  return upsertRows(db, 'setting', [{ key, value: String(value) }], { identity: ['key'], known: 'replace' });
}

async function knownVersions(db: Db, incidents: readonly Incident[]): Promise<Map<string, number>> {
  const versions = new Map<string, number>();
  for (const ids of parts(incidents.map(({ id }) => id))) {
    const rows = await db.selectFrom('incident').select(['id', 'version']).where('id', 'in', ids).execute();
    for (const { id, version } of rows) versions.set(id, version);
  }
  return versions;
}

/** One of each incident, should a decision hold several versions of it. */
function newest(incidents: readonly Incident[]): Incident[] {
  const byId = new Map<string, Incident>();
  for (const incident of incidents) {
    if (incident.version >= (byId.get(incident.id)?.version ?? -1)) byId.set(incident.id, incident);
  }
  return [...byId.values()];
}

async function writeAreas(db: Db, incidents: readonly Incident[], changed: readonly string[]): Promise<void> {
  for (const ids of parts(changed)) {
    await db.deleteFrom('incident_area').where('incident_id', 'in', ids).execute();
  }
  const rows = incidents.flatMap(({ id, areaIds }) =>
    areaIds.map((areaId) => ({ incident_id: id, area_id: areaId })),
  );
  await upsertRows(db, 'incident_area', rows, { identity: ['incident_id', 'area_id'], known: 'keep' });
}

/** Only members that differ from what is stored: an incident of a whole feeder changes one member at a time. */
async function writeMembers(
  db: Db,
  incidents: readonly Incident[],
  changed: readonly string[],
): Promise<void> {
  const stored = new Map<string, IncidentMemberTable>();
  for (const ids of parts(changed)) {
    const rows = await db.selectFrom('incident_member').selectAll().where('incident_id', 'in', ids).execute();
    for (const row of rows) stored.set(memberKey(row), row);
  }
  const different: IncidentMemberTable[] = [];
  for (const { id, members } of incidents) {
    for (const [position, member] of members.entries()) {
      const row = memberRow(id, position, member);
      const key = memberKey(row);
      const before = stored.get(key);
      if (before === undefined || !isSame(before, row)) different.push(row);
      stored.delete(key);
    }
  }
  // What is left went to another incident.
  for (const row of stored.values()) await removeMember(db, row);
  await upsertRows(db, 'incident_member', different, {
    identity: ['incident_id', 'transformer_id', 'point', 'condition', 'phase'],
    known: 'replace',
  });
}

async function removeMember(db: Db, row: IncidentMemberTable): Promise<void> {
  await db
    .deleteFrom('incident_member')
    .where('incident_id', '=', row.incident_id)
    .where('transformer_id', '=', row.transformer_id)
    .where('point', '=', row.point)
    .where('condition', '=', row.condition)
    .where('phase', '=', row.phase)
    .execute();
}

function memberKey(row: IncidentMemberTable): string {
  return `${row.incident_id}\0${row.transformer_id}\0${row.point}\0${row.condition}\0${row.phase}`;
}

function isSame(one: IncidentMemberTable, other: IncidentMemberTable): boolean {
  return (
    one.position === other.position &&
    one.severity === other.severity &&
    one.since_ms === other.since_ms &&
    one.cleared_ms === other.cleared_ms &&
    one.value_v === other.value_v &&
    one.limit_v === other.limit_v &&
    one.onset === other.onset &&
    one.changed_ms === other.changed_ms
  );
}
