import type { DuckDBConnection } from '@duckdb/node-api';
import { DAY_MS, localDayStart, type ZoneOffset } from '../../../core/localTime.ts';
import { MEAN_INTERVAL_MS } from '../../../core/summary.ts';
import type { RecomputeRequest } from './protocol.ts';
import { insertDailies, insertMeans, localDays, localTimeSql } from './summarySql.ts';

/** A local day has at most this; enough to reach the end of the day that holds a time. */
const DAY_MS_MAX = DAY_MS + 2 * 3_600_000;

/** Makes means and daily summaries again from raw readings, whole 10-minute windows and whole local days, in one transaction. */
export async function recompute(
  connection: DuckDBConnection,
  request: RecomputeRequest,
  offset: ZoneOffset,
): Promise<void> {
  const windows = request.windows ?? [{ pt: -1, fromMs: request.fromMs, toMs: request.toMs }];
  if (windows.length === 0) return;
  const widened = windows.map(({ pt, fromMs, toMs }) => ({
    pt,
    meanFrom: Math.floor(fromMs / MEAN_INTERVAL_MS) * MEAN_INTERVAL_MS,
    meanTo: Math.ceil(toMs / MEAN_INTERVAL_MS) * MEAN_INTERVAL_MS,
    dayFrom: localDayStart(fromMs, offset),
    dayTo: localDayStart(localDayStart(toMs - 1, offset) + DAY_MS_MAX, offset),
  }));
  const fromMs = Math.min(...widened.map((w) => w.dayFrom));
  const toMs = Math.max(...widened.map((w) => w.dayTo));
  await connection.run('BEGIN TRANSACTION');
  try {
    await fillTemp(
      connection,
      'days',
      'day BIGINT, "dayMs" BIGINT',
      localDays(offset, fromMs, toMs).map((d) => [d.day, d.dayMs]),
    );
    await fillTemp(
      connection,
      'limits',
      'pt INTEGER, "lowV" DOUBLE, "highV" DOUBLE',
      request.limits.map((l) => [l.pt, l.lowV, l.highV]),
    );
    const all = request.windows === null;
    if (!all) {
      await fillTemp(
        connection,
        'spans',
        'pt INTEGER, mf BIGINT, mt BIGINT, df BIGINT, dt BIGINT',
        widened.map((w) => [w.pt, w.meanFrom, w.meanTo, w.dayFrom, w.dayTo]),
      );
    }
    const within = (table: string, from: string, to: string): string =>
      all
        ? `${table}.ts >= ${from === 'mf' ? widened[0]!.meanFrom : fromMs} AND ${table}.ts < ${to === 'mt' ? widened[0]!.meanTo : toMs}`
        : `${table}.ts >= ${fromMs} AND ${table}.ts < ${toMs} AND EXISTS (SELECT 1 FROM spans WHERE spans.pt = ${table}.pt AND ${table}.ts >= ${from} AND ${table}.ts < ${to})`;
    await connection.run(`DELETE FROM means WHERE ${within('means', 'mf', 'mt')}`);
    await connection.run(insertMeans(`SELECT * FROM readings WHERE ${within('readings', 'mf', 'mt')}`));
    const days = `SELECT * FROM readings WHERE ${within('readings', 'df', 'dt')}`;
    await connection.run(`DELETE FROM dailies WHERE ${within('dailies', 'df', 'dt')}`);
    const lengthless =
      (
        await connection.runAndReadAll(
          `SELECT 1 FROM (${days}) WHERE NOT coalesce("intervalS" > 0, false) LIMIT 1`,
        )
      ).getRows().length > 0;
    await connection.run(insertDailies(days, localTimeSql(offset, fromMs, toMs), lengthless));
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function fillTemp(
  connection: DuckDBConnection,
  name: string,
  columns: string,
  rows: number[][],
): Promise<void> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE "${name}" (${columns})`);
  const appender = await connection.createAppender(name);
  const types = columns.split(',').map((column) => column.trim().split(' ').at(-1));
  for (const row of rows) {
    row.forEach((value, i) => {
      if (types[i] === 'INTEGER') appender.appendInteger(value);
      else if (types[i] === 'BIGINT') appender.appendBigInt(BigInt(value));
      else appender.appendDouble(value);
    });
    appender.endRow();
  }
  appender.closeSync();
}
