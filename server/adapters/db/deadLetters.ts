import type { DeadLetter, RefusalReason } from '../../core/reading.ts';
import type { DeadLetterQuery, DeadLetterStore } from '../../ports.ts';
import type { Db, Tables } from './schema.ts';
import { inOrder, parts, storable } from './upsert.ts';

/** A page holds at most so many letters; each may carry a payload of 1 MiB. */
const PAGE_MAX = 1_000;
/** Letters of one insert: 7 parameters each. */
const INSERT_MAX = 1_000;
/** Ids of unregistered transformers kept; whoever can publish can invent them. */
const UNKNOWN_MAX = 10_000;
/** The bounds are enforced once per so many added letters, for counting is not free. */
const ADDS_PER_PRUNE = 1_000;
const NATIVE_TOPIC = /^pq\/v1\/([^/]+)\//;

/** Refused inputs, newest `lettersMax` kept; the count of an unknown transformer survives its letters. */
export function createDeadLetters(db: () => Db, lettersMax: number): DeadLetterStore {
  let addedSincePrune = 0;
  return {
    async add(letters) {
      await db()
        .transaction()
        .execute((tx) => addLetters(tx, letters));
      addedSincePrune += letters.length;
      if (addedSincePrune < ADDS_PER_PRUNE) return;
      addedSincePrune = 0;
      await prune(db(), lettersMax);
    },
    list: (query) => listLetters(db(), query),
    async get(id) {
      const row = await db().selectFrom('dead_letter').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? null : letterOf(row);
    },
    async countByReason() {
      const rows = await db()
        .selectFrom('dead_letter')
        .select(({ fn }) => ['reason', fn.countAll<number>().as('count')])
        .groupBy('reason')
        .orderBy('reason')
        .execute();
      return rows.map(({ reason, count }) => ({ reason: reason as RefusalReason, count }));
    },
    unknownTransformers: (limit) => unknownTransformers(db(), limit),
    async remove(ids) {
      for (const some of parts(ids)) await db().deleteFrom('dead_letter').where('id', 'in', some).execute();
    },
    prune: (keep) => prune(db(), keep),
  };
}

async function addLetters(db: Db, letters: readonly DeadLetter[]): Promise<void> {
  const distinct = [...new Map(letters.map((letter) => [letter.id, letter])).values()];
  const unknown = new Map<string, Tables['unknown_transformer']>();
  const byId = new Map(distinct.map((letter) => [letter.id, letter]));
  for (const some of parts(distinct, INSERT_MAX)) {
    const inserted = await db
      .insertInto('dead_letter')
      .values(some.map(rowOf))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .execute();
    // Only what is new counts: a replayed spool must not count a transformer twice.
    for (const { id } of inserted) countUnknown(unknown, byId.get(id)!);
  }
  for (const rows of parts(inOrder(unknown), INSERT_MAX)) {
    await db
      .insertInto('unknown_transformer')
      .values([...rows])
      .onConflict((conflict) =>
        conflict.column('transformer_id').doUpdateSet(({ eb, ref }) => ({
          letters: eb('unknown_transformer.letters', '+', ref('excluded.letters')),
          org: ref('excluded.org'),
          last_ms: eb
            .case()
            .when('excluded.last_ms', '>', ref('unknown_transformer.last_ms'))
            .then(ref('excluded.last_ms'))
            .else(ref('unknown_transformer.last_ms'))
            .end(),
        })),
      )
      .execute();
  }
}

function countUnknown(unknown: Map<string, Tables['unknown_transformer']>, letter: DeadLetter): void {
  if (letter.reason !== 'unknown-transformer' || letter.transformerId === null) return;
  const id = storable(letter.transformerId);
  const known = unknown.get(id);
  unknown.set(id, {
    transformer_id: id,
    org: NATIVE_TOPIC.exec(storable(letter.topic))?.[1] ?? known?.org ?? null,
    letters: (known?.letters ?? 0) + 1,
    last_ms: Math.max(known?.last_ms ?? letter.receivedMs, letter.receivedMs),
  });
}

