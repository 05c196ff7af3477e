import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { PackedRows } from './protocol.ts';
import { TABLES } from './schema.ts';

/** A rewrite clears rows that may be there already, so that an identity is stored once. */
const REWRITES_TABLE = 'rewrites';

/** Time of the newest row of each point and table: whatever is later is certainly new. */
export type NewestMs = Map<number, number>;

/** Writes the rows in one transaction; when it returns they are on disk. */
export async function appendRows(
  connection: DuckDBConnection,
  rows: PackedRows,
  newest: NewestMs,
): Promise<void> {
  await connection.run('BEGIN TRANSACTION');
  try {
    await appendPoints(connection, rows);
    const last = lastOfEach(rows);
    await removeRewritten(connection, rows, last, newest);
    const appender = await connection.createAppender(rows.table);
    try {
      appendPacked(appender, rows, last);
    } finally {
      appender.closeSync();
    }
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
  for (let row = 0; row < rows.count; row++) {
    const pt = rows.values[row]!;
    const tsMs = rows.values[rows.count + row]!;
    if (!(newest.get(pt)! >= tsMs)) newest.set(pt, tsMs);
  }
}

/** Indexes of the rows to keep: of rows with one identity within the batch, the last. */
function lastOfEach({ values, count }: PackedRows): Int32Array | number[] {
  const seen = new Map<number, Map<number, number>>();
  let repeated = false;
  for (let row = 0; row < count; row++) {
    const pt = values[row]!;
    const tsMs = values[count + row]!;
    let times = seen.get(pt);
    if (times === undefined) seen.set(pt, (times = new Map()));
    repeated ||= times.has(tsMs);
    times.set(tsMs, row);
  }
  if (!repeated) return Int32Array.from({ length: count }, (_, row) => row);
  return [...seen.values()].flatMap((times) => [...times.values()]);
}

async function removeRewritten(
  connection: DuckDBConnection,
  rows: PackedRows,
  last: Iterable<number>,
  newest: NewestMs,
): Promise<void> {
  const { values, count, table } = rows;
  const old: number[] = [];
  for (const row of last) if (values[count + row]! <= (newest.get(values[row]!) ?? -Infinity)) old.push(row);
  if (old.length === 0) return;
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${REWRITES_TABLE} (pt INTEGER, ts BIGINT)`);
  const appender = await connection.createAppender(REWRITES_TABLE);
  let [ptMin, ptMax, tsMin, tsMax] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const row of old) {
    const pt = values[row]!;
    const tsMs = values[count + row]!;
    ptMin = Math.min(ptMin, pt);
    ptMax = Math.max(ptMax, pt);
    tsMin = Math.min(tsMin, tsMs);
    tsMax = Math.max(tsMax, tsMs);
    appender.appendInteger(pt);
    appender.appendBigInt(BigInt(tsMs));
    appender.endRow();
  }
  appender.closeSync();
  // The bounds let DuckDB pass over row groups; the semi-join alone would read them all.
  await connection.run(
    `DELETE FROM ${table} WHERE pt BETWEEN ${ptMin} AND ${ptMax} AND ts BETWEEN ${tsMin} AND ${tsMax}
     AND (pt, ts) IN (SELECT (pt, ts) FROM ${REWRITES_TABLE})`,
  );
}

async function appendPoints(connection: DuckDBConnection, { newPoints }: PackedRows): Promise<void> {
  if (newPoints.transformerIds.length === 0) return;
  // After a lost reply the same points come again.
  await connection.run(`DELETE FROM points WHERE pt >= ${newPoints.firstPoint}`);
  const appender = await connection.createAppender('points');
  newPoints.transformerIds.forEach((transformerId, i) => {
    appender.appendInteger(newPoints.firstPoint + i);
    appender.appendVarchar(transformerId);
    appender.appendVarchar(newPoints.points[i]!);
    appender.endRow();
  });
  appender.closeSync();
}

function appendPacked(
  appender: DuckDBAppender,
  { values, count, table }: PackedRows,
  last: Iterable<number>,
): void {
  const columns = TABLES[table].columns;
  const flags = columns.indexOf('flags') + 2;
  for (const row of last) {
    appender.appendInteger(values[row]!);
    appender.appendBigInt(BigInt(values[count + row]!));
    for (let column = 2; column < columns.length + 2; column++) {
      const value = values[column * count + row]!;
      if (Number.isNaN(value)) appender.appendNull();
      else if (column === flags) appender.appendInteger(value);
      else appender.appendDouble(value);
    }
    appender.endRow();
  }
}
