import type { WeatherSample } from '../../core/reading.ts';
import { RowCells } from './cells.ts';
import { nextRow, type CsvRow } from './csv.ts';
import { readHeader } from './header.ts';
import {
  ImportFailure,
  refuse,
  warn,
  type ImportDeps,
  type ImportOptions,
  type ImportReport,
} from './report.ts';
import { SeenTimes } from './seenTimes.ts';
import { widen } from './span.ts';

const COLUMNS: ReadonlySet<string> = new Set(['station_id', 'ts', 'temp_c', 'humidity_pct']);
const BATCH_ROWS = 5_000;
/** The records of the Earth are −89.2 and 56.7 °C. */
const TEMP_C = { min: -90, max: 60 };
const HUMIDITY_PCT = { min: 0, max: 100 };

/** Reads a weather CSV, writing as it reads; the last row of a station and time wins. */
export async function importWeather(
  rows: AsyncIterator<CsvRow>,
  report: ImportReport,
  options: ImportOptions,
  deps: ImportDeps,
  progress: (rows: number) => void,
): Promise<void> {
  const header = readHeader(await nextRow(rows), COLUMNS, ['station_id', 'ts', 'temp_c']);
  for (const { name } of header.unknown) warn(report, `column "${name}" is not used`);
  const stations = new Map<string, SeenTimes>();
  let batch: WeatherSample[] = [];
  const flush = async (): Promise<void> => {
    if (options.dryRun !== true) await deps.weather.add(batch);
    batch = [];
    progress(report.rows);
  };
  let next = await nextRow(rows);
  for (; next !== null && !(next instanceof ImportFailure); next = await nextRow(rows)) {
    const { cells, line } = next;
    report.rows++;
    const reader = new RowCells(header, cells);
    const sample = weatherRow(reader);
    if (reader.faults.length > 0) {
      await refuse(report, options, { line, faults: reader.faults, cells });
      continue;
    }
    const seen = stations.get(sample.stationId) ?? new SeenTimes();
    stations.set(sample.stationId, seen);
    if (seen.add(sample.tsMs)) report.stored++;
    else report.duplicate++;
    report.span = widen(report.span, sample.tsMs);
    batch.push(sample);
    if (batch.length >= BATCH_ROWS) await flush();
  }
  await flush();
  if (next !== null) throw next;
}

function weatherRow(cells: RowCells): WeatherSample {
  const stationId = cells.id('station_id', true);
  const tsMs = cells.time('ts');
  const tempC = cells.number('temp_c', TEMP_C);
  if (Number.isNaN(tempC) && cells.faults.length === 0) cells.fault('temp_c', 'empty');
  return { stationId, tsMs, tempC, humidityPct: cells.number('humidity_pct', HUMIDITY_PCT) };
}
