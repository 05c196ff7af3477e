import type { ConditionEvent, Severity } from '../../core/event.ts';
import type { ConditionEvents } from '../../ports.ts';
import type { ConditionEventTable, Db } from './schema.ts';
import { storable, upsertRows } from './upsert.ts';

/** Events of one answer. */
const LIST_MAX = 10_000;

export function createEvents(db: () => Db): ConditionEvents {
  return {
    add: (events) =>
      db()
        .transaction()
        .execute((tx) =>
          upsertRows(tx, 'condition_event', events.map(rowOf), {
            identity: ['transformer_id', 'ts_ms', 'point', 'condition', 'phase', 'kind'],
            // A replay notices the same transition again, later: the first notice is the true one.
            known: 'keep',
          }),
        ),
    async list({ transformerId, fromMs, toMs, limit }) {
      let query = db()
        .selectFrom('condition_event')
        .selectAll()
        .where('ts_ms', '>=', fromMs)
        .where('ts_ms', '<', toMs)
        .orderBy('ts_ms', 'desc')
        .orderBy('transformer_id')
        .orderBy('point')
        .orderBy('condition')
        .orderBy('phase')
        .orderBy('kind')
        .limit(Math.min(Math.max(1, Math.trunc(limit)), LIST_MAX));
      if (transformerId !== undefined) query = query.where('transformer_id', '=', storable(transformerId));
      return (await query.execute()).map(eventOf);
    },
    async prune(beforeMs) {
      const [gone] = await db().deleteFrom('condition_event').where('ts_ms', '<', beforeMs).execute();
      return Number(gone?.numDeletedRows ?? 0);
    },
  };
}

function rowOf(event: ConditionEvent): ConditionEventTable {
  return {
    transformer_id: storable(event.transformerId),
    point: storable(event.point),
    condition: event.condition,
    phase: event.phase ?? '',
    kind: event.kind,
    ts_ms: event.tsMs,
    severity: event.severity,
    detected_ms: event.detectedMs,
    value_v: event.valueV,
    limit_v: event.limitV,
    ended_by: event.endedBy ?? null,
  };
}

function eventOf(row: ConditionEventTable): ConditionEvent {
  return {
    transformerId: row.transformer_id,
    point: row.point,
    condition: row.condition,
    phase: row.phase === '' ? null : (row.phase as 'a' | 'b' | 'c'),
    kind: row.kind as ConditionEvent['kind'],
    severity: row.severity as Severity | null,
    tsMs: row.ts_ms,
    detectedMs: row.detected_ms,
    valueV: row.value_v,
    limitV: row.limit_v,
    ...(row.ended_by === null ? {} : { endedBy: row.ended_by as NonNullable<ConditionEvent['endedBy']> }),
  };
}
