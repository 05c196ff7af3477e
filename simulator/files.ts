import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { parse } from 'csv-parse';
import { historyCsv, registryCsv, weatherCsv } from './csv.ts';
import { historyChunks, weatherSamples, type HistorySpan } from './history.ts';
import { recordedWeather, type WeatherSource } from './physics/weather.ts';
import type { SimGrid } from './simGrid.ts';

/** The simulator's files: registry, history and weather of a made grid; measured weather to make one from. */

export async function writeRegistry(grid: SimGrid, file: string): Promise<void> {
  await writeFile(file, registryCsv(grid));
}

export async function writeHistory(grid: SimGrid, file: string, span: HistorySpan): Promise<void> {
  await writePieces(file, historyCsv(historyChunks(grid, span)));
}

/** Hourly weather of the same span. */
export async function writeWeather(grid: SimGrid, file: string, span: HistorySpan): Promise<void> {
  await writePieces(file, weatherCsv(weatherSamples(grid, span.fromMs, span.toMs, span.scenario)));
}

/** Writes piece by piece, no faster than the disk takes them. */
export async function writePieces(file: string, pieces: Iterable<string>): Promise<void> {
  const out = createWriteStream(file);
  const finished = once(out, 'finish');
  for (const piece of pieces) {
    // A fault of the disk rejects `finished`.
    if (!out.write(piece)) await Promise.race([once(out, 'drain'), finished]);
  }
  out.end();
  await finished;
}

/**
 * Weather CSV of one station (contract columns) as the weather of the grid; other stations in the file are passed over.
 *
 * @throws RangeError when it holds no whole year.
 */
export async function readWeather(file: string): Promise<WeatherSource> {
  const source = createReadStream(file);
  const rows = source.pipe(parse({ bom: true, columns: true, trim: true }));
  source.on('error', (error) => rows.destroy(error));
  const samples: { tsMs: number; tempC: number }[] = [];
  let station: string | undefined;
  for await (const row of rows as AsyncIterable<Record<string, string>>) {
    station ??= row['station_id'];
    const text = row['ts'] ?? '';
    const tsMs = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
    const tempC = Number(row['temp_c'] || NaN);
    if (row['station_id'] === station && Number.isFinite(tsMs) && Number.isFinite(tempC))
      samples.push({ tsMs, tempC });
  }
  return recordedWeather(samples);
}
