import { VersionConflictError } from '../../alertPorts.ts';
import type { RegisteredMeasure } from '../../core/measures/register.ts';
import type { MeasureStore } from '../../ports.ts';
import type { Db } from './schema.ts';
import { storable } from './upsert.ts';

/** The register of measures: a document and its version a row, with what it is asked by beside it. */
export function createMeasures(db: () => Db): MeasureStore {
  return {
    async list({ seasonId, transformerId, areaIds }) {
      if (areaIds?.length === 0) return [];
      let query = db().selectFrom('registered_measure').select('body');
      if (seasonId !== undefined) query = query.where('season_id', '=', storable(seasonId));
      if (transformerId !== undefined) query = query.where('transformer_id', '=', storable(transformerId));
      if (areaIds !== null) query = query.where('area_id', 'in', areaIds.map(storable));
      const rows = await query.orderBy('planned_ms', 'desc').orderBy('id', 'desc').execute();
      return rows.map(({ body }) => JSON.parse(body) as RegisteredMeasure);
    },
    async get(id) {
      const row = await db()
        .selectFrom('registered_measure')
        .select('body')
        .where('id', '=', storable(id))
        .executeTakeFirst();
      return row === undefined ? null : (JSON.parse(row.body) as RegisteredMeasure);
    },
    put: (measure) => put(db(), measure),
  };
}

async function put(db: Db, measure: RegisteredMeasure): Promise<RegisteredMeasure> {
  const next = { ...measure, version: measure.version + 1 };
  const body = JSON.stringify(next);
  if (measure.version === 0) {
    const made = await db
      .insertInto('registered_measure')
      .values({
        id: next.id,
        version: next.version,
        transformer_id: storable(next.transformerId),
        area_id: storable(next.areaId),
        season_id: storable(next.seasonId),
        planned_ms: next.plannedMs,
        body,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    if (made.numInsertedOrUpdatedRows === 0n) throw new VersionConflictError();
    return next;
  }
  const changed = await db
    .updateTable('registered_measure')
    .set({ version: next.version, body })
    .where('id', '=', next.id)
    .where('version', '=', measure.version)
    .executeTakeFirst();
  if (changed.numUpdatedRows === 0n) throw new VersionConflictError();
  return next;
}