async function listLetters(
  db: Db,
  { reason, transformerId, cursor, limit }: DeadLetterQuery,
): Promise<{ items: DeadLetter[]; cursor: string | null }> {
  const size = Math.min(Math.max(1, Math.trunc(limit)), PAGE_MAX);
  let query = db
    .selectFrom('dead_letter')
    .selectAll()
    .orderBy('received_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(size + 1);
  if (reason !== undefined) query = query.where('reason', '=', reason);
  if (transformerId !== undefined) query = query.where('transformer_id', '=', storable(transformerId));
  if (cursor !== undefined) {
    const after = parseCursor(cursor);
    // A cursor that we did not write points nowhere.
    if (after === null) return { items: [], cursor: null };
    query = query.where(({ eb, and, or }) =>
      or([
        eb('received_ms', '<', after.receivedMs),
        and([eb('received_ms', '=', after.receivedMs), eb('id', '<', after.id)]),
      ]),
    );
  }
  const rows = await query.execute();
  const items = rows.slice(0, size).map(letterOf);
  const last = items.at(-1);
  return { items, cursor: rows.length > size && last !== undefined ? cursorAt(last) : null };
}

function cursorAt({ receivedMs, id }: DeadLetter): string {
  return Buffer.from(`${receivedMs}:${id}`).toString('base64url');
}

function parseCursor(cursor: string): { receivedMs: number; id: string } | null {
  const match = /^(\d{1,15}):([\w-]{1,64})$/.exec(Buffer.from(cursor, 'base64url').toString());
  return match === null ? null : { receivedMs: Number(match[1]), id: match[2]! };
}

async function unknownTransformers(
  db: Db,
  limit: number,
): Promise<
  {
    transformerId: string;
    org: string | null;
    count: number;
    lastMs: number;
    meta: Record<string, unknown> | null;
  }[]
> {
  const rows = await db
    .selectFrom('unknown_transformer as u')
    .leftJoin('transformer as t', 't.id', 'u.transformer_id')
    .leftJoin('device_report as r', (join) =>
      join.onRef('r.transformer_id', '=', 'u.transformer_id').on('r.kind', '=', 'meta'),
    )
    .where('t.id', 'is', null)
    .select(['u.transformer_id', 'u.letters', 'u.last_ms', 'u.org', 'r.org as reported_org', 'r.body'])
    .orderBy('u.last_ms', 'desc')
    .orderBy('u.transformer_id')
    .limit(Math.min(Math.max(1, Math.trunc(limit)), UNKNOWN_MAX))
    .execute();
  return rows.map((row) => ({
    transformerId: row.transformer_id,
    org: row.org ?? row.reported_org,
    count: row.letters,
    lastMs: row.last_ms,
    meta: row.body === null ? null : (JSON.parse(row.body) as Record<string, unknown>),
  }));
}

async function prune(db: Db, keep: number): Promise<number> {
  const oldestUnknown = db
    .selectFrom('unknown_transformer')
    .select('transformer_id')
    .orderBy('last_ms', 'desc')
    .orderBy('transformer_id')
    .limit(UNKNOWN_MAX);
  await db.deleteFrom('unknown_transformer').where('transformer_id', 'not in', oldestUnknown).execute();
  const kept = db
    .selectFrom('dead_letter')
    .select('id')
    .orderBy('received_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(keep);
  const gone = await db.deleteFrom('dead_letter').where('id', 'not in', kept).executeTakeFirst();
  return Number(gone.numDeletedRows);
}

function rowOf(letter: DeadLetter): Tables['dead_letter'] {
  return {
    id: letter.id,
    received_ms: letter.receivedMs,
    topic: storable(letter.topic),
    payload: letter.payload,
    reason: letter.reason,
    detail: storable(letter.detail),
    transformer_id: letter.transformerId === null ? null : storable(letter.transformerId),
  };
}

function letterOf(row: Tables['dead_letter']): DeadLetter {
  return {
    id: row.id,
    receivedMs: row.received_ms,
    topic: row.topic,
    // pg gives a Buffer, which is not the plain array that the rest of the program compares and sends.
    payload: new Uint8Array(row.payload),
    reason: row.reason as RefusalReason,
    detail: row.detail,
    transformerId: row.transformer_id,
  };
}
