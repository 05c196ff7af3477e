import { csvRows, type ByteSource, type CsvRow } from './csv.ts';
import { importHistory } from './history.ts';
import { importRegistry } from './registry.ts';
import {
  emptyReport,
  IMPORT_KINDS,
  ImportFailure,
  type ImportDeps,
  type ImportKind,
  type ImportOptions,
  type ImportReport,
} from './report.ts';
import { importWeather } from './weather.ts';

type Importer = (
  rows: AsyncIterator<CsvRow>,
  report: ImportReport,
  options: ImportOptions,
  deps: ImportDeps,
  progress: (rows: number) => void,
) => Promise<void>;

const IMPORTERS: Record<ImportKind, Importer> = {
  registry: importRegistry,
  history: importHistory,
  weather: importWeather,
};

/** Narrows a word from outside. */
export function isImportKind(kind: string): kind is ImportKind {
  return (IMPORT_KINDS as readonly string[]).includes(kind);
}

/**
 * Imports a CSV (headers: contracts.md) as its bytes arrive. Refused rows are reported with all their faults and left
 * out; the others are taken. Never rejects for what the input holds: why it ended early is {@link ImportReport.failure}.
 *
 * @throws what the database throws.
 */
export async function runImport(
  kind: ImportKind,
  source: ByteSource,
  options: ImportOptions,
  deps: ImportDeps,
): Promise<ImportReport> {
  const report = emptyReport(kind, options.dryRun ?? false);
  let bytes = 0;
  const total = options.bytesTotal ?? null;
  const progress = (rows: number): void => {
    const share = total === null || total <= 0 ? null : Math.min(1, bytes / total);
    options.onProgress?.({ stage: 'rows', rows, refused: report.refused, share });
  };
  const rows = csvRows(source, options.encoding ?? 'utf-8', (count) => {
    bytes += count;
  });
  try {
    await IMPORTERS[kind](rows, report, options, deps, progress);
  } catch (error) {
    if (!(error instanceof ImportFailure)) throw error;
    report.failure = { reason: error.message, remedy: error.remedy };
  } finally {
    await rows.return(undefined);
  }
  return report;
}
