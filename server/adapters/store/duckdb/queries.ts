import { DAY_MIN, type MonitoredTime } from '../../../core/compliance.ts';
import { READING_COLUMNS, type Reading } from '../../../core/reading.ts';
import type { ReadingColumns, SampledSeries } from '../../../ports.ts';
import { DAILY_COLUMNS, MEAN_COLUMNS, type DailySummary, type VoltageMean } from '../../../core/summary.ts';
import { meanExpressions, SERVED, withoutDeadSql } from './summarySql.ts';

/** SELECTs of the store and the shapes of their answers. Everything that is put into the text is a number or a column of ours. */

const quoted = (columns: readonly string[]): string => columns.map((c) => `"${c}"`).join(', ');
const STORED_COLUMNS = ['intervalS', 'flags', ...READING_COLUMNS] as const;

/** Integers only: a query is text. */
function whole(value: number): number {
  return Number.isFinite(value) ? Math.trunc(value) : value < 0 ? -8.64e15 : 8.64e15;
}

export function spanOf(pt: number, fromMs: number, toMs: number): string {
  return `pt = ${whole(pt)} AND ${timesOf(fromMs, toMs)}`;
}

/** Half-open span of time; infinite ends are the ends of what a date can be. */
export function timesOf(fromMs: number, toMs: number): string {
  return `ts >= ${whole(Math.ceil(fromMs))} AND ts < ${whole(Math.ceil(toMs))}`;
}

export function readingsSql(where: string, limit: number): string {
  return `SELECT ts, ${quoted(STORED_COLUMNS)} FROM readings WHERE ${where} ORDER BY ts LIMIT ${whole(limit)}`;
}

export function toReadingColumns(columns: readonly Float64Array[]): ReadingColumns {
  const out: Record<string, Float64Array | Int32Array> = {
    tsMs: columns[0]!,
    intervalS: columns[1]!,
    flags: Int32Array.from(columns[2]!),
  };
  READING_COLUMNS.forEach((name, i) => (out[name] = columns[3 + i]!));
  return out as unknown as ReadingColumns;
}

/** A step has the columns of a mean, its flags left out. */
const SERIES_COLUMNS = MEAN_COLUMNS.filter((column) => column !== 'flags');

export function seriesSql(where: string, stepMs: number): string {
  const step = `(ts // ${whole(stepMs)}) * ${whole(stepMs)}`;
  return `SELECT ${step} AS step, ${meanExpressions()}, count(*) FILTER (WHERE NOT (${SERVED}))
    FROM (${withoutDeadSql(`SELECT * FROM readings WHERE ${where}`)}) GROUP BY step ORDER BY step`;
}

export function toSeries(columns: readonly Float64Array[], stepMs: number): SampledSeries {
  const out: Record<string, Float64Array | number> = { stepMs, tsMs: columns[0]! };
  SERIES_COLUMNS.forEach((name, i) => (out[name] = columns[1 + i]!));
  out['outageCount'] = columns[1 + SERIES_COLUMNS.length]!;
  return out as unknown as SampledSeries;
}

export function meansSql(where: string): string {
  return `SELECT pt, ts, ${quoted(MEAN_COLUMNS)} FROM means WHERE ${where} ORDER BY pt, ts`;
}

export function dailiesSql(where: string): string {
  return `SELECT pt, ts, ${quoted(DAILY_COLUMNS)} FROM dailies WHERE ${where} ORDER BY pt, ts`;
}

export function monitoredTimesSql(where: string): string {
  return `SELECT pt, sum("monitoredMin"), sum("qualifiedMin"), sum(least("monitoredMin", ${DAY_MIN}))
    FROM dailies WHERE ${where} GROUP BY pt ORDER BY pt`;
}

export function latestSql(sinceMs: number): string {
  return `SELECT pt, max(ts), ${STORED_COLUMNS.map((c) => `arg_max(coalesce("${c}", 'nan'::DOUBLE), ts)`).join(', ')}
    FROM readings WHERE ts >= ${whole(sinceMs)} GROUP BY pt ORDER BY pt`;
}

type EntryOf = (pt: number) => { transformerId: string; point: string };

export function toReadings(columns: readonly Float64Array[], entryOf: EntryOf): Reading[] {
  return rowsOf(columns, entryOf, 'tsMs', STORED_COLUMNS) as unknown as Reading[];
}

export function toMeans(columns: readonly Float64Array[], entryOf: EntryOf): VoltageMean[] {
  return rowsOf(columns, entryOf, 'tsMs', MEAN_COLUMNS) as unknown as VoltageMean[];
}

export function toDailies(columns: readonly Float64Array[], entryOf: EntryOf): DailySummary[] {
  return rowsOf(columns, entryOf, 'dayMs', DAILY_COLUMNS) as unknown as DailySummary[];
}

export function toMonitoredTimes(columns: readonly Float64Array[], entryOf: EntryOf): MonitoredTime[] {
  const [pts, monitored, qualified, covered] = columns;
  return Array.from(pts ?? [], (pt, row) => ({
    ...entryOf(pt),
    monitoredMin: monitored![row]!,
    qualifiedMin: qualified![row]!,
    coveredMin: covered![row]!,
  }));
}

function rowsOf(
  columns: readonly Float64Array[],
  entryOf: EntryOf,
  timeName: string,
  names: readonly string[],
): Record<string, string | number>[] {
  const count = columns[0]?.length ?? 0;
  return Array.from({ length: count }, (_, row) => {
    const out: Record<string, string | number> = {
      ...entryOf(columns[0]![row]!),
      [timeName]: columns[1]![row]!,
    };
    names.forEach((name, i) => (out[name] = columns[2 + i]![row]!));
    return out;
  });
}
