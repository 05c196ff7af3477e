import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { defineCommand } from 'citty';
import { loadConfig, type Config } from '../config.ts';
import { parquetAsCsv } from '../adapters/parquet.ts';
import type { ByteSource } from '../pipeline/imports/csv.ts';
import { isImportKind, runImport } from '../pipeline/imports/runImport.ts';
import type { ImportKind, ImportReport } from '../pipeline/imports/report.ts';
import { UsageError } from '../usageError.ts';
import { openParts } from './openParts.ts';
import { FOLDER_ARGS, terminal, type Parts, type Terminal } from './parts.ts';
import { progressLine } from './progressLine.ts';
import { refusedRows } from './refusedRows.ts';
import { importThroughService, runningService } from './service.ts';

/** Bytes that, with the length, tell one input from another. */
const IDENTITY_BYTES = 64 * 1024;

/** `peakvolt import KIND FILE`. */
export const importCommand = defineCommand({
  meta: { name: 'import', description: 'Read a CSV file into the registry, the history or the weather' },
  args: {
    kind: { type: 'positional', required: true, description: 'registry | history | weather' },
    file: {
      type: 'positional',
      required: true,
      description: 'CSV with a header line, or Parquet (docs/import.md)',
    },
    'dry-run': { type: 'boolean', description: 'Check and show the difference; write nothing' },
    encoding: { type: 'string', default: 'utf-8', description: 'Such as gb18030' },
    'valid-from': { type: 'string', description: 'Registry: since when the nameplates hold; default now' },
    json: { type: 'boolean', description: 'Print the report as JSON' },
    ...FOLDER_ARGS,
  },
  async run({ args }) {
    const config = loadConfig({
      file: args.config,
      env: process.env,
      overrides: { dataDir: args['data-dir'] },
    });
    process.exitCode = await importFile(
      {
        kind: kindOf(args.kind),
        file: args.file,
        dryRun: args['dry-run'] === true,
        encoding: args.encoding,
        validFromMs: timeOf(args['valid-from']),
        json: args.json === true,
      },
      { config, open: () => openParts(config), terminal },
    );
  },
});

export interface ImportRequest {
  kind: ImportKind;
  file: string;
  dryRun: boolean;
  encoding: string;
  validFromMs: number | null;
  json: boolean;
}

/** @returns the exit code: 1 when a row was refused or the import ended early. */
export async function importFile(
  request: ImportRequest,
  deps: { config: Pick<Config, 'dataDir'>; open: () => Promise<Parts>; terminal: Terminal },
): Promise<number> {
  const found = await stat(request.file).catch(() => null);
  if (found === null) throw new UsageError(`There is no file ${request.file}.`);
  if (found.isDirectory()) throw new UsageError(`${request.file} is a folder: name one of the files in it.`);
  const { size } = found;
  const bytesTotal = isParquet(request.file) ? null : size;
  const service = await runningService(deps.config.dataDir);
  const line = progressLine(deps.terminal);
  const refused = await refusedRows(request.file, () => bytesOf(request.file), request.encoding);
  const told = {
    onProgress: (progress: { rows: number; share: number | null; stage?: string }) =>
      line.show({ ...progress, stage: progress.stage === 'summaries' ? 'summaries' : request.kind }),
    onRowError: refused.add,
  };
  const resumeKey = await identityOf(request.file, size);
  try {
    const report =
      service === null
        ? await importHere(request, bytesTotal, resumeKey, deps.open, told)
        : await importThroughService(service, {
            ...told,
            kind: request.kind,
            body: bytesOf(request.file),
            bytesTotal,
            query: queryOf(request, resumeKey),
          });
    line.clear();
    await refused.close();
    deps.terminal.out(request.json ? `${JSON.stringify(report)}\n` : reportText(report));
    tell(deps.terminal, report, refused.path);
    return report.refused > 0 || report.failure !== null ? 1 : 0;
  } finally {
    line.clear();
    await refused.close();
  }
}

async function importHere(
  { kind, file, dryRun, encoding, validFromMs }: ImportRequest,
  bytesTotal: number | null,
  resumeKey: string,
  openStores: () => Promise<Parts>,
  told: Pick<Parameters<typeof runImport>[2], 'onProgress' | 'onRowError'>,
): Promise<ImportReport> {
  const parts = await openStores();
  const { registry, points, weather, settings } = parts.database;
  try {
    const when = validFromMs === null ? {} : { validFromMs };
    return await runImport(
      kind,
      bytesOf(file),
      { dryRun, encoding, bytesTotal, resumeKey, ...when, ...told },
      { registry, points, weather, settings, clock: parts.clock, store: parts.store },
    );
  } finally {
    await parts.stop();
  }
}

/** What the import reads: the file, or a Parquet file as if it were a CSV. */
function bytesOf(file: string): ByteSource {
  return isParquet(file) ? parquetAsCsv(file) : createReadStream(file);
}

/** Its length says nothing of the rows within. */
function isParquet(file: string): boolean {
  return file.toLowerCase().endsWith('.parquet');
}

function queryOf(
  { dryRun, encoding, validFromMs }: ImportRequest,
  resumeKey: string,
): Record<string, string> {
  const when = validFromMs === null ? {} : { validFromMs: String(validFromMs) };
  return { dryRun: String(dryRun), encoding, resumeKey, ...when };
}

/** Length and a hash of the head: the same file under any name, and not the file of next month. */
async function identityOf(file: string, size: number): Promise<string> {
  const handle = await open(file);
  try {
    const head = await handle.read({ buffer: Buffer.alloc(IDENTITY_BYTES) });
    const hash = createHash('sha256').update(head.buffer.subarray(0, head.bytesRead)).digest('hex');
    return `${size}-${hash.slice(0, 32)}`;
  } finally {
    await handle.close();
  }
}

function reportText(report: ImportReport): string {
  const { kind, rows, stored, duplicate, refused, dryRun, registry } = report;
  // Afterwards the counts are enough; before, one wants to see each.
  const changes = (dryRun ? (registry?.changes ?? []) : []).map(({ transformerId, kind, changed }) =>
    kind === 'added' ? `+ ${transformerId}` : `~ ${transformerId}  ${changed.join(', ')}`,
  );
  const verb = dryRun ? 'would be stored' : 'stored';
  const counts = `${kind}: ${rows} rows, ${stored} ${verb}, ${duplicate} duplicate, ${refused} refused`;
  const grid =
    registry === null
      ? []
      : [
          `transformers: ${registry.added} added, ${registry.changed} changed, ${registry.unchanged} unchanged`,
        ];
  return `${[...changes, ...grid, counts].join('\n')}\n`;
}

function tell({ err }: Terminal, report: ImportReport, errorsPath: string): void {
  for (const warning of report.warnings) err(`Note: ${warning}\n`);
  if (report.resumedRows > 0) err(`${report.resumedRows} rows were written by the run before.\n`);
  if (!report.duplicatesExact) err('The file is too disordered to tell every duplicate.\n');
  if (report.refused > 0) err(`The refused rows and their reasons are in ${errorsPath}\n`);
  if (report.failure !== null) err(`Ended early: ${report.failure.reason}. ${report.failure.remedy}\n`);
}

function kindOf(kind: string): ImportKind {
  if (isImportKind(kind)) return kind;
  if (kind === 'complaints') throw new UsageError('Complaints cannot be imported yet.');
  throw new UsageError(`There is no import of "${kind}": registry, history or weather.`);
}

function timeOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) throw new UsageError(`"${text}" is not a time: write 2026-03-01 or ISO 8601.`);
  return timeMs;
}
