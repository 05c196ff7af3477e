import { sql } from 'kysely';
import type { Delivery, DeliveryAttempt } from '../../core/incident/delivery.ts';
import type { Outbox } from '../../ports.ts';
import type { DeliveryTable } from './alertSchema.ts';
import { attemptOf, attemptRow, deliveryOf, deliveryRow } from './deliveryRows.ts';
import type { Db } from './schema.ts';
import { parts, upsertRows } from './upsert.ts';

/** Deliveries that one worker takes at once. */
const LEASE_MAX = 1_000;

/** Deliveries on their way. `skipsLocked`: several workers lease at the same moment (PostgreSQL) and pass over each other's rows. */
export function createOutbox(db: () => Db, { skipsLocked }: { skipsLocked: boolean }): Outbox {
  return {
    lease: (options) => lease(db(), options, skipsLocked),
    settle: (delivery, attempt, instead) =>
      db()
        .transaction()
        .execute((tx) => settle(tx, delivery, attempt, instead)),
    of: (incidentId) => deliveriesOf(db(), 'incident_id', incidentId),
    one: async (deliveryId) => (await deliveriesOf(db(), 'id', deliveryId))[0] ?? null,
    async counts() {
      const row = await db()
        .selectFrom('delivery')
        .select(({ fn, eb }) => [
          fn.countAll<number>().filterWhere('state', 'in', ['queued', 'leased']).as('queued'),
          fn
            .min<number | null>('next_ms')
            .filterWhere(eb('state', 'in', ['queued', 'leased']))
            .as('oldest'),
          fn.countAll<number>().filterWhere('state', '=', 'failed').as('failed'),
        ])
        .executeTakeFirstOrThrow();
      return { queued: row.queued, oldestDueMs: row.oldest, failed: row.failed };
    },
    async sentSince(userId, sinceMs) {
      const row = await db()
        .selectFrom('delivery as d')
        .innerJoin('delivery_attempt as a', 'a.delivery_id', 'd.id')
        .where('d.user_id', '=', userId)
        .where('a.result', '=', 'sent')
        .where('a.ended_ms', '>=', sinceMs)
        .select(({ fn }) => fn.countAll<number>().as('sent'))
        .executeTakeFirstOrThrow();
      return row.sent;
    },
    async pruneOf(userId, createdBeforeMs) {
      await db()
        .deleteFrom('delivery_attempt')
        .where('delivery_id', 'in', (eb) =>
          eb
            .selectFrom('delivery')
            .select('id')
            .where('user_id', '=', userId)
            .where('created_ms', '<', createdBeforeMs),
        )
        .execute();
      await db()
        .deleteFrom('delivery')
        .where('user_id', '=', userId)
        .where('created_ms', '<', createdBeforeMs)
        .execute();
    },
  };
}

async function lease(
  db: Db,
  { nowMs, leaseMs, limit }: { nowMs: number; leaseMs: number; limit: number },
  skipsLocked: boolean,
): Promise<Delivery[]> {
  const size = Math.min(Math.max(1, Math.trunc(limit)), LEASE_MAX);
  // Materialized: PostgreSQL may run a subquery with a limit more than once, and then lease more than the limit.
  const { rows } = await sql<DeliveryTable>`
    with due as materialized (
      select id from delivery
      where (state = 'queued' and next_ms <= ${nowMs}) or (state = 'leased' and lease_until_ms <= ${nowMs})
      order by next_ms, id limit ${size} ${skipsLocked ? sql`for update skip locked` : sql``}
    )
    update delivery set state = 'leased', lease_until_ms = ${nowMs + leaseMs}
    where id in (select id from due) returning *`.execute(db);
  return rows.map(deliveryOf).toSorted((a, b) => a.nextMs - b.nextMs || (a.id < b.id ? -1 : 1));
}

async function settle(
  db: Db,
  delivery: Delivery,
  attempt: DeliveryAttempt | null,
  instead: Delivery | undefined,
): Promise<void> {
  if (attempt !== null) {
    await upsertRows(db, 'delivery_attempt', [attemptRow(attempt)], {
      identity: ['delivery_id', 'number', 'started_ms'],
      known: 'keep',
    });
  }
  const { state, attempts, nextMs, leaseUntilMs, facts } = delivery;
  const moved = await db
    .updateTable('delivery')
    .set({ state, attempts, next_ms: nextMs, lease_until_ms: leaseUntilMs, facts: JSON.stringify(facts) })
    .where('id', '=', delivery.id)
    // A worker whose lease ran out must not send again what the one after it has sent.
    .where('state', 'in', ['queued', 'leased'])
    .executeTakeFirst();
  if (instead === undefined || moved.numUpdatedRows === 0n) return;
  await upsertRows(db, 'delivery', [deliveryRow(instead)], { identity: ['id'], known: 'keep' });
}

async function deliveriesOf(
  db: Db,
  column: 'id' | 'incident_id',
  value: string,
): Promise<{ delivery: Delivery; attempts: DeliveryAttempt[] }[]> {
  const rows = await db
    .selectFrom('delivery')
    .selectAll()
    .where(column, '=', value)
    .orderBy('created_ms')
    .orderBy('id')
    .execute();
  const attempts = new Map<string, DeliveryAttempt[]>(rows.map(({ id }) => [id, []]));
  for (const ids of parts(rows.map(({ id }) => id))) {
    const found = await db
      .selectFrom('delivery_attempt')
      .selectAll()
      .where('delivery_id', 'in', ids)
      .orderBy('number')
      .orderBy('started_ms')
      .execute();
    for (const row of found) attempts.get(row.delivery_id)?.push(attemptOf(row));
  }
  return rows.map((row) => ({ delivery: deliveryOf(row), attempts: attempts.get(row.id) ?? [] }));
}
