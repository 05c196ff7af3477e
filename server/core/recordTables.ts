import type { ByteReader } from './columnReader.ts';
import type { ByteWriter } from './columnWriter.ts';
import { CorruptBytesError } from './columnFormat.ts';
import type { ConditionEvent } from './event.ts';
import {
  type DeadLetter,
  type DeviceReport,
  READING_COLUMNS,
  type Reading,
  type WeatherForecastSample,
  type WeatherSample,
  emptyReading,
} from './reading.ts';
import { DAILY_COLUMNS, MEAN_COLUMNS, type DailySummary, type VoltageMean } from './summary.ts';

/** Which fields of each kind of row are kept, in which order. A change here is a new version of the record. */

/** Rows of one point whose summaries must be made again: `fromMs` up to, not including, `toMs`. */
export interface RecomputeSpan {
  transformerId: string;
  point: string;
  fromMs: number;
  toMs: number;
}

/** A row as flat columns: text and numbers. `blank` sets the order of its fields, so that all rows are of one shape. */
interface Table<Row, Flat extends object = Row & object> {
  texts: readonly (keyof Flat & string)[];
  numbers: readonly (keyof Flat & string)[];
  blank(): Flat;
  flatten?: (row: Row) => Flat;
  raise?: (flat: Flat) => Row;
}

type Fields = Record<string, string | number>;

/** Writes the number of rows, then column by column. */
export function writeTable<Row, Flat extends object>(
  writer: ByteWriter,
  table: Table<Row, Flat>,
  rows: readonly Row[],
): void {
  writer.u32(rows.length);
  if (rows.length === 0) return;
  const flat = (table.flatten ? rows.map(table.flatten) : rows) as readonly Fields[];
  for (const key of table.texts) writer.strings(flat.map((row) => row[key] as string));
  const values = new Float64Array(rows.length);
  for (const key of table.numbers) {
    for (let i = 0; i < flat.length; i++) values[i] = flat[i]![key] as number;
    writer.numbers(values, flat.length);
  }
}

/** Reads what {@link writeTable} wrote. */
export function readTable<Row, Flat extends object>(reader: ByteReader, table: Table<Row, Flat>): Row[] {
  const count = reader.count();
  if (count === 0) return [];
  const texts = table.texts.map(() => reader.strings(count));
  const numbers = table.numbers.map(() => reader.numbers(count));
  const rows: Row[] = [];
  for (let i = 0; i < count; i++) {
    const flat = table.blank();
    const fields = flat as Fields;
    for (let k = 0; k < texts.length; k++) fields[table.texts[k]!] = texts[k]![i]!;
    for (let k = 0; k < numbers.length; k++) fields[table.numbers[k]!] = numbers[k]![i]!;
    rows.push(table.raise ? table.raise(flat) : (flat as unknown as Row));
  }
  return rows;
}

const POINT_TEXTS = ['transformerId', 'point'] as const;

export const READING_TABLE: Table<Reading> = {
  texts: POINT_TEXTS,
  numbers: ['tsMs', 'intervalS', ...READING_COLUMNS, 'flags'],
  blank: () => emptyReading('', '', 0),
};

const MEAN_NUMBERS = ['tsMs', ...MEAN_COLUMNS] as const;

export const MEAN_TABLE: Table<VoltageMean> = {
  texts: POINT_TEXTS,
  numbers: MEAN_NUMBERS,
  blank: blankOf<VoltageMean>(POINT_TEXTS, MEAN_NUMBERS),
};

const DAILY_NUMBERS = ['dayMs', ...DAILY_COLUMNS] as const;

export const DAILY_TABLE: Table<DailySummary> = {
  texts: POINT_TEXTS,
  numbers: DAILY_NUMBERS,
  blank: blankOf<DailySummary>(POINT_TEXTS, DAILY_NUMBERS),
};

export const WINDOW_TABLE: Table<RecomputeSpan> = {
  texts: POINT_TEXTS,
  numbers: ['fromMs', 'toMs'],
  blank: () => ({ transformerId: '', point: '', fromMs: 0, toMs: 0 }),
};

export const WEATHER_TABLE: Table<WeatherSample> = {
  texts: ['stationId'],
  numbers: ['tsMs', 'tempC', 'humidityPct'],
  blank: () => ({ stationId: '', tsMs: 0, tempC: NaN, humidityPct: NaN }),
};

