import type { Kysely } from 'kysely';

type AnySchema = Kysely<unknown>;

/** Migration 0004: incidents with what belongs to them, the outbox, the documents that people configure. */
export async function createAlerting(db: AnySchema): Promise<void> {
  await createIncidents(db);
  await createIncidentDetails(db);
  await createOutbox(db);
  await db.schema
    .createTable('alert_document')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('alert_document_pk', ['kind', 'id'])
    .execute();
}

/** Migration 0007: how a member began and when it last changed, so that grouping after a restart goes on as before it. */
export async function addMemberOnset({ schema }: AnySchema): Promise<void> {
  await schema.alterTable('incident_member').addColumn('onset', 'text').execute();
  await schema.alterTable('incident_member').addColumn('changed_ms', 'bigint').execute();
}

async function createIncidents({ schema }: AnySchema): Promise<void> {
  await schema
    .createTable('incident')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('urgency', 'integer', (c) => c.notNull())
    .addColumn('order_ms', 'bigint', (c) => c.notNull())
    .addColumn('resolved_ms', 'bigint')
    .addColumn('body', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createIndex('incident_urgent')
    .on('incident')
    .columns(['urgency', 'order_ms desc', 'id desc'])
    .execute();
  await schema.createIndex('incident_resolved').on('incident').columns(['resolved_ms']).execute();
  await schema.createIndex('incident_number').on('incident').columns(['number']).execute();
}

async function createIncidentDetails({ schema }: AnySchema): Promise<void> {
  await schema
    .createTable('incident_area')
    .addColumn('incident_id', 'text', (c) => c.notNull().references('incident.id').onDelete('cascade'))
    .addColumn('area_id', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('incident_area_pk', ['incident_id', 'area_id'])
    .execute();
  await schema
    .createTable('incident_member')
    .addColumn('incident_id', 'text', (c) => c.notNull().references('incident.id').onDelete('cascade'))
    .addColumn('transformer_id', 'text', (c) => c.notNull())
    .addColumn('point', 'text', (c) => c.notNull())
    .addColumn('condition', 'text', (c) => c.notNull())
    .addColumn('phase', 'text', (c) => c.notNull())
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('severity', 'text', (c) => c.notNull())
    .addColumn('since_ms', 'bigint', (c) => c.notNull())
    .addColumn('cleared_ms', 'bigint')
    .addColumn('value_v', 'double precision')
    .addColumn('limit_v', 'double precision')
    .addPrimaryKeyConstraint('incident_member_pk', [
      'incident_id',
      'transformer_id',
      'point',
      'condition',
      'phase',
    ])
    .execute();
  await schema
    .createIndex('incident_member_by_transformer')
    .on('incident_member')
    .columns(['transformer_id'])
    .execute();
  await schema
    .createTable('incident_timeline')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('incident_id', 'text', (c) => c.notNull().references('incident.id').onDelete('cascade'))
    .addColumn('at_ms', 'bigint', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('actor', 'text')
    .addColumn('body', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createIndex('incident_timeline_by_incident')
    .on('incident_timeline')
    .columns(['incident_id', 'at_ms', 'id'])
    .execute();
}

async function createOutbox({ schema }: AnySchema): Promise<void> {
  await schema
    .createTable('delivery')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('incident_id', 'text', (c) => c.references('incident.id').onDelete('cascade'))
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('contact_point_id', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('created_ms', 'bigint', (c) => c.notNull())
    .addColumn('next_ms', 'bigint', (c) => c.notNull())
    .addColumn('lease_until_ms', 'bigint')
    .addColumn('expires_ms', 'bigint', (c) => c.notNull())
    .addColumn('instead_of', 'text')
    .addColumn('facts', 'text', (c) => c.notNull())
    .execute();
  await schema.createIndex('delivery_due').on('delivery').columns(['state', 'next_ms']).execute();
  await schema
    .createIndex('delivery_by_incident')
    .on('delivery')
    .columns(['incident_id', 'created_ms'])
    .execute();
  await schema.createIndex('delivery_by_person').on('delivery').columns(['user_id', 'created_ms']).execute();
  await schema
    .createTable('delivery_attempt')
    .addColumn('delivery_id', 'text', (c) => c.notNull().references('delivery.id').onDelete('cascade'))
    .addColumn('number', 'integer', (c) => c.notNull())
    // A worker whose lease ran out and the one that took over both count from the same number.
    .addColumn('started_ms', 'bigint', (c) => c.notNull())
    .addColumn('ended_ms', 'bigint', (c) => c.notNull())
    .addColumn('result', 'text', (c) => c.notNull())
    .addColumn('detail', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('delivery_attempt_pk', ['delivery_id', 'number', 'started_ms'])
    .execute();
}
