import { VersionConflictError } from '../../alertPorts.ts';
import type { AlertSettings } from '../../core/incident/settings.ts';
import type { AlertSettingsStore, SettingsKind } from '../../ports.ts';
import type { Db } from './schema.ts';
import { storable } from './upsert.ts';

/** What people configure of alerting: a document and its version a row. */
export function createAlertSettings(db: () => Db): AlertSettingsStore {
  return {
    load: () => load(db()),
    put: (kind, document) => putDocument(db(), kind, document),
    async remove(kind, id, version) {
      const gone = await db()
        .deleteFrom('alert_document')
        .where('kind', '=', kind)
        .where('id', '=', storable(id))
        .where('version', '=', version)
        .executeTakeFirst();
      if (gone.numDeletedRows === 0n) throw new VersionConflictError();
    },
  };
}

async function load(db: Db): Promise<AlertSettings> {
  const rows = await db.selectFrom('alert_document').select(['kind', 'body']).orderBy('id').execute();
  const of = <K extends SettingsKind>(kind: K): AlertSettings[K][number][] =>
    rows.filter((row) => row.kind === kind).map((row) => JSON.parse(row.body) as AlertSettings[K][number]);
  return {
    routes: of('routes').toSorted((a, b) => a.order - b.order),
    policies: of('policies'),
    schedules: of('schedules'),
    silences: of('silences'),
    outages: of('outages'),
    seasons: of('seasons'),
    contactPoints: of('contactPoints'),
    people: of('people'),
  };
}

/** Writes a document; `db` may be a transaction. @throws VersionConflictError */
export async function putDocument<K extends SettingsKind>(
  db: Db,
  kind: K,
  document: AlertSettings[K][number],
): Promise<AlertSettings[K][number]> {
  const id = storable(document.id);
  const next = { ...document, id, version: document.version + 1 };
  const body = JSON.stringify(next);
  if (document.version === 0) {
    const made = await db
      .insertInto('alert_document')
      .values({ kind, id, version: next.version, body })
      .onConflict((conflict) => conflict.columns(['kind', 'id']).doNothing())
      .executeTakeFirst();
    if (made.numInsertedOrUpdatedRows === 0n) throw new VersionConflictError();
    return next;
  }
  const changed = await db
    .updateTable('alert_document')
    .set({ version: next.version, body })
    .where('kind', '=', kind)
    .where('id', '=', id)
    .where('version', '=', document.version)
    .executeTakeFirst();
  if (changed.numUpdatedRows === 0n) throw new VersionConflictError();
  return next;
}
