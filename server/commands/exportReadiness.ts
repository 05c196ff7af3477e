import { writeFile } from 'node:fs/promises';
import { defineCommand } from 'citty';
import { workbookOf } from '../adapters/workbook.ts';
import { loadConfig, type Config } from '../config.ts';
import type { ReadinessRun } from '../core/forecast/run.ts';
import { feederSums } from '../core/forecast/sums.ts';
import { readinessCsv, readinessSheets } from '../pipeline/plan/readinessTable.ts';
import { UsageError } from '../usageError.ts';
import { openKeptParts } from './openParts.ts';
import { FOLDER_ARGS, terminal, type Parts } from './parts.ts';
import { requireSeason } from './requireSeason.ts';
import { problemOf, runningService, type RunningService } from './service.ts';

const ROWS_MAX = 20_000;

/** `peakvolt export readiness`. */
export const exportReadinessCommand = defineCommand({
  meta: { name: 'readiness', description: 'The newest ranking of a season as CSV or XLSX' },
  args: {
    season: { type: 'string', required: true, description: 'summer-2027 | winter-2026 …' },
    format: { type: 'string', default: 'csv', description: 'csv | xlsx (give --out)' },
    out: { type: 'string', description: 'File to write; default standard output' },
    ...FOLDER_ARGS,
  },
  async run({ args }) {
    const { format, out, season } = args;
    if (format !== 'csv' && format !== 'xlsx')
      throw new UsageError(`There is no format "${format}": csv or xlsx.`);
    if (format === 'xlsx' && out === undefined)
      throw new UsageError('A worksheet goes to a file: give --out.');
    const config = loadConfig({
      file: args.config,
      env: process.env,
      overrides: { dataDir: args['data-dir'] },
    });
    const bytes = await exportReadiness(season, format, { config, open: () => openKeptParts(config) });
    if (out === undefined) terminal.out(new TextDecoder().decode(bytes));
    else await writeFile(out, bytes).catch(cannotWrite(out));
  },
});

function cannotWrite(file: string) {
  return (error: unknown): never => {
    throw new UsageError(
      `${file} cannot be written (${(error as NodeJS.ErrnoException).code}): give --out a file in a folder that is there.`,
    );
  };
}

/**
 * The ranking as a file: from the running service when there is one, else from the database itself.
 *
 * @throws UsageError when there is no such season; Error when no run of it is done.
 */
export async function exportReadiness(
  season: string,
  format: 'csv' | 'xlsx',
  { config, open }: { config: Config; open: () => Promise<Parts> },
): Promise<Uint8Array> {
  requireSeason(season, config);
  const service = await runningService(config.dataDir);
  if (service !== null) return fromService(service, season, format);
  const parts = await open();
  try {
    const { readiness } = parts.database;
    const [run] = await readiness.list({ kind: 'forecast', seasonId: season, state: 'done', limit: 1 });
    const found = required(run, season);
    const rows = await readiness.rows({ runId: found.id, areaIds: null, limit: ROWS_MAX });
    if (format === 'csv') return new TextEncoder().encode(readinessCsv(rows));
    return workbookOf(readinessSheets(rows, found.sums ?? feederSums(rows), found.seen ?? []));
  } finally {
    await parts.stop();
  }
}

async function fromService(service: RunningService, season: string, format: string): Promise<Uint8Array> {
  const ask = async (path: string): Promise<Response> => {
    const answer = await fetch(new URL(path, service.url), { headers: service.headers });
    if (!answer.ok) throw new Error(await problemOf(answer));
    return answer;
  };
  const standing = await ask(`/api/v1/readiness?season=${encodeURIComponent(season)}`);
  const { run } = (await standing.json()) as { run: Pick<ReadinessRun, 'id'> | null };
  const { id } = required(run ?? undefined, season);
  const file = await ask(`/api/v1/readiness/${encodeURIComponent(id)}/ranking.${format}`);
  return new Uint8Array(await file.arrayBuffer());
}

function required<T>(run: T | undefined, season: string): T {
  if (run !== undefined) return run;
  throw new Error(`No forecast of ${season} is done: run "forecast --season ${season}" first.`);
}