export const FORECAST_TABLE: Table<WeatherForecastSample> = {
  texts: ['stationId'],
  numbers: ['tsMs', 'tempC', 'humidityPct', 'issuedMs'],
  blank: () => ({ stationId: '', tsMs: 0, tempC: NaN, humidityPct: NaN, issuedMs: 0 }),
};

/** `null` as an empty text, any other text behind a mark, so that an empty one comes back as it was. */
function markNull(text: string | null): string {
  return text === null ? '' : `=${text}`;
}

function unmarkNull(text: string): string | null {
  return text === '' ? null : text.slice(1);
}

interface FlatEvent {
  transformerId: string;
  point: string;
  condition: string;
  phase: string;
  kind: string;
  severity: string;
  endedBy: string;
  tsMs: number;
  detectedMs: number;
  valueV: number;
  limitV: number;
}

export const EVENT_TABLE: Table<ConditionEvent, FlatEvent> = {
  texts: ['transformerId', 'point', 'condition', 'phase', 'kind', 'severity', 'endedBy'],
  numbers: ['tsMs', 'detectedMs', 'valueV', 'limitV'],
  blank: () => ({
    transformerId: '',
    point: '',
    condition: '',
    phase: '',
    kind: '',
    severity: '',
    endedBy: '',
    tsMs: 0,
    detectedMs: 0,
    valueV: NaN,
    limitV: NaN,
  }),
  flatten: (event) => ({
    ...event,
    phase: markNull(event.phase),
    severity: markNull(event.severity),
    endedBy: event.endedBy ?? '',
    valueV: event.valueV ?? NaN,
    limitV: event.limitV ?? NaN,
  }),
  raise: ({ endedBy, ...flat }) => ({
    ...flat,
    phase: unmarkNull(flat.phase) as ConditionEvent['phase'],
    kind: flat.kind as ConditionEvent['kind'],
    severity: unmarkNull(flat.severity) as ConditionEvent['severity'],
    valueV: Number.isNaN(flat.valueV) ? null : flat.valueV,
    limitV: Number.isNaN(flat.limitV) ? null : flat.limitV,
    ...(endedBy === '' ? {} : { endedBy: endedBy as NonNullable<ConditionEvent['endedBy']> }),
  }),
};

interface FlatReport {
  kind: string;
  transformerId: string;
  org: string;
  body: string;
  receivedMs: number;
}

export const REPORT_TABLE: Table<DeviceReport, FlatReport> = {
  texts: ['kind', 'transformerId', 'org', 'body'],
  numbers: ['receivedMs'],
  blank: () => ({ kind: '', transformerId: '', org: '', body: '', receivedMs: 0 }),
  flatten: (report) => ({ ...report, body: JSON.stringify(report.body) }),
  raise: (flat) => ({ ...flat, kind: flat.kind as DeviceReport['kind'], body: parseBody(flat.body) }),
};

function parseBody(text: string): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new CorruptBytesError('the body of a report is not JSON');
  }
  if (typeof body !== 'object' || body === null) throw new CorruptBytesError('a report without a body');
  return body as Record<string, unknown>;
}

interface FlatLetter {
  id: string;
  topic: string;
  reason: string;
  detail: string;
  transformerId: string;
  receivedMs: number;
}

/** Without the payloads, which follow as blobs. */
export const LETTER_TABLE: Table<DeadLetter, FlatLetter> = {
  texts: ['id', 'topic', 'reason', 'detail', 'transformerId'],
  numbers: ['receivedMs'],
  blank: () => ({ id: '', topic: '', reason: '', detail: '', transformerId: '', receivedMs: 0 }),
  flatten: (letter) => ({ ...letter, transformerId: markNull(letter.transformerId) }),
  raise: (flat) => ({
    ...flat,
    reason: flat.reason as DeadLetter['reason'],
    transformerId: unmarkNull(flat.transformerId),
    payload: new Uint8Array(0),
  }),
};

function blankOf<Row extends object>(
  texts: readonly (keyof Row & string)[],
  numbers: readonly (keyof Row & string)[],
): () => Row {
  const blank = Object.fromEntries<string | number>([
    ...texts.map((key) => [key, ''] as const),
    ...numbers.map((key) => [key, NaN] as const),
  ]);
  return () => ({ ...blank }) as Row;
}
