import { createHash } from 'node:crypto';
import { AUDIT_ROOT, auditText, type AuditEntry, type AuditVerdict } from '../../core/audit.ts';
import type { AuditLog } from '../../ports.ts';
import type { AccessTables } from './accessTables.ts';
import type { Db } from './schema.ts';
import { storable } from './upsert.ts';

const LIST_MAX = 500;
const VERIFY_PAGE = 1_000;

export function createAudit(db: () => Db): AuditLog {
  return {
    add: (fact, tsMs) =>
      db()
        .transaction()
        .execute(async (tx) => {
          // First of all, so that a second writer waits here and chains to what this one wrote.
          const { value: seq } = await tx
            .updateTable('counter')
            .set((eb) => ({ value: eb('value', '+', 1) }))
            .where('name', '=', 'audit')
            .returning('value')
            .executeTakeFirstOrThrow();
          const before = await tx
            .selectFrom('audit')
            .select('hash')
            .where('seq', '=', seq - 1)
            .executeTakeFirst();
          const detail = storable(JSON.stringify(fact.detail));
          const actor = { id: storable(fact.actor.id), name: storable(fact.actor.name) };
          const entry = { seq, tsMs, actor, action: fact.action, subject: storable(fact.subject) };
          const hash = sha256(auditText(entry, detail, before?.hash ?? AUDIT_ROOT));
          await tx
            .insertInto('audit')
            .values(rowOf({ ...entry, hash }, detail))
            .execute();
          return { ...entry, detail: fact.detail, hash };
        }),
    async list({ before, action, limit }) {
      let query = db()
        .selectFrom('audit')
        .selectAll()
        .orderBy('seq', 'desc')
        .limit(Math.min(Math.max(1, Math.trunc(limit)), LIST_MAX));
      if (before !== undefined) query = query.where('seq', '<', before);
      if (action !== undefined) query = query.where('action', '=', storable(action));
      return (await query.execute()).map(entryOf);
    },
    verify: () => verify(db()),
  };
}

async function verify(db: Db): Promise<AuditVerdict> {
  let seq = 0;
  let hash = AUDIT_ROOT;
  for (;;) {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', seq)
      .orderBy('seq')
      .limit(VERIFY_PAGE)
      .execute();
    for (const row of rows) {
      seq += 1;
      if (row.seq !== seq) return { kind: 'broken', seq, reason: 'missing' };
      if (row.hash !== sha256(auditText(entryOf(row), row.detail, hash))) {
        return { kind: 'broken', seq, reason: 'changed' };
      }
      hash = row.hash;
    }
    if (rows.length < VERIFY_PAGE) break;
  }
  const counter = await db
    .selectFrom('counter')
    .select('value')
    .where('name', '=', 'audit')
    .executeTakeFirst();
  // One that is being written right now is no gap: only a number beyond it is.
  const newest = await db
    .selectFrom('audit')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .executeTakeFirst();
  const last = Number(newest?.seq ?? 0);
  return last < (counter?.value ?? 0)
    ? { kind: 'broken', seq: last + 1, reason: 'missing' }
    : { kind: 'whole', entries: seq };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function rowOf(
  { seq, tsMs, actor, action, subject, hash }: Omit<AuditEntry, 'detail'>,
  detail: string,
): AccessTables['audit'] {
  return {
    seq,
    ts_ms: tsMs,
    actor_id: actor.id,
    actor_name: actor.name,
    action,
    subject,
    detail,
    hash,
  };
}

function entryOf(row: AccessTables['audit']): AuditEntry {
  return {
    seq: row.seq,
    tsMs: row.ts_ms,
    actor: { id: row.actor_id, name: row.actor_name },
    action: row.action,
    subject: row.subject,
    detail: JSON.parse(row.detail) as Record<string, unknown>,
    hash: row.hash,
  };
}
