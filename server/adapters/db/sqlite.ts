import { rmSync } from 'node:fs';
import { backup, DatabaseSync, type StatementSync } from 'node:sqlite';
import { SqliteAdapter, SqliteDialect, type Dialect, type SqliteStatement } from 'kysely';

/** How long a statement waits for another process that holds the file, before it fails. */
const BUSY_TIMEOUT_MS = 10_000;
/** Prepared statements kept; beyond it the oldest goes (multi-row inserts make one text per row count). */
const STATEMENTS_MAX = 200;

export interface SqliteFile {
  makeDialect(): Dialect;
  product(): string;
  /** A consistent copy, made while the file is in use. */
  copyTo(file: string): Promise<void>;
}

/**
 * SQLite through Node's own binding, shaped as Kysely's SqliteDialect expects it. WAL with `synchronous=FULL`: a
 * commit is on the disk when it returns. The file opens with the first query.
 */
export function sqliteFile(file: string): SqliteFile {
  let open: DatabaseSync | null = null;
  const database = (): DatabaseSync => {
    open ??= openDatabase(file);
    return open;
  };
  return {
    makeDialect: () =>
      new TransactionalDialect({
        database: () =>
          Promise.resolve(
            kyselyDatabase(database(), () => {
              open = null;
            }),
          ),
      }),
    product: () => {
      const row = database().prepare('select sqlite_version() as version').get();
      return `sqlite ${String(row?.['version'])}`;
    },
    copyTo: async (target) => {
      await backup(database(), target);
      checkCopy(target);
      // Empty: looking at the copy made them, and looking changes nothing.
      for (const suffix of ['-wal', '-shm']) rmSync(`${target}${suffix}`, { force: true });
    },
  };
}

/**
 * SQLite can make tables inside a transaction, but Kysely does not use it: a process killed between two tables would
 * leave a file that no later start could migrate, and two that start at once would collide.
 */
class TransactionalDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** @throws Error that names the file, which SQLite's own does not */
function openDatabase(file: string): DatabaseSync {
  try {
    const database = new DatabaseSync(file, {
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
    });
    database.exec('pragma journal_mode=wal; pragma synchronous=full;');
    return database;
  } catch (error) {
    throw new Error(`The database ${file} cannot be opened: ${(error as Error).message}`, { cause: error });
  }
}

function checkCopy(file: string): void {
  const copy = new DatabaseSync(file, { readOnly: true });
  try {
    const verdict = copy.prepare('pragma quick_check(1)').get()?.['quick_check'];
    if (verdict !== 'ok') throw new Error(`the copy ${file} is damaged: ${String(verdict)}`);
  } finally {
    copy.close();
  }
}

function kyselyDatabase(
  database: DatabaseSync,
  onClose: () => void,
): { close(): void; prepare(sql: string): SqliteStatement } {
  const statements = new Map<string, SqliteStatement>();
  return {
    close() {
      database.close();
      onClose();
    },
    prepare(sql) {
      const known = statements.get(sql);
      if (known !== undefined) return known;
      // Every transaction here writes. Taking the write lock at once waits for the other process; a deferred one
      // fails with SQLITE_BUSY in the middle, where no timeout helps.
      const statement = kyselyStatement(database.prepare(sql === 'begin' ? 'begin immediate' : sql));
      const oldest = statements.keys().next();
      if (statements.size >= STATEMENTS_MAX && oldest.done !== true) statements.delete(oldest.value);
      statements.set(sql, statement);
      return statement;
    },
  };
}

function kyselyStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bound(parameters)),
    run: (parameters) => statement.run(...bound(parameters)),
    iterate: (parameters) => statement.iterate(...bound(parameters)),
  };
}

/** Kysely hands parameters over as unknown; the schema's types allow only these. */
function bound(parameters: readonly unknown[]): (string | number | bigint | null | Uint8Array)[] {
  return parameters as (string | number | bigint | null | Uint8Array)[];
}
