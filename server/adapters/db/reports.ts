import type { DeviceReport } from '../../core/reading.ts';
import type { DeviceReports } from '../../ports.ts';
import type { Db, Tables } from './schema.ts';
import { storable, upsertRows } from './upsert.ts';

/** Reports of ids that are not registered: whoever can publish can invent them, so only the newest are kept. */
const UNREGISTERED_MAX = 10_000;
const PUTS_PER_PRUNE = 1_000;

export function createReports(db: () => Db): DeviceReports {
  let putSincePrune = 0;
  return {
    async put(reports) {
      await db()
        .transaction()
        .execute((tx) => putReports(tx, reports));
      putSincePrune += reports.length;
      if (putSincePrune < PUTS_PER_PRUNE) return;
      putSincePrune = 0;
      await pruneUnregistered(db());
    },
    async get(transformerId) {
      const rows = await db()
        .selectFrom('device_report')
        .selectAll()
        .where('transformer_id', '=', storable(transformerId))
        .orderBy('kind')
        .execute();
      return rows.map(reportOf);
    },
  };
}

/** A report older than the one that is kept (a replayed spool) changes nothing. */
async function putReports(db: Db, reports: readonly DeviceReport[]): Promise<void> {
  const newest = new Map<string, DeviceReport>();
  for (const report of reports) {
    const key = JSON.stringify([report.transformerId, report.kind]);
    if ((newest.get(key)?.receivedMs ?? -Infinity) <= report.receivedMs) newest.set(key, report);
  }
  const rows: Tables['device_report'][] = [];
  for (const report of newest.values()) {
    const kept = await db
      .selectFrom('device_report')
      .select('received_ms')
      .where('transformer_id', '=', storable(report.transformerId))
      .where('kind', '=', report.kind)
      .executeTakeFirst();
    if (kept !== undefined && kept.received_ms > report.receivedMs) continue;
    rows.push({
      transformer_id: storable(report.transformerId),
      kind: report.kind,
      org: storable(report.org),
      received_ms: report.receivedMs,
      body: JSON.stringify(report.body),
    });
  }
  await upsertRows(db, 'device_report', rows, { identity: ['transformer_id', 'kind'], known: 'replace' });
}

async function pruneUnregistered(db: Db): Promise<void> {
  const unregistered = db
    .selectFrom('device_report as r')
    .leftJoin('transformer as t', 't.id', 'r.transformer_id')
    .where('t.id', 'is', null);
  const bound = await unregistered
    .select('r.received_ms')
    .orderBy('r.received_ms', 'desc')
    .offset(UNREGISTERED_MAX)
    .limit(1)
    .executeTakeFirst();
  if (bound === undefined) return;
  await db
    .deleteFrom('device_report')
    .where('transformer_id', 'in', unregistered.select('r.transformer_id'))
    .where('received_ms', '<=', bound.received_ms)
    .execute();
}

function reportOf(row: Tables['device_report']): DeviceReport {
  return {
    kind: row.kind,
    transformerId: row.transformer_id,
    org: row.org,
    receivedMs: row.received_ms,
    body: JSON.parse(row.body) as Record<string, unknown>,
  };
}
