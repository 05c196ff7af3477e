import { closeSync, openSync, writeSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { defineCommand } from 'citty';
import { csvToParquet } from '../adapters/parquet.ts';
import { loadConfig, type Config } from '../config.ts';
import { OUTLET_POINT } from '../core/reading.ts';
import { readingsCsv } from '../pipeline/readingsCsv.ts';
import type { ReadingStore, SampledSeries, SeriesQuery } from '../ports.ts';
import { csvLine } from '../pipeline/csvLine.ts';
import { UsageError } from '../usageError.ts';
import { exportReadinessCommand } from './exportReadiness.ts';
import { openKeptParts } from './openParts.ts';
import { FOLDER_ARGS, terminal, type Parts, type Terminal } from './parts.ts';
import { problemOf, runningService, type RunningService } from './service.ts';

/** Steps asked for at once. */
const PAGE_STEPS = 50_000;

const STEP_COLUMNS = [
  ['ua_v', 'uaV'],
  ['ub_v', 'ubV'],
  ['uc_v', 'ucV'],
  ['ua_min_v', 'uaMinV'],
  ['ub_min_v', 'ubMinV'],
  ['uc_min_v', 'ucMinV'],
  ['ua_max_v', 'uaMaxV'],
  ['ub_max_v', 'ubMaxV'],
  ['uc_max_v', 'ucMaxV'],
  ['ia_a', 'iaA'],
  ['ib_a', 'ibA'],
  ['ic_a', 'icA'],
  ['p_kw', 'pKw'],
  ['q_kvar', 'qKvar'],
  ['count', 'count'],
  ['outage_count', 'outageCount'],
] as const;

const readingsCommand = defineCommand({
  meta: { name: 'readings', description: 'Readings of one measuring point as CSV or Parquet' },
  args: {
    transformer: { type: 'string', required: true, description: 'Transformer id' },
    from: { type: 'string', required: true, description: 'First time: a date, or ISO 8601 with offset' },
    to: { type: 'string', required: true, description: 'Time after the last' },
    point: { type: 'string', default: OUTLET_POINT, description: 'Measuring point' },
    step: { type: 'string', description: 'Seconds: down-sample to this; default every reading' },
    format: { type: 'string', default: 'csv', description: 'csv | parquet (give --out)' },
    out: { type: 'string', description: 'File to write; default standard output' },
    ...FOLDER_ARGS,
  },
  async run({ args }) {
    const format = formatOf(args.format, args.out);
    const config = loadConfig({
      file: args.config,
      env: process.env,
      overrides: { dataDir: args['data-dir'] },
    });
    const query = {
      transformerId: args.transformer,
      point: args.point,
      fromMs: timeOf(args.from),
      toMs: timeOf(args.to),
    };
    if (query.toMs <= query.fromMs) throw new UsageError('--to must be after --from.');
    const stepMs = args.step === undefined ? null : stepOf(args.step);
    const deps = { config, open: () => openKeptParts(config) };
    if (args.out === undefined) await exportReadings(query, stepMs, { ...deps, terminal });
    else
      await exportToFile(args.out, format, (to) => exportReadings(query, stepMs, { ...deps, terminal: to }));
  },
});

/** `peakvolt export`. */
export const exportCommand = defineCommand({
  meta: { name: 'export', description: 'Write what is stored' },
  subCommands: { readings: readingsCommand, readiness: exportReadinessCommand },
});

/** Writes CSV to the terminal's output: from the running service when there is one, else from the store itself. */
export async function exportReadings(
  query: SeriesQuery,
  stepMs: number | null,
  deps: { config: Pick<Config, 'dataDir'>; open: () => Promise<Parts>; terminal: Terminal },
): Promise<void> {
  const { out } = deps.terminal;
  const service = await runningService(deps.config.dataDir);
  if (service !== null) return exportThroughService(service, query, stepMs, out);
  const parts = await deps.open();
  try {
    if ((await parts.database.registry.transformer(query.transformerId)) === null) {
      throw new UsageError(`There is no transformer ${query.transformerId}.`);
    }
    const lines = stepMs === null ? readingsCsv(parts.store, query) : stepLines(parts.store, query, stepMs);
    for await (const text of lines) out(text);
  } finally {
    await parts.stop();
  }
}

/** Writes beside the file and renames over it: an export that breaks off leaves no half of one. */
export async function exportToFile(
  file: string,
  format: 'csv' | 'parquet',
  write: (to: Terminal) => Promise<void>,
): Promise<void> {
  const csv = `${file}.new`;
  const parquet = `${file}.new.parquet`;
  const out = openSync(csv, 'w');
  try {
    try {
      await write({ ...terminal, out: (text) => void writeSync(out, text) });
    } finally {
      closeSync(out);
    }
    if (format === 'parquet') await csvToParquet(csv, parquet);
    await rename(format === 'parquet' ? parquet : csv, file);
  } finally {
    await rm(csv, { force: true });
    await rm(parquet, { force: true });
  }
}

async function* stepLines(store: ReadingStore, query: SeriesQuery, stepMs: number): AsyncGenerator<string> {
  yield stepHeader();
  const pageMs = stepMs * PAGE_STEPS;
  for (let fromMs = query.fromMs; fromMs < query.toMs; fromMs += pageMs) {
    const toMs = Math.min(query.toMs, fromMs + pageMs);
    yield stepText(await store.series({ ...query, fromMs, toMs }, stepMs), query);
  }
}

function stepHeader(): string {
  return csvLine(['transformer_id', 'ts', ...STEP_COLUMNS.map(([header]) => header), 'point']);
}

type StepColumns = Record<(typeof STEP_COLUMNS)[number][1] | 'tsMs', ArrayLike<number | null>>;

function stepText(series: SampledSeries | StepColumns, { transformerId, point }: SeriesQuery): string {
  const lines = Array.from({ length: series.tsMs.length }, (_, i) => {
    const values = STEP_COLUMNS.map(([, column]) => numberText(series[column][i] ?? NaN));
    return csvLine([transformerId, new Date(series.tsMs[i]!).toISOString(), ...values, point]);
  });
  return lines.join('');
}

function numberText(value: number): string {
  return Number.isNaN(value) ? '' : String(value);
}

async function exportThroughService(
  { url, headers }: RunningService,
  { transformerId, point, fromMs, toMs }: SeriesQuery,
  stepMs: number | null,
  out: (text: string) => void,
): Promise<void> {
  const name = stepMs === null ? 'readings.csv' : 'readings';
  const target = new URL(`/api/v1/transformers/${encodeURIComponent(transformerId)}/${name}`, url);
  const span = { from: String(fromMs), to: String(toMs), point };
  for (const [key, value] of Object.entries(span)) target.searchParams.set(key, value);
  if (stepMs !== null) target.searchParams.set('stepMs', String(stepMs));
  const answer = await fetch(target, { headers });
  if (!answer.ok || answer.body === null) throw new Error(await problemOf(answer));
  if (stepMs !== null) {
    const series = (await answer.json()) as StepColumns;
    out(stepHeader() + stepText(series, { transformerId, point, fromMs, toMs }));
    return;
  }
  const body = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]);
  for await (const text of body.setEncoding('utf8')) out(text as string);
}

function formatOf(format: string, out: string | undefined): 'csv' | 'parquet' {
  if (format !== 'csv' && format !== 'parquet') {
    throw new UsageError(`There is no format "${format}": csv or parquet.`);
  }
  if (format === 'parquet' && out === undefined) throw new UsageError('--format parquet needs --out FILE.');
  return format;
}

function timeOf(text: string): number {
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) throw new UsageError(`"${text}" is not a time: write 2026-07-01 or ISO 8601.`);
  return timeMs;
}

function stepOf(text: string): number {
  const stepS = Number(text);
  if (!(stepS >= 1)) throw new UsageError(`--step ${text} is not a number of seconds.`);
  return Math.round(stepS * 1000);
}
