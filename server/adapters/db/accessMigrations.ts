import { sql, type Kysely } from 'kysely';

/** Accounts: users, sessions, API tokens, failed logins, audit. */
export async function createAccess(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('account')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('login', 'text', (c) => c.notNull().unique())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('area_ids', 'text')
    .addColumn('disabled', 'integer', (c) => c.notNull())
    .addColumn('created_ms', 'bigint', (c) => c.notNull())
    .addColumn('password_hash', 'text')
    .addColumn('link_hash', 'text', (c) => c.unique())
    .addColumn('link_expires_ms', 'bigint')
    .addColumn('sso_subject', 'text', (c) => c.unique())
    .execute();
  await schema
    .createTable('session')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('token_hash', 'text', (c) => c.notNull().unique())
    .addColumn('user_id', 'text', (c) => c.notNull().references('account.id').onDelete('cascade'))
    .addColumn('created_ms', 'bigint', (c) => c.notNull())
    .addColumn('last_seen_ms', 'bigint', (c) => c.notNull())
    .addColumn('expires_ms', 'bigint', (c) => c.notNull())
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('agent', 'text', (c) => c.notNull())
    .execute();
  await schema.createIndex('session_by_user').on('session').columns(['user_id']).execute();
  await createTokensAndAudit(db);
}

async function createTokensAndAudit(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('api_token')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('token_hash', 'text', (c) => c.notNull().unique())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('area_ids', 'text')
    .addColumn('created_by', 'text', (c) => c.notNull())
    .addColumn('created_ms', 'bigint', (c) => c.notNull())
    .addColumn('expires_ms', 'bigint', (c) => c.notNull())
    .addColumn('last_used_ms', 'bigint')
    .addColumn('revoked_ms', 'bigint')
    .execute();
  await schema
    .createTable('login_failure')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('failures', 'integer', (c) => c.notNull())
    .addColumn('last_ms', 'bigint', (c) => c.notNull())
    .execute();
  await schema
    .createTable('audit')
    .addColumn('seq', 'bigint', (c) => c.primaryKey())
    .addColumn('ts_ms', 'bigint', (c) => c.notNull())
    .addColumn('actor_id', 'text', (c) => c.notNull())
    .addColumn('actor_name', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('detail', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .execute();
  // Hands out the numbers one by one, and tells when the newest entries were cut off.
  await sql`insert into counter (name, value) values ('audit', 0)`.execute(db);
}

/** What single sign-on began a session with, to end it there as well. */
export async function addSessionIdToken(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('session').addColumn('id_token', 'text').execute();
}

/** Tokens that are there keep what they may: null is whatever the role may. */
export async function addTokenScopes(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('api_token').addColumn('scopes', 'text').execute();
}

/** Secret addresses of calendars; they end with their owner. */
export async function createCalendarFeed(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('calendar_feed')
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('secret_hash', 'text', (c) => c.notNull().unique())
    .addColumn('user_id', 'text', (c) => c.notNull().references('account.id').onDelete('cascade'))
    .addColumn('schedule_id', 'text', (c) => c.notNull())
    .addColumn('created_ms', 'bigint', (c) => c.notNull())
    .addColumn('last_used_ms', 'bigint')
    .addPrimaryKeyConstraint('calendar_feed_pk', ['user_id', 'schedule_id'])
    .execute();
}
