import { quoted } from '../../ingest/refusal.ts';
import type { CsvRow } from './csv.ts';
import { ImportFailure } from './report.ts';

/** What the command adds to refused rows; a mended file of them can be given back as it is. */
export const REFUSAL_COLUMNS = ['import_line', 'import_error'] as const;
const IGNORED: ReadonlySet<string> = new Set(REFUSAL_COLUMNS);

/** Columns of one CSV; more is no table of ours. */
const COLUMNS_MAX = 500;

export interface Header {
  names: string[];
  /** Position of a known column; −1 where it is absent. */
  indexOf(name: string): number;
  /** Columns that no one knows, with their position. */
  unknown: { name: string; index: number }[];
}

/**
 * Reads the first row: order free, case and outer blanks ignored.
 *
 * @throws ImportFailure naming every missing and every repeated column.
 */
export function readHeader(
  first: CsvRow | ImportFailure | null,
  known: ReadonlySet<string>,
  required: readonly string[],
): Header {
  if (first instanceof ImportFailure) throw first;
  if (first === null) throw new ImportFailure('the file is empty', 'Give a CSV file with a header line.');
  const { cells } = first;
  if (cells.length > COLUMNS_MAX) {
    throw new ImportFailure(`the header has ${cells.length} columns`, `At most ${COLUMNS_MAX} are read.`);
  }
  const names = cells.map((cell) => cell.trim());
  const positions = new Map<string, number>();
  const repeated = new Set<string>();
  for (const [index, name] of names.entries()) {
    const key = name.toLowerCase();
    if (key === '') continue;
    if (positions.has(key)) repeated.add(name);
    positions.set(key, index);
  }
  const missing = required.filter((name) => !positions.has(name));
  if (missing.length > 0 || repeated.size > 0) throw badHeader(missing, [...repeated], names);
  const unknown = names
    .map((name, index) => ({ name, index }))
    .filter(({ name }) => name !== '' && !known.has(name.toLowerCase()) && !IGNORED.has(name));
  return { names, indexOf: (name) => positions.get(name) ?? -1, unknown };
}

function badHeader(missing: string[], repeated: string[], names: string[]): ImportFailure {
  const faults = [
    ...(missing.length > 0 ? [`it has no column ${missing.join(', ')}`] : []),
    ...(repeated.length > 0 ? [`it repeats ${repeated.map(quoted).join(', ')}`] : []),
  ];
  const found = quoted(names.join(','));
  return new ImportFailure(
    `the header does not fit: ${faults.join('; ')} (the first line is ${found})`,
    'The first line names the columns, separated by commas; see docs/import.md.',
  );
}
