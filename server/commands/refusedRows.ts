import { createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { once } from 'node:events';
import { csvLine } from '../pipeline/csvLine.ts';
import { csvRows, nextRow, type ByteSource } from '../pipeline/imports/csv.ts';
import { REFUSAL_COLUMNS } from '../pipeline/imports/header.ts';
import { ImportFailure, type RowError } from '../pipeline/imports/report.ts';

/** Writes refused rows to `FILE.errors.csv`, with line and reason in two columns of their own. Made with the first row. */
export interface RefusedRows {
  path: string;
  add(error: RowError): Promise<void>;
  close(): Promise<void>;
}

/** An older file of the same name goes: it tells of another run. */
export async function refusedRows(
  file: string,
  bytes: () => ByteSource,
  encoding: string,
): Promise<RefusedRows> {
  const path = `${file}.errors.csv`;
  await rm(path, { force: true });
  let out: WriteStream | null = null;
  const write = async ({ cells, line, faults }: RowError): Promise<void> => {
    if (out === null) {
      const header = [...(await headerOf(bytes(), encoding)), ...REFUSAL_COLUMNS];
      out = createWriteStream(path);
      // A spreadsheet takes a CSV without this mark for the encoding of its country.
      out.write(`\uFEFF${csvLine(header)}`);
    }
    const reason = faults
      .map(({ column, message }) => (column === null ? message : `${column}: ${message}`))
      .join('; ');
    if (!out.write(csvLine([...cells, String(line), reason]))) await once(out, 'drain');
  };
  // Rows are refused by the reader and, while it reads on, by the store: they take turns here.
  let last: Promise<void> = Promise.resolve();
  return {
    path,
    add(row) {
      last = last.then(() => write(row));
      return last;
    },
    async close() {
      const closing = out;
      out = null;
      if (closing === null) return;
      closing.end();
      await once(closing, 'close');
    },
  };
}

async function headerOf(bytes: ByteSource, encoding: string): Promise<string[]> {
  const rows = csvRows(bytes, encoding, () => undefined);
  const first = await nextRow(rows);
  await rows.return(undefined);
  return first === null || first instanceof ImportFailure ? [] : first.cells;
}
