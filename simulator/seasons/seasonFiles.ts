import { DuckDBInstance } from '@duckdb/node-api';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY_MS, HOUR_MS, localDay } from '../calendar.ts';
import { writePieces } from '../files.ts';
import { buildSeasonGrid, type SeasonOptions } from './buildSeasonGrid.ts';
import {
  registryChanges,
  seasonHistoryCsv,
  seasonRegistryCsv,
  seasonWeatherCsv,
  truthCsv,
  worksCsv,
} from './seasonCsv.ts';
import type { SeasonGrid } from './seasonGrid.ts';

export interface SeasonFilesOptions extends SeasonOptions {
  folder: string;
  format: 'csv' | 'parquet';
  onProgress: (file: string, rows: number, share: number) => void;
}

/** One file to import, in the order in which they must be. */
export interface SeasonFile {
  kind: 'registry' | 'history' | 'weather';
  file: string;
  /** Since when a registry holds, `2024-03-01`. */
  validFrom?: string;
}

/**
 * Writes a season grid to a folder: what a forecast may know (registry, changes, history and weather up to the origin of the
 * unseen season), what came then (`season.…`, `season-weather.csv`) and the truth (`truth.csv`). Returns what to import, in order.
 */
export async function writeSeasonFiles(options: SeasonFilesOptions): Promise<SeasonFile[]> {
  const { folder, format, onProgress } = options;
  const grid = buildSeasonGrid(options);
  const { fromMs, toMs, weatherFromMs } = grid;
  const { originMs } = grid.season;
  await mkdir(folder, { recursive: true });
  const at = (name: string): string => join(folder, name);
  const files: SeasonFile[] = [{ kind: 'registry', file: at('registry.csv'), validFrom: isoDay(fromMs) }];
  await writeFile(at('registry.csv'), seasonRegistryCsv(grid));
  for (const { tsMs, columns, csv } of registryChanges(grid)) {
    const validFrom = isoDay(tsMs);
    const file = at(`registry-${validFrom}-${columns}.csv`);
    await writeFile(file, csv);
    files.push({ kind: 'registry', file, validFrom });
  }
  await writeFile(at('works.csv'), worksCsv(grid));
  await writePieces(at('weather.csv'), seasonWeatherCsv(grid, weatherFromMs, originMs));
  await writePieces(at('season-weather.csv'), seasonWeatherCsv(grid, originMs, toMs));
  files.push({ kind: 'weather', file: at('weather.csv') });
  for (const [name, spanFromMs, spanToMs] of [
    ['history', fromMs, originMs],
    ['season', originMs, toMs],
  ] as const) {
    const hours = (spanToMs - spanFromMs) / HOUR_MS;
    const pieces = counted(seasonHistoryCsv(grid, spanFromMs, spanToMs), (done) =>
      onProgress(name, done * hours, done / piecesOf(grid)),
    );
    await writePieces(at(`${name}.csv`), pieces);
    if (format === 'parquet') await toParquet(at(`${name}.csv`), at(`${name}.parquet`));
  }
  files.push({ kind: 'history', file: at(`history.${format}`) });
  await writePieces(at('truth.csv'), truthCsv(grid));
  return files;
}

function piecesOf(grid: SeasonGrid): number {
  return grid.transformers.length + grid.transformers.filter((t) => t.hasTailMeter).length;
}

function* counted(pieces: Iterable<string>, onPiece: (done: number) => void): Generator<string> {
  let done = 0;
  for (const piece of pieces) {
    yield piece;
    onPiece(done++);
  }
}

function isoDay(tsMs: number): string {
  return new Date(localDay(tsMs) * DAY_MS).toISOString().slice(0, 10);
}

/** The CSV as Parquet (zstd), times as instants; the CSV goes. */
async function toParquet(csvFile: string, parquetFile: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '512MB' });
  const connection = await instance.connect();
  const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  try {
    await connection.run(
      `copy (select * replace (to_timestamp(ts / 1000) as ts)
             from read_csv(${literal(csvFile)}, header = true, types = {'ts': 'BIGINT'}, sample_size = 100000))
       to ${literal(parquetFile)} (format parquet, compression zstd)`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  await rm(csvFile);
}
