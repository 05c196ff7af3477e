import { Readable } from 'node:stream';
import { CsvError, parse, type InfoRecord, type Options } from 'csv-parse';
import { ImportFailure } from './report.ts';

/** Longest row, in bytes: a registry row with many attributes has a few hundred. It also bounds an unclosed quote. */
const ROW_BYTES_MAX = 64 * 1024;

export interface CsvRow {
  cells: string[];
  /** Line on which the row ends, from 1. */
  line: number;
}

/** Bytes of the input in pieces, as files, HTTP bodies and tests give them. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * The rows of a CSV (RFC 4180, and what programs make of it: byte order mark, CR LF or LF or CR, quotes in the middle
 * of a cell), read as they are asked for. Blank lines are skipped.
 *
 * @throws ImportFailure when the rest cannot be read as rows: wrong encoding, a quote never closed, an endless row, a
 *   broken input.
 */
export async function* csvRows(
  source: ByteSource,
  encoding: string,
  onBytes: (bytes: number) => void,
): AsyncGenerator<CsvRow> {
  // An error would make the parser drop the rows that it has ready; told to skip, it hands them out first.
  let broken: ImportFailure | null = null;
  const text = Readable.from(
    decoded(source, encoding, onBytes, () => broken !== null),
    { highWaterMark: 1 },
  );
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: ROW_BYTES_MAX,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_records_with_error: true,
    on_skip: (error) => {
      broken ??= readable(error);
      return undefined;
    },
    on_record: withLine(() => broken !== null),
  });
  text.on('error', (error) => {
    broken ??= readable(error);
    parser.end();
  });
  text.pipe(parser);
  try {
    yield* parser as AsyncIterable<CsvRow>;
  } finally {
    text.destroy();
    parser.destroy();
  }
  if (broken !== null) throw broken as ImportFailure;
}

type OnRecord = NonNullable<Options['on_record']>;

/** Rows after the break are not trusted. The parser hands on whatever this returns; its types know only arrays of text. */
function withLine(isBroken: () => boolean): OnRecord {
  const row = (cells: string[], { lines }: InfoRecord): CsvRow | null =>
    isBroken() ? null : { cells, line: lines };
  return row as unknown as OnRecord;
}

/** The next row; null after the last; what broke the input off as a value, so that the rows before it can be kept. */
export async function nextRow(rows: AsyncIterator<CsvRow>): Promise<CsvRow | ImportFailure | null> {
  try {
    const next = await rows.next();
    return next.done === true ? null : next.value;
  } catch (error) {
    if (error instanceof ImportFailure) return error;
    throw error;
  }
}

async function* decoded(
  source: ByteSource,
  encoding: string,
  onBytes: (bytes: number) => void,
  isBroken: () => boolean,
): AsyncGenerator<Uint8Array | string> {
  const decoder = decoderFor(encoding);
  const isUtf8 = decoder.encoding === 'utf-8';
  for await (const piece of source) {
    if (isBroken()) return;
    onBytes(piece.byteLength);
    // UTF-8 is decoded only to be checked: the parser works on the bytes themselves.
    const text = decodedPiece(decoder, piece);
    yield isUtf8 ? piece : text;
  }
  decodedPiece(decoder, null);
}

function decoderFor(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new ImportFailure(
      `there is no encoding "${encoding}"`,
      'Use utf-8, gb18030 or another WHATWG name.',
    );
  }
}

function decodedPiece(decoder: TextDecoder, piece: Uint8Array | null): string {
  try {
    return piece === null ? decoder.decode() : decoder.decode(piece, { stream: true });
  } catch {
    throw new ImportFailure(
      `the file is not ${decoder.encoding.toUpperCase()}`,
      'Save it as "CSV UTF-8", or name its encoding (--encoding gb18030 for most Chinese spreadsheets).',
    );
  }
}

function readable(error: unknown): ImportFailure {
  if (error instanceof ImportFailure) return error;
  const remedy = 'Mend the file there and import it again.';
  if (error instanceof CsvError) {
    const line = Number(error['lines']);
    if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
      return new ImportFailure(`a quote is opened and never closed before the end of the file`, remedy);
    }
    if (error.code === 'CSV_MAX_RECORD_SIZE') {
      const text = `the row that reaches line ${line} is longer than ${ROW_BYTES_MAX} bytes: a quote not closed?`;
      return new ImportFailure(text, remedy);
    }
  }
  const text = error instanceof Error ? error.message : String(error);
  return new ImportFailure(`the input could not be read to its end: ${text}`, 'Give it again.');
}
