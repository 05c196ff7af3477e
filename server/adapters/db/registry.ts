import type { Area, Feeder, GridModel, NameplateVersion, Transformer } from '../../core/grid.ts';
import type { Registry, RegistryChange } from '../../ports.ts';
import { fromRow, toRow } from './nameplate.ts';
import { nameplatesAfter, type NameplateEdit } from './nameplateHistory.ts';
import type { Db } from './schema.ts';
import { parts, storable, upsertRows } from './upsert.ts';

type Grid = Omit<GridModel, 'version'>;

/** The registry in tables. Every change raises `counter('grid')`, whose row lock also makes writers take turns. */
export function createRegistry(db: () => Db): Registry {
  return {
    load: () => db().transaction().setIsolationLevel('repeatable read').execute(loadGrid),
    version: () => gridVersion(db()),
    upsert: (grid, { validFromMs, dryRun = false }) =>
      dryRun
        ? editsOf(db(), grid, validFromMs).then((edits) => edits.map(changeOf))
        : db()
            .transaction()
            .execute((tx) => upsertGrid(tx, grid, validFromMs)),
    async transformer(id) {
      const row = await db().selectFrom('transformer').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },
    async versions(transformerId) {
      const versions = (await versionsOf(db(), [transformerId])).get(transformerId) ?? [];
      return versions.filter(isChange);
    },
    async changedNameplates() {
      const changed = await db()
        .selectFrom('nameplate_version')
        .select('transformer_id as id')
        .distinct()
        .where('valid_from_ms', '>', 0)
        .where('changed', '!=', '[]')
        .orderBy('id')
        .execute();
      const found = await versionsOf(
        db(),
        changed.map(({ id }) => id),
      );
      return [...found.values()].flat().filter(isChange);
    },
  };
}

async function loadGrid(db: Db): Promise<GridModel> {
  const version = await gridVersion(db);
  const areas = await db.selectFrom('area').selectAll().orderBy('id').execute();
  const feeders = await db
    .selectFrom('feeder')
    .innerJoin('substation', 'substation.id', 'feeder.substation_id')
    .select([
      'feeder.id as id',
      'feeder.name as name',
      'feeder.substation_id as substationId',
      'substation.name as substationName',
    ])
    .orderBy('feeder.id')
    .execute();
  const transformers = await db.selectFrom('transformer').selectAll().orderBy('id').execute();
  return { version, areas, feeders, transformers: transformers.map(fromRow) };
}

async function gridVersion(db: Db): Promise<number> {
  const row = await db.selectFrom('counter').select('value').where('name', '=', 'grid').executeTakeFirst();
  return row?.value ?? 0;
}

async function upsertGrid(db: Db, grid: Grid, validFromMs: number): Promise<RegistryChange[]> {
  // First of all, so that a second writer waits here and sees what this one wrote.
  await db
    .updateTable('counter')
    .set((eb) => ({ value: eb('value', '+', 1) }))
    .where('name', '=', 'grid')
    .execute();
  await upsertPlaces(db, grid);
  const edits = await editsOf(db, grid, validFromMs);
  const touched = edits.filter((edit) => edit.kind !== 'unchanged');
  await upsertRows(
    db,
    'transformer',
    touched.map((edit) => toRow(edit.current)),
    { identity: ['id'], known: 'replace' },
  );
  await writeVersions(db, touched);
  const added = edits.filter((edit) => edit.kind === 'added').map((edit) => edit.current.id);
  for (const ids of parts(added)) {
    await db.deleteFrom('unknown_transformer').where('transformer_id', 'in', ids).execute();
  }
  return edits.map(changeOf);
}

async function upsertPlaces(db: Db, { areas, feeders }: Grid): Promise<void> {
  const replace = { identity: ['id'], known: 'replace' } as const;
  await upsertRows(
    db,
    'substation',
    feeders.map((f) => ({ id: storable(f.substationId), name: storable(f.substationName) })),
    replace,
  );
  await upsertRows(db, 'feeder', feeders.map(feederRow), replace);
  await upsertRows(db, 'area', areas.map(areaRow), replace);
}

function feederRow({ id, name, substationId }: Feeder): { id: string; name: string; substation_id: string } {
  return { id: storable(id), name: storable(name), substation_id: storable(substationId) };
}

function areaRow({ id, name, org }: Area): Area {
  return { id: storable(id), name: storable(name), org: storable(org) };
}

async function editsOf(db: Db, { transformers }: Grid, validFromMs: number): Promise<NameplateEdit[]> {
  const wanted = new Map(transformers.map((t) => [t.id, fromRow(toRow(t))]));
  const known = await versionsOf(db, [...wanted.keys()]);
  return [...wanted.values()].map((transformer) =>
    nameplatesAfter(known.get(transformer.id) ?? [], transformer, validFromMs),
  );
}

function changeOf({ current, kind, changed }: NameplateEdit): RegistryChange {
  return { transformerId: current.id, kind, changed };
}

async function versionsOf(db: Db, ids: readonly string[]): Promise<Map<string, NameplateVersion[]>> {
  const versions = new Map<string, NameplateVersion[]>();
  for (const some of parts(ids)) {
    const rows = await db
      .selectFrom('nameplate_version')
      .selectAll()
      .where('transformer_id', 'in', some)
      .orderBy('transformer_id')
      .orderBy('valid_from_ms')
      .execute();
    for (const row of rows) {
      const list = versions.get(row.transformer_id) ?? [];
      versions.set(row.transformer_id, list);
      list.push({
        transformerId: row.transformer_id,
        validFromMs: row.valid_from_ms,
        transformer: JSON.parse(row.body) as Transformer,
        changed: JSON.parse(row.changed) as string[],
      });
    }
  }
  return versions;
}

async function writeVersions(db: Db, edits: readonly NameplateEdit[]): Promise<void> {
  const changed = edits.flatMap((edit) => edit.written);
  await upsertRows(
    db,
    'nameplate_version',
    changed.map((version) => ({
      transformer_id: version.transformerId,
      valid_from_ms: version.validFromMs,
      body: JSON.stringify(version.transformer),
      changed: JSON.stringify(version.changed),
    })),
    { identity: ['transformer_id', 'valid_from_ms'], known: 'replace' },
  );
}

/** A version that a correction made equal to its neighbour is kept, and is no change. */
function isChange({ validFromMs, changed }: NameplateVersion): boolean {
  return validFromMs === 0 || changed.length > 0;
}
