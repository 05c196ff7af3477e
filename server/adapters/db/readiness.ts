import type { ReadinessStatus } from '../../core/forecast/forecast.ts';
import type { ReadinessRow, ReadinessRun, RowQuery } from '../../core/forecast/run.ts';
import type { ReadinessStore } from '../../ports.ts';
import type { Db } from './schema.ts';
import { parts, storable, upsertRows } from './upsert.ts';

/** Rows of one statement: each is some kilobytes. */
const ROWS_AT_ONCE = 500;
const PAGE_MAX = 20_000;

/** Runs of the forecast: what is asked by in columns, all else as JSON. */
export function createReadiness(db: () => Db): ReadinessStore {
  return {
    put: (run) => putRun(db(), run),
    putRows: (runId, rows) =>
      db()
        .transaction()
        .execute((tx) => putRows(tx, runId, rows)),
    async list({ kind, seasonId, state, limit }) {
      let query = db().selectFrom('readiness_run').select('body');
      if (kind !== undefined) query = query.where('kind', '=', kind);
      if (seasonId !== undefined) query = query.where('season_id', '=', storable(seasonId));
      if (state !== undefined) query = query.where('state', '=', state);
      const rows = await query.orderBy('started_ms', 'desc').orderBy('id', 'desc').limit(limit).execute();
      return rows.map(({ body }) => JSON.parse(body) as ReadinessRun);
    },
    async get(runId) {
      const row = await db()
        .selectFrom('readiness_run')
        .select('body')
        .where('id', '=', storable(runId))
        .executeTakeFirst();
      return row === undefined ? null : (JSON.parse(row.body) as ReadinessRun);
    },
    rows: (query) => rowsOf(db(), query),
    async row(runId, transformerId) {
      const row = await db()
        .selectFrom('readiness_row')
        .select('body')
        .where('run_id', '=', storable(runId))
        .where('transformer_id', '=', storable(transformerId))
        .executeTakeFirst();
      return row === undefined ? null : (JSON.parse(row.body) as ReadinessRow);
    },
    async standings(runId) {
      const rows = await db()
        .selectFrom('readiness_row')
        .select(['transformer_id', 'status', 'p_low'])
        .where('run_id', '=', storable(runId))
        .execute();
      return new Map(
        rows.map(({ transformer_id: id, status, p_low: pLow }) => [
          id,
          { status: status as ReadinessStatus, pLow },
        ]),
      );
    },
    prune: (keep) =>
      db()
        .transaction()
        .execute((tx) => prune(tx, keep)),
  };
}

function putRun(db: Db, run: ReadinessRun): Promise<void> {
  return upsertRows(
    db,
    'readiness_run',
    [
      {
        id: run.id,
        kind: run.kind,
        season_id: run.seasonId,
        state: run.state,
        started_ms: run.startedMs,
        body: JSON.stringify(run),
      },
    ],
    { identity: ['id'], known: 'replace' },
  );
}

async function putRows(tx: Db, runId: string, rows: readonly ReadinessRow[]): Promise<void> {
  await tx.deleteFrom('readiness_row').where('run_id', '=', runId).execute();
  for (const part of parts(rows, ROWS_AT_ONCE)) {
    await upsertRows(
      tx,
      'readiness_row',
      part.map((row) => ({
        run_id: runId,
        transformer_id: row.transformerId,
        rank: row.rank,
        area_id: row.areaId,
        feeder_id: row.feederId,
        status: row.forecast.status,
        cause: row.cause?.kind ?? null,
        important: Number(row.importantCustomers > 0),
        p_low: row.forecast.pLow,
        body: JSON.stringify(row),
      })),
      { identity: ['run_id', 'transformer_id'], known: 'replace' },
    );
  }
}

async function rowsOf(db: Db, asked: RowQuery): Promise<ReadinessRow[]> {
  const { runId, areaIds, areaId, feederId, status, cause, important, afterRank, limit } = asked;
  if (areaIds?.length === 0) return [];
  let query = db.selectFrom('readiness_row').select('body').where('run_id', '=', storable(runId));
  if (areaIds !== null) query = query.where('area_id', 'in', areaIds.map(storable));
  if (areaId !== undefined) query = query.where('area_id', '=', storable(areaId));
  if (feederId !== undefined) query = query.where('feeder_id', '=', storable(feederId));
  if (status !== undefined) query = query.where('status', '=', status);
  if (cause !== undefined) query = query.where('cause', '=', storable(cause));
  if (important !== undefined) query = query.where('important', '=', Number(important));
  if (afterRank !== undefined) query = query.where('rank', '>', afterRank);
  const rows = await query
    .orderBy('rank')
    .limit(Math.min(Math.max(1, limit), PAGE_MAX))
    .execute();
  return rows.map(({ body }) => JSON.parse(body) as ReadinessRow);
}

async function prune(tx: Db, keep: number): Promise<number> {
  const runs = await tx
    .selectFrom('readiness_run')
    .select(['id', 'kind', 'season_id', 'state'])
    .orderBy('started_ms', 'desc')
    .orderBy('id', 'desc')
    .execute();
  const seen = new Map<string, number>();
  // Each state by itself: a month of failed nights must not take the last forecast that was made.
  const gone = runs.filter(({ kind, season_id: seasonId, state }) => {
    const key = `${kind} ${seasonId} ${state}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return seen.get(key)! > keep;
  });
  for (const ids of parts(gone.map(({ id }) => id))) {
    await tx.deleteFrom('readiness_row').where('run_id', 'in', ids).execute();
    await tx.deleteFrom('readiness_run').where('id', 'in', ids).execute();
  }
  return gone.length;
}
