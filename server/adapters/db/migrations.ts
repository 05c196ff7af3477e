import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { addSessionIdToken, addTokenScopes, createAccess, createCalendarFeed } from './accessMigrations.ts';
import { addMemberOnset, createAlerting } from './alertingMigrations.ts';
import { addRowChance, createPlanning } from './planMigrations.ts';

/**
 * The schema's history, embedded so that a single program file can mend any older database. A migration that was
 * released is never edited; the names sort in order.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-registry': { up: createRegistry },
  '0002-observations': { up: createObservations },
  '0003-event-end': { up: addEventEnd },
  '0004-alerting': { up: createAlerting },
  '0005-access': { up: createAccess },
  '0006-session-id-token': { up: addSessionIdToken },
  '0007-member-onset': { up: addMemberOnset },
  '0008-planning': { up: createPlanning },
  '0009-token-scopes': { up: addTokenScopes },
  '0010-calendar-feed': { up: createCalendarFeed },
  '0011-row-chance': { up: addRowChance },
};

type AnySchema = Kysely<unknown>;

async function createRegistry(db: AnySchema): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('substation')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createTable('feeder')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('substation_id', 'text', (c) => c.notNull().references('substation.id'))
    .execute();
  await schema
    .createTable('area')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('org', 'text', (c) => c.notNull())
    .execute();
  await createTransformer(db);
  await schema
    .createTable('measuring_point')
    .addColumn('transformer_id', 'text', (c) => c.notNull().references('transformer.id').onDelete('cascade'))
    .addColumn('point', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('first_ms', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('measuring_point_pk', ['transformer_id', 'point'])
    .execute();
  await schema
    .createTable('nameplate_version')
    .addColumn('transformer_id', 'text', (c) => c.notNull().references('transformer.id').onDelete('cascade'))
    .addColumn('valid_from_ms', 'bigint', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('changed', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('nameplate_version_pk', ['transformer_id', 'valid_from_ms'])
    .execute();
  await schema
    .createTable('counter')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('value', 'bigint', (c) => c.notNull())
    .execute();
  await sql`insert into counter (name, value) values ('grid', 0)`.execute(db);
}

async function createTransformer(db: AnySchema): Promise<void> {
  await db.schema
    .createTable('transformer')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('org', 'text', (c) => c.notNull())
    .addColumn('area_id', 'text', (c) => c.notNull().references('area.id'))
    .addColumn('feeder_id', 'text', (c) => c.notNull().references('feeder.id'))
    .addColumn('lon', 'double precision')
    .addColumn('lat', 'double precision')
    .addColumn('capacity_kva', 'double precision')
    .addColumn('nominal_v', 'double precision', (c) => c.notNull())
    .addColumn('uk_pct', 'double precision')
    .addColumn('tap_position', 'integer')
    .addColumn('tap_step_pct', 'double precision')
    .addColumn('tap_count', 'integer')
    .addColumn('customers', 'integer', (c) => c.notNull())
    .addColumn('important_customers', 'integer', (c) => c.notNull())
    .addColumn('lv_radius_m', 'double precision')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('weather_station_id', 'text')
    .addColumn('attributes', 'text', (c) => c.notNull())
    .execute();
}

async function createObservations(db: AnySchema): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('dead_letter')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('received_ms', 'bigint', (c) => c.notNull())
    .addColumn('topic', 'text', (c) => c.notNull())
    // SQLite stores blobs as they are whatever the declared type; `bytea` is the name that PostgreSQL knows.
    .addColumn('payload', sql`bytea`, (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('detail', 'text', (c) => c.notNull())
    .addColumn('transformer_id', 'text')
    .execute();
  await schema.createIndex('dead_letter_newest').on('dead_letter').columns(['received_ms', 'id']).execute();
  await schema
    .createIndex('dead_letter_by_transformer')
    .on('dead_letter')
    .columns(['transformer_id', 'received_ms'])
    .execute();
  await schema
    .createTable('unknown_transformer')
    .addColumn('transformer_id', 'text', (c) => c.primaryKey())
    .addColumn('org', 'text')
    .addColumn('letters', 'bigint', (c) => c.notNull())
    .addColumn('last_ms', 'bigint', (c) => c.notNull())
    .execute();
  await schema
    .createTable('weather_sample')
    .addColumn('station_id', 'text', (c) => c.notNull())
    .addColumn('ts_ms', 'bigint', (c) => c.notNull())
    .addColumn('temp_c', 'double precision', (c) => c.notNull())
    .addColumn('humidity_pct', 'double precision')
    .addPrimaryKeyConstraint('weather_sample_pk', ['station_id', 'ts_ms'])
    .execute();
  await createReportsAndEvents(db);
}

async function createReportsAndEvents(db: AnySchema): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('device_report')
    .addColumn('transformer_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('org', 'text', (c) => c.notNull())
    .addColumn('received_ms', 'bigint', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('device_report_pk', ['transformer_id', 'kind'])
    .execute();
  await schema
    .createTable('condition_event')
    .addColumn('transformer_id', 'text', (c) => c.notNull())
    .addColumn('point', 'text', (c) => c.notNull())
    .addColumn('condition', 'text', (c) => c.notNull())
    .addColumn('phase', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('ts_ms', 'bigint', (c) => c.notNull())
    .addColumn('severity', 'text')
    .addColumn('detected_ms', 'bigint', (c) => c.notNull())
    .addColumn('value_v', 'double precision')
    .addColumn('limit_v', 'double precision')
    .addPrimaryKeyConstraint('condition_event_pk', [
      'transformer_id',
      'ts_ms',
      'point',
      'condition',
      'phase',
      'kind',
    ])
    .execute();
  await schema.createIndex('condition_event_newest').on('condition_event').columns(['ts_ms']).execute();
  await schema
    .createTable('setting')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();
}

async function addEventEnd(db: AnySchema): Promise<void> {
  await db.schema.alterTable('condition_event').addColumn('ended_by', 'text').execute();
}
