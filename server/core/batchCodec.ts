import { crc32 } from './checksum.ts';
import { CorruptBytesError } from './columnFormat.ts';
import { ByteReader } from './columnReader.ts';
import { ByteWriter } from './columnWriter.ts';
import type { ConditionEvent } from './event.ts';
import type { IngestBatch } from './reading.ts';
import type { DailySummary, VoltageMean } from './summary.ts';
import {
  DAILY_TABLE,
  EVENT_TABLE,
  FORECAST_TABLE,
  LETTER_TABLE,
  MEAN_TABLE,
  READING_TABLE,
  type RecomputeSpan,
  REPORT_TABLE,
  WEATHER_TABLE,
  WINDOW_TABLE,
  readTable,
  writeTable,
} from './recordTables.ts';

/**
 * One record of the durable log: what some messages said, and all that followed from it. Replaying records in order
 * through the engine brings back its state; draining them into the stores needs no engine.
 */
export interface LogRecord extends IngestBatch {
  /** Arrival of the first of its messages, UTC ms: the "now" by which its readings were judged. */
  receivedMs: number;
  /** Time of the clock tick that was taken before the readings; NaN when there was none. */
  tickMs: number;
  /** First tick of the process that made the record: since when silence was the devices' and not ours. */
  listeningSinceMs: number;
  /** Readings that were received again and left out. */
  duplicates: number;
  events: ConditionEvent[];
  means: VoltageMean[];
  dailies: DailySummary[];
  recompute: RecomputeSpan[];
}

/** "PV", and the version of the layout below. */
const MAGIC = 0x50_56_00_02;
/** Magic and checksum, four bytes each. */
const HEADER_BYTES = 8;
/** First guess of a record's size, bytes a reading; the buffer grows where it is short. */
const BYTES_PER_READING = 64;

/** A record of which nothing is known yet. */
export function emptyRecord(receivedMs: number): LogRecord {
  return {
    receivedMs,
    tickMs: NaN,
    listeningSinceMs: NaN,
    duplicates: 0,
    readings: [],
    deadLetters: [],
    weather: [],
    forecasts: [],
    reports: [],
    events: [],
    means: [],
    dailies: [],
    recompute: [],
  };
}

/** The record as bytes: versioned, with a CRC-32, exact to the bit (NaN and −0 too). */
export function encodeRecord(record: LogRecord): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter(1024 + BYTES_PER_READING * record.readings.length);
  writer.u32(MAGIC);
  writer.u32(0);
  writer.f64(record.receivedMs);
  writer.f64(record.tickMs);
  writer.f64(record.listeningSinceMs);
  writer.u32(record.duplicates);
  writeTable(writer, READING_TABLE, record.readings);
  writeTable(writer, MEAN_TABLE, record.means);
  writeTable(writer, DAILY_TABLE, record.dailies);
  writeTable(writer, WINDOW_TABLE, record.recompute);
  writeTable(writer, EVENT_TABLE, record.events);
  writeTable(writer, WEATHER_TABLE, record.weather);
  writeTable(writer, REPORT_TABLE, record.reports);
  writeTable(writer, LETTER_TABLE, record.deadLetters);
  writer.blobs(record.deadLetters.map((letter) => letter.payload));
  // Last, and only where there are any: records from before there were forecasts are read as they are.
  if (record.forecasts.length > 0) writeTable(writer, FORECAST_TABLE, record.forecasts);
  writer.setU32(4, crc32(writer.written().subarray(HEADER_BYTES)));
  return writer.finish();
}

/**
 * The record that {@link encodeRecord} wrote.
 *
 * @throws CorruptBytesError when the bytes are not whole, not ours, or of a version we do not know.
 */
export function decodeRecord(bytes: Uint8Array): LogRecord {
  const reader = new ByteReader(bytes);
  const magic = reader.u32();
  if (magic !== MAGIC) throw new CorruptBytesError(`it begins with ${magic.toString(16)}`);
  if (reader.u32() !== crc32(bytes.subarray(HEADER_BYTES)))
    throw new CorruptBytesError('the checksum is wrong');
  const record = emptyRecord(reader.f64());
  record.tickMs = reader.f64();
  record.listeningSinceMs = reader.f64();
  record.duplicates = reader.u32();
  record.readings = readTable(reader, READING_TABLE);
  record.means = readTable(reader, MEAN_TABLE);
  record.dailies = readTable(reader, DAILY_TABLE);
  record.recompute = readTable(reader, WINDOW_TABLE);
  record.events = readTable(reader, EVENT_TABLE);
  record.weather = readTable(reader, WEATHER_TABLE);
  record.reports = readTable(reader, REPORT_TABLE);
  record.deadLetters = readTable(reader, LETTER_TABLE);
  for (const [i, payload] of reader.blobs(record.deadLetters.length).entries()) {
    record.deadLetters[i]!.payload = payload;
  }
  if (reader.rest !== 0) record.forecasts = readTable(reader, FORECAST_TABLE);
  if (reader.rest !== 0) throw new CorruptBytesError(`${reader.rest} bytes too many`);
  return record;
}
