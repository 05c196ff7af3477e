import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { MIGRATIONS } from './migrations.ts';
import type { Db } from './schema.ts';

/** Any constant: it only has to be the same in every Peakvolt process. */
const POSTGRES_LOCK = 7_825_865;

/** The newest schema that this program knows. */
export const SCHEMA_NAME = Object.keys(MIGRATIONS).toSorted().at(-1)!;

/**
 * Brings the schema to {@link SCHEMA_NAME}. Several processes may start at once: on PostgreSQL an advisory lock makes
 * them take turns (Kysely's own comes after it has made its tables, and two `create table if not exists` can collide),
 * on SQLite the write lock does.
 */
export async function migrate(db: Db, product: 'sqlite' | 'postgresql'): Promise<void> {
  if (product === 'sqlite') return migrateToLatest(db);
  await db.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${sql.lit(POSTGRES_LOCK)})`.execute(connection);
    try {
      await migrateToLatest(db);
    } finally {
      await sql`select pg_advisory_unlock(${sql.lit(POSTGRES_LOCK)})`.execute(connection);
    }
  });
}

async function migrateToLatest(db: Db): Promise<void> {
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) },
  }).migrateToLatest();
  if (error === undefined) return;
  const newest = await schemaName(db).catch(() => null);
  if (newest !== null && newest > SCHEMA_NAME) {
    throw new Error(
      `the database has schema ${newest}, made by a newer Peakvolt; this one knows ${SCHEMA_NAME}. ` +
        'Run the newer program, or restore a backup made by this one.',
    );
  }
  throw error;
}

/** The newest migration that the database has seen; null before the first. */
export async function schemaName(db: Db): Promise<string | null> {
  const { rows } = await sql<{
    name: string;
  }>`select name from kysely_migration order by name desc limit 1`.execute(db);
  return rows[0]?.name ?? null;
}
