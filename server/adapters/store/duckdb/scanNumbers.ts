import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';

/** Reads all rows of a query whose columns are DOUBLE and never NULL: a copy a value, no object a value. */
export async function scanNumbers(connection: DuckDBConnection, sql: string): Promise<Float64Array[]> {
  const result = await connection.stream(sql);
  const chunks: DuckDBDataChunk[] = [];
  let rows = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0;) {
    chunks.push(chunk);
    rows += chunk.rowCount;
    chunk = await result.fetchChunk();
  }
  const columns = Array.from({ length: result.columnCount }, () => new Float64Array(rows));
  let at = 0;
  for (const chunk of chunks) {
    for (let k = 0; k < columns.length; k++) copy(chunk, k, columns[k]!, at);
    at += chunk.rowCount;
  }
  return columns;
}

function copy(chunk: DuckDBDataChunk, k: number, out: Float64Array, at: number): void {
  const vector = chunk.getColumnVector(k);
  const count = chunk.rowCount;
  for (let i = 0; i < count; i++) out[at + i] = vector.getItem(i) as number;
}
