import { parentPort, workerData } from 'node:worker_threads';
import { DuckDBInstance, version } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { zoneOffset } from '../../../core/localTime.ts';
import { appendRows, type NewestMs } from './appendRows.ts';
import type { CallMessage, Calls, RecomputeRequest, ThreadData } from './protocol.ts';
import { recompute } from './recomputeTables.ts';
import { scanNumbers } from './scanNumbers.ts';
import { CREATE_TABLES, TABLES, type TableName } from './schema.ts';

/**
 * The thread that owns the DuckDB file. `flush` and checkpoints block their thread for up to 0.2 s, so they must not
 * share one with the broker's sockets. Writes run one after another; queries run beside them.
 */

type Handlers = {
  [Name in keyof Calls]: (...args: Parameters<Calls[Name]>) => Promise<ReturnType<Calls[Name]>>;
};

const data = workerData as ThreadData;
const offset = zoneOffset(data.timeZone);
const newest: Record<TableName, NewestMs> = { readings: new Map(), means: new Map(), dailies: new Map() };
let instance: DuckDBInstance | null = null;
let writer: DuckDBConnection;
let reader: DuckDBConnection;
let scanner: DuckDBConnection;
let writing: Promise<unknown> = Promise.resolve();

const handlers: Handlers = {
  async open() {
    instance = await DuckDBInstance.create(data.file, {
      memory_limit: `${data.memoryLimitMb}MB`,
      threads: String(data.threads),
      preserve_insertion_order: 'false',
      allocator_flush_threshold: '16MB',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      // Small enough that a restart replays little of the log, large enough that appends do not wait on checkpoints.
      checkpoint_threshold: '64MB',
    });
    writer = await instance.connect();
    reader = await instance.connect();
    scanner = await instance.connect();
    for (const statement of CREATE_TABLES) await writer.run(statement);
    for (const table of Object.keys(TABLES) as TableName[]) await readNewest(table);
    const rows = (
      await reader.runAndReadAll('SELECT pt, transformerId, point FROM points ORDER BY pt')
    ).getRows();
    return {
      version: version(),
      points: rows.map(([pt, transformerId, point]) => ({
        pt: Number(pt),
        transformerId: String(transformerId),
        point: String(point),
      })),
    };
  },
  write: (rows) => inTurn(() => appendRows(writer, rows, newest[rows.table])),
  query: numbers,
  scan: (sql) => scanNumbers(scanner, sql),
  recompute: (request: RecomputeRequest) =>
    inTurn(async () => {
      await recompute(writer, request, offset);
      await readNewest('means');
      await readNewest('dailies');
    }),
  deleteBefore: (tsMs) =>
    inTurn(async () => {
      await writer.run(`DELETE FROM readings WHERE ts < ${Math.floor(tsMs)}`);
      await writer.run(`DELETE FROM means WHERE ts < ${Math.floor(tsMs)}`);
      await writer.run('CHECKPOINT');
    }),
  compact: (fromMs, toMs) =>
    inTurn(async () => {
      for (const table of ['readings', 'means'] as const) await sortByPoint(table, fromMs, toMs);
      await writer.run('CHECKPOINT');
    }),
  copyTo: (file) =>
    inTurn(async () => {
      const name = (await reader.runAndReadAll('SELECT current_database()')).getRows()[0]![0];
      await writer.run(`ATTACH '${file.replaceAll("'", "''")}' AS copied`);
      try {
        await writer.run(`COPY FROM DATABASE "${String(name)}" TO copied`);
      } finally {
        await writer.run('DETACH copied');
      }
    }),
  close: () =>
    inTurn(async () => {
      await writer.run('CHECKPOINT');
      reader.closeSync();
      scanner.closeSync();
      writer.closeSync();
      instance?.closeSync();
      instance = null;
    }),
};

async function readNewest(table: TableName): Promise<void> {
  const rows = (await writer.runAndReadAll(`SELECT pt, max(ts) FROM ${table} GROUP BY pt`)).getRows();
  newest[table] = new Map(rows.map(([pt, ts]) => [Number(pt), Number(ts)]));
}

async function sortByPoint(table: TableName, fromMs: number, toMs: number): Promise<void> {
  const span = `ts >= ${Math.floor(fromMs)} AND ts < ${Math.floor(toMs)}`;
  await writer.run('BEGIN TRANSACTION');
  try {
    await writer.run(
      `CREATE OR REPLACE TEMP TABLE sorted AS SELECT * FROM ${table} WHERE ${span} ORDER BY pt, ts`,
    );
    await writer.run(`DELETE FROM ${table} WHERE ${span}`);
    await writer.run(`INSERT INTO ${table} SELECT * FROM sorted ORDER BY pt, ts`);
    await writer.run('DROP TABLE sorted');
    await writer.run('COMMIT');
  } catch (error) {
    await writer.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Reads all rows of a query whose columns are numbers. */
async function numbers(sql: string): Promise<Float64Array[]> {
  const result = await reader.runAndReadAll(sql);
  // Without a row there is no chunk, and so no column; the shape of the answer stays.
  if (result.currentRowCount === 0)
    return Array.from({ length: result.columnCount }, () => new Float64Array());
  return result.getColumns().map((column) => {
    const out = new Float64Array(column.length);
    for (let i = 0; i < column.length; i++) {
      const value = column[i];
      out[i] = value === null ? Number.NaN : Number(value);
    }
    return out;
  });
}

/** Writes never overlap: DuckDB would refuse the later of two that touch the same rows. */
function inTurn<T>(run: () => Promise<T>): Promise<T> {
  const next = writing.then(run, run);
  writing = next.catch(() => undefined);
  return next;
}

async function answer({ id, name, args }: CallMessage): Promise<void> {
  try {
    const value = await (handlers[name] as (...args: unknown[]) => Promise<unknown>)(...args);
    const columns = Array.isArray(value) ? value.filter((v) => v instanceof Float64Array) : [];
    parentPort!.postMessage(
      { id, value },
      columns.map((column) => column.buffer as ArrayBuffer),
    );
  } catch (error) {
    parentPort!.postMessage({ id, error: (error as Error).message });
  }
}

parentPort!.on('message', (message: CallMessage) => void answer(message));
