import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** DuckDB may use so much for a file; larger ones stream through it. */
const MEMORY_LIMIT = '512MB';

/**
 * A Parquet file as the bytes of a CSV, header first, read as they are asked for. Instants (timestamps with time zone)
 * become epoch milliseconds; a timestamp without zone stays a local time, for the importer to refuse.
 *
 * @throws when the file is no Parquet file.
 */
export async function* parquetAsCsv(file: string): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const { connection, close } = await open();
  try {
    const source = `read_parquet(${literal(file)})`;
    const described = await connection.runAndReadAll(`describe select * from ${source}`);
    const columns = described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
    yield encoder.encode(csvLine(columns.map(({ name }) => name)));
    const selected = columns.map(({ name, type }) =>
      type === 'TIMESTAMP WITH TIME ZONE' ? `epoch_ms(${identifier(name)})` : identifier(name),
    );
    const texts = selected.map((column) => `cast(${column} as varchar)`).join(', ');
    const result = await connection.stream(`select ${texts} from ${source}`);
    for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0;) {
      const lines = chunk.getRows().map((row) => csvLine(row.map((value) => String(value ?? ''))));
      yield encoder.encode(lines.join(''));
      chunk = await result.fetchChunk();
    }
  } finally {
    close();
  }
}

/** Writes a CSV file that has `transformer_id` and `ts` as a Parquet file (zstd): `ts` an instant, numbers as doubles. */
export async function csvToParquet(csvFile: string, parquetFile: string): Promise<void> {
  const { connection, close } = await open();
  try {
    const types = `{'transformer_id': 'VARCHAR', 'ts': 'TIMESTAMPTZ'}`;
    await connection.run(
      `copy (select * from read_csv(${literal(csvFile)}, header = true, types = ${types}, sample_size = -1))
       to ${literal(parquetFile)} (format parquet, compression zstd)`,
    );
  } finally {
    close();
  }
}

async function open(): Promise<{ connection: DuckDBConnection; close(): void }> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY_LIMIT,
    autoinstall_known_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run(`set TimeZone = 'UTC'`);
  return {
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** RFC 4180. */
function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
}
