import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Kysely, sql, type Dialect } from 'kysely';
import type { Notice } from '../../core/notice.ts';
import type { Clock, Database, Logger, StoreHealth } from '../../ports.ts';
import { createAlertSettings } from './alertSettings.ts';
import { createAccessStore } from './accessStore.ts';
import { createDeadLetters } from './deadLetters.ts';
import { createEvents } from './events.ts';
import { createIncidents } from './incidents.ts';
import { migrate, SCHEMA_NAME, schemaName } from './migrate.ts';
import { createOutbox } from './outbox.ts';
import { createMeasures } from './measures.ts';
import { createMeasuringPoints } from './points.ts';
import { postgresDialect, postgresTarget } from './postgres.ts';
import { createReadiness } from './readiness.ts';
import { createRegistry } from './registry.ts';
import { createReports } from './reports.ts';
import type { Db, Tables } from './schema.ts';
import { createSettings } from './settings.ts';
import { sqliteFile } from './sqlite.ts';
import { createWeather } from './weather.ts';

/** Dead letters kept where nobody says otherwise. */
const DEAD_LETTERS_MAX = 100_000;
/** A server that starts together with us (compose, a reboot) is given so long. */
const START_PATIENCE_MS = 30_000;
const START_RETRY_MS = 1_000;
/** Name of the copy inside a backup directory. */
export const BACKUP_FILE = 'peakvolt.sqlite';

export interface DatabaseOptions {
  /** PostgreSQL, as in `DATABASE_URL`; when absent, SQLite. */
  url?: string;
  /** SQLite file; its folder is made. */
  file?: string;
  log: Logger;
  clock: Clock;
  deadLettersMax?: number;
  /** How long `start` keeps trying to reach PostgreSQL, ms. */
  startPatienceMs?: number;
}

interface Product {
  name: 'sqlite' | 'postgresql';
  makeDialect(): Dialect;
  /** Name and version of what runs behind. */
  version(db: Db): Promise<string>;
  backup(directory: string): Promise<void>;
  remedy: string;
  /** File or server, never with a password. */
  place: string;
}

/**
 * Everything relational, on PostgreSQL when `url` is given, else in an SQLite file: the same schema, migrations and
 * queries. Throws at once when the URL cannot be read; no error says its password.
 */
export function createDatabase(options: DatabaseOptions): Database {
  const product = options.url === undefined ? sqlite(options.file) : postgres(options.url, options.log);
  let opened: Db | null = null;
  const db = (): Db => {
    if (opened === null) throw new Error('the database is not started');
    return opened;
  };
  return {
    async start() {
      if (opened !== null) throw new Error('the database is started already');
      if (options.file !== undefined && product.name === 'sqlite') {
        await mkdir(dirname(options.file), { recursive: true });
      }
      opened = await openMigrated(product, options);
    },
    async stop() {
      const closing = opened;
      opened = null;
      await closing?.destroy();
    },
    registry: createRegistry(db),
    points: createMeasuringPoints(db),
    deadLetters: createDeadLetters(db, options.deadLettersMax ?? DEAD_LETTERS_MAX),
    weather: createWeather(db),
    reports: createReports(db),
    events: createEvents(db),
    settings: createSettings(db),
    incidents: createIncidents(db),
    outbox: createOutbox(db, { skipsLocked: product.name === 'postgresql' }),
    alertSettings: createAlertSettings(db),
    access: createAccessStore(db),
    readiness: createReadiness(db),
    measures: createMeasures(db),
    health: () => health(product, opened),
    backup: (directory) => product.backup(directory),
  };
}

function sqlite(file: string | undefined): Product {
  if (file === undefined) throw new Error('createDatabase needs a url or a file');
  const opened = sqliteFile(file);
  return {
    name: 'sqlite',
    makeDialect: () => opened.makeDialect(),
    version: () => Promise.resolve(opened.product()),
    async backup(directory) {
      await mkdir(directory, { recursive: true });
      await opened.copyTo(join(directory, BACKUP_FILE));
    },
    remedy: `Check that ${file} can be written and that its disk is not full.`,
    place: file,
  };
}

function postgres(url: string, log: Logger): Product {
  const target = postgresTarget(url);
  return {
    name: 'postgresql',
    makeDialect: () => postgresDialect(target, log),
    async version(db) {
      const { rows } = await sql<{ server_version: string }>`show server_version`.execute(db);
      return `postgresql ${rows[0]?.server_version.split(' ')[0] ?? ''}`.trim();
    },
    backup: () =>
      Promise.reject(
        new Error(
          `relational state is in PostgreSQL (${target.shown}): back it up with pg_dump --format=custom, restore it with pg_restore`,
        ),
      ),
    remedy: `Check that PostgreSQL at ${target.shown} runs, and DATABASE_URL (user, password, database).`,
    place: target.shown,
  };
}

async function openMigrated(product: Product, { clock, log, startPatienceMs }: DatabaseOptions): Promise<Db> {
  const deadlineMs = clock.nowMs() + (startPatienceMs ?? START_PATIENCE_MS);
  for (;;) {
    const db: Db = new Kysely<Tables>({ dialect: product.makeDialect() });
    try {
      if (product.name === 'postgresql') await sql`select 1`.execute(db);
    } catch (error) {
      await db.destroy();
      if (clock.nowMs() >= deadlineMs) throw error;
      log.warn({ error: messageOf(error) }, 'Waiting for the database');
      await new Promise<void>((resolve) => clock.after(START_RETRY_MS, resolve));
      continue;
    }
    try {
      await migrate(db, product.name);
      return db;
    } catch (error) {
      await db.destroy();
      throw error;
    }
  }
}

async function health({ name, version, remedy, place }: Product, db: Db | null): Promise<StoreHealth> {
  if (db === null) {
    const notice: Notice = { code: `${name}-stopped`, values: { place } };
    return { ok: false, product: name, detail: 'not started', remedy, notice };
  }
  try {
    const schema = await schemaName(db);
    const product = await version(db);
    if (schema === SCHEMA_NAME) {
      return {
        ok: true,
        product,
        detail: `schema ${schema}`,
        notice: { code: 'database-well', values: { schema } },
      };
    }
    const values = { schema: schema ?? '–', needed: SCHEMA_NAME };
    return {
      ok: false,
      product,
      detail: `schema ${schema ?? 'none'}, this program needs ${SCHEMA_NAME}`,
      remedy: 'Restart Peakvolt: it migrates the schema when it starts.',
      notice: { code: 'database-schema', values },
    };
  } catch (error) {
    const detail = messageOf(error);
    const notice: Notice = { code: `${name}-failed`, values: { place, error: detail } };
    return { ok: false, product: name, detail, remedy, notice };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
