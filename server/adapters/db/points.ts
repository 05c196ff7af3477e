import type { MeasuringPoint } from '../../core/grid.ts';
import type { MeasuringPoints } from '../../ports.ts';
import type { Db } from './schema.ts';
import { parts, storable, upsertRows } from './upsert.ts';

export function createMeasuringPoints(db: () => Db): MeasuringPoints {
  return {
    add: (points) =>
      db()
        .transaction()
        .execute((tx) => addPoints(tx, points)),
    async of(transformerId) {
      const rows = await db()
        .selectFrom('measuring_point')
        .selectAll()
        .where('transformer_id', '=', transformerId)
        .orderBy('point')
        .execute();
      return rows.map(({ transformer_id, point, name, first_ms }) => ({
        transformerId: transformer_id,
        point,
        name,
        firstMs: first_ms,
      }));
    },
  };
}

async function addPoints(db: Db, points: readonly MeasuringPoint[]): Promise<void> {
  const registered = new Set<string>();
  for (const ids of parts([...new Set(points.map((point) => point.transformerId))])) {
    const rows = await db.selectFrom('transformer').select('id').where('id', 'in', ids).execute();
    for (const { id } of rows) registered.add(id);
  }
  const rows = points
    .filter(({ transformerId }) => registered.has(transformerId))
    .map(({ transformerId, point, name, firstMs }) => ({
      transformer_id: transformerId,
      point: storable(point),
      name: storable(name),
      first_ms: firstMs,
    }));
  await upsertRows(db, 'measuring_point', rows, { identity: ['transformer_id', 'point'], known: 'keep' });
}
