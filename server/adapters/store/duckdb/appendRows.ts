import { BIGINT, DOUBLE, DuckDBDataChunk, INTEGER } from '@duckdb/node-api';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { PackedRows } from './protocol.ts';
import { TABLES } from './schema.ts';

/** A rewrite clears rows that may be there already, so that an identity is stored once. */
const REWRITES_TABLE = 'rewrites';

/** Rows of a data chunk at most: DuckDB's own vector size. */
const CHUNK_ROWS = 2048;

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
    const kept = allNew(rows, newest) ? null : lastOfEach(rows);
    if (kept !== null) await removeRewritten(connection, rows, kept, newest);
    const appender = await connection.createAppender(rows.table);
    try {
      appendPacked(appender, rows, kept ?? Int32Array.from({ length: rows.count }, (_, row) => row));
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

/** Whether every row is later than all of its point before it, as live readings and history mostly are. */
function allNew({ values, count }: PackedRows, newest: NewestMs): boolean {
  const latest = new Map<number, number>();
  let [lastPt, lastMs] = [-1, -Infinity];
  for (let row = 0; row < count; row++) {
    const pt = values[row]!;
    const tsMs = values[count + row]!;
    if (pt !== lastPt) {
      latest.set(lastPt, lastMs);
      [lastPt, lastMs] = [pt, latest.get(pt) ?? newest.get(pt) ?? -Infinity];
    }
    if (!(tsMs > lastMs)) return false;
    lastMs = tsMs;
  }
  return true;
}

/** Indexes of the rows to keep: of rows with one identity within the batch, the last. */
function lastOfEach({ values, count }: PackedRows): Int32Array {
  const seen = new Map<number, Map<number, number>>();
  for (let row = 0; row < count; row++) {
    const pt = values[row]!;
    const tsMs = values[count + row]!;
    let times = seen.get(pt);
    if (times === undefined) seen.set(pt, (times = new Map()));
    times.set(tsMs, row);
  }
  return Int32Array.from([...seen.values()].flatMap((times) => [...times.values()]));
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

/** By whole data chunks: a call into DuckDB for each value would cost ten times as much. */
function appendPacked(
  appender: DuckDBAppender,
  { values, count, table }: PackedRows,
  kept: Int32Array,
): void {
  const columns = TABLES[table].columns;
  const flags = columns.indexOf('flags') + 2;
  const types = [INTEGER, BIGINT, ...columns.map((_, i) => (i + 2 === flags ? INTEGER : DOUBLE))];
  let chunk: DuckDBDataChunk | null = null;
  let empty: boolean[] = [];
  for (let from = 0; from < kept.length; from += CHUNK_ROWS) {
    const rows = kept.subarray(from, from + CHUNK_ROWS);
    if (chunk === null || rows.length < CHUNK_ROWS) {
      chunk = DuckDBDataChunk.create(types, rows.length);
      empty = types.map(() => false);
    }
    for (let column = 0; column < types.length; column++) {
      const items = values.subarray(column * count, (column + 1) * count);
      // What no point measures is the same in every chunk.
      const nothing = rows.every((row) => Number.isNaN(items[row]));
      if (!(nothing && empty[column])) fillColumn(chunk, column, items, rows);
      empty[column] = nothing;
    }
    appender.appendDataChunk(chunk);
  }
}

function fillColumn(chunk: DuckDBDataChunk, column: number, items: Float64Array, rows: Int32Array): void {
  const vector = chunk.getColumnVector(column);
  if (column === 1) {
    for (let i = 0; i < rows.length; i++) vector.setItem(i, BigInt(items[rows[i]!]!));
  } else {
    for (let i = 0; i < rows.length; i++) {
      const value = items[rows[i]!]!;
      vector.setItem(i, Number.isNaN(value) ? null : value);
    }
  }
  vector.flush();
}
