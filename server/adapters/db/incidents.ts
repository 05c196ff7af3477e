import type { Incident, IncidentMember } from '../../core/incident/incident.ts';
import type { IncidentQuery, IncidentStore } from '../../ports.ts';
import type { IncidentTable } from './alertSchema.ts';
import { commitAlerts, LAST_NUMBER_KEY, SEQ_KEY, writeSetting } from './incidentCommit.ts';
import { incidentOf, memberOf, timelineEntryOf } from './incidentRows.ts';
import type { Db } from './schema.ts';
import { parts } from './upsert.ts';

/** A page holds at most so many incidents, each with its members. */
const PAGE_MAX = 500;

export function createIncidents(db: () => Db): IncidentStore {
  return {
    async load(resolvedSinceMs) {
      const rows = await db()
        .selectFrom('incident')
        .selectAll()
        .where(({ eb, or }) => or([eb('resolved_ms', 'is', null), eb('resolved_ms', '>=', resolvedSinceMs)]))
        .orderBy('number')
        .execute();
      return withMembers(db(), rows);
    },
    seq: () => numberSetting(db(), SEQ_KEY),
    lastNumber: () => lastNumber(db()),
    commit: (change) =>
      db()
        .transaction()
        .execute((tx) => commitAlerts(tx, change)),
    list: (query) => listIncidents(db(), query),
    async get(id) {
      const rows = await db().selectFrom('incident').selectAll().where('id', '=', id).execute();
      return (await withMembers(db(), rows))[0] ?? null;
    },
    async byNumber(number) {
      const rows = await db().selectFrom('incident').selectAll().where('number', '=', number).execute();
      return (await withMembers(db(), rows))[0] ?? null;
    },
    async timeline(incidentId) {
      const rows = await db()
        .selectFrom('incident_timeline')
        .selectAll()
        .where('incident_id', '=', incidentId)
        .orderBy('at_ms')
        .orderBy('id')
        .execute();
      return rows.map(timelineEntryOf);
    },
    prune: (resolvedBeforeMs) =>
      db()
        .transaction()
        .execute((tx) => prune(tx, resolvedBeforeMs)),
  };
}

async function withMembers(db: Db, rows: readonly IncidentTable[]): Promise<Incident[]> {
  const members = new Map<string, IncidentMember[]>(rows.map(({ id }) => [id, []]));
  for (const ids of parts(rows.map(({ id }) => id))) {
    const found = await db
      .selectFrom('incident_member')
      .selectAll()
      .where('incident_id', 'in', ids)
      .orderBy('incident_id')
      .orderBy('position')
      .execute();
    for (const row of found) members.get(row.incident_id)?.push(memberOf(row));
  }
  return rows.map((row) => incidentOf(row, members.get(row.id) ?? []));
}

async function numberSetting(db: Db, key: string): Promise<number | null> {
  const row = await db.selectFrom('setting').select('value').where('key', '=', key).executeTakeFirst();
  return row === undefined ? null : Number(row.value);
}

async function lastNumber(db: Db): Promise<number> {
  const highest = await db
    .selectFrom('incident')
    .select(({ fn }) => fn.max<number | null>('number').as('number'))
    .executeTakeFirst();
  return Math.max(highest?.number ?? 0, (await numberSetting(db, LAST_NUMBER_KEY)) ?? 0);
}

async function listIncidents(
  db: Db,
  { state, areaIds, transformerId, cursor, limit }: IncidentQuery,
): Promise<{ items: Incident[]; cursor: string | null }> {
  const size = Math.min(Math.max(1, Math.trunc(limit)), PAGE_MAX);
  if (areaIds?.length === 0) return { items: [], cursor: null };
  let query = db
    .selectFrom('incident')
    .selectAll()
    .orderBy('urgency')
    .orderBy('order_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(size + 1);
  if (state === 'active') query = query.where('resolved_ms', 'is', null);
  if (state === 'resolved') query = query.where('resolved_ms', 'is not', null);
  if (areaIds !== null) {
    query = query.where('id', 'in', (eb) =>
      eb.selectFrom('incident_area').select('incident_id').where('area_id', 'in', areaIds),
    );
  }
  if (transformerId !== undefined) {
    query = query.where('id', 'in', (eb) =>
      eb.selectFrom('incident_member').select('incident_id').where('transformer_id', '=', transformerId),
    );
  }
  if (cursor !== undefined) {
    const after = parseCursor(cursor);
    // A cursor that we did not write points nowhere.
    if (after === null) return { items: [], cursor: null };
    query = query.where(({ eb, and, or }) =>
      or([
        eb('urgency', '>', after.urgency),
        and([eb('urgency', '=', after.urgency), eb('order_ms', '<', after.orderMs)]),
        and([eb('urgency', '=', after.urgency), eb('order_ms', '=', after.orderMs), eb('id', '<', after.id)]),
      ]),
    );
  }
  const rows = await query.execute();
  const page = rows.slice(0, size);
  const last = page.at(-1);
  return {
    items: await withMembers(db, page),
    cursor: rows.length > size && last !== undefined ? cursorAt(last) : null,
  };
}

function cursorAt({ urgency, order_ms, id }: IncidentTable): string {
  return Buffer.from(`${urgency}:${order_ms}:${id}`).toString('base64url');
}

function parseCursor(cursor: string): { urgency: number; orderMs: number; id: string } | null {
  const text = Buffer.from(cursor, 'base64url').toString();
  const match = /^(\d{1,2}):(\d{1,15}):(.{1,200})$/.exec(text);
  return match === null ? null : { urgency: Number(match[1]), orderMs: Number(match[2]), id: match[3]! };
}

/** With its members, timeline and deliveries, and deliveries of no incident of that time. The numbers are not given again. */
async function prune(db: Db, resolvedBeforeMs: number): Promise<number> {
  await writeSetting(db, LAST_NUMBER_KEY, await lastNumber(db));
  await db
    .deleteFrom('delivery')
    .where('incident_id', 'is', null)
    .where('expires_ms', '<', resolvedBeforeMs)
    .where('state', 'not in', ['queued', 'leased'])
    .execute();
  const gone = await db.deleteFrom('incident').where('resolved_ms', '<', resolvedBeforeMs).executeTakeFirst();
  return Number(gone.numDeletedRows);
}
