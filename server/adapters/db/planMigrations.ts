import type { Kysely } from 'kysely';

/** Migration 0011: the probability of a row beside its status, so that a map of all rows reads no body. */
export async function addRowChance({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('readiness_row').addColumn('p_low', 'double precision').execute();
}

/** Migration 0008: runs of the forecast with their rows, the register of measures, weather to come. */
export async function createPlanning({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('readiness_run')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('season_id', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('started_ms', 'bigint', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createIndex('readiness_run_newest')
    .on('readiness_run')
    .columns(['started_ms', 'id'])
    .execute();
  await schema
    .createTable('readiness_row')
    .addColumn('run_id', 'text', (c) => c.notNull().references('readiness_run.id').onDelete('cascade'))
    .addColumn('transformer_id', 'text', (c) => c.notNull())
    .addColumn('rank', 'integer', (c) => c.notNull())
    .addColumn('area_id', 'text', (c) => c.notNull())
    .addColumn('feeder_id', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('cause', 'text')
    .addColumn('important', 'integer', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('readiness_row_pk', ['run_id', 'transformer_id'])
    .execute();
  await schema.createIndex('readiness_row_ranked').on('readiness_row').columns(['run_id', 'rank']).execute();
  await schema
    .createTable('registered_measure')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('transformer_id', 'text', (c) => c.notNull())
    .addColumn('area_id', 'text', (c) => c.notNull())
    .addColumn('season_id', 'text', (c) => c.notNull())
    .addColumn('planned_ms', 'bigint', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createTable('weather_forecast')
    .addColumn('station_id', 'text', (c) => c.notNull())
    .addColumn('ts_ms', 'bigint', (c) => c.notNull())
    .addColumn('issued_ms', 'bigint', (c) => c.notNull())
    .addColumn('temp_c', 'double precision', (c) => c.notNull())
    .addColumn('humidity_pct', 'double precision')
    .addPrimaryKeyConstraint('weather_forecast_pk', ['station_id', 'ts_ms'])
    .execute();
}
