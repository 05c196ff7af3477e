import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import type { NativeReading } from '../server/ingest/payload.ts';
import type { Publisher } from './publisher.ts';

/** What a replay did; every row of the file is in `sent` or in `refused`. */
export interface ReplayCounts {
  rows: number;
  sent: number;
  refused: number;
  /** The first refusals, with their line. */
  faults: string[];
}

const FAULTS_KEPT = 20;
const SECOND_MS = 1000;

export interface ReplayOptions {
  file: string;
  /** Rows a second at most. */
  ratePerS: number;
  signal: AbortSignal;
  /** Waits; injected so that tests need not. */
  sleep: (delayMs: number) => Promise<void>;
  nowMs: () => number;
  onProgress?: (counts: ReplayCounts) => void;
}

/**
 * Publishes a history CSV as if its devices sent it now: one message a row, order, values, zeros and time stamps kept. A row
 * without transformer or readable time is refused; all else is for the receiver to judge.
 */
export async function replayFile(publisher: Publisher, options: ReplayOptions): Promise<ReplayCounts> {
  const counts: ReplayCounts = { rows: 0, sent: 0, refused: 0, faults: [] };
  const source = createReadStream(options.file);
  const rows = source.pipe(parse({ bom: true, columns: true, relax_column_count: true, trim: true }));
  source.on('error', (error) => rows.destroy(error));
  let sliceFromMs = options.nowMs();
  let slice = 0;
  for await (const row of rows as AsyncIterable<Record<string, string>>) {
    if (options.signal.aborted) break;
    counts.rows++;
    const parsed = readingOf(row);
    if (typeof parsed === 'string') {
      counts.refused++;
      if (counts.faults.length < FAULTS_KEPT) counts.faults.push(`row ${counts.rows}: ${parsed}`);
      continue;
    }
    await publisher.replayed(row['transformer_id']!, parsed);
    counts.sent++;
    if (++slice >= options.ratePerS / 10) {
      const dueMs = sliceFromMs + (slice / options.ratePerS) * SECOND_MS;
      if (dueMs > options.nowMs()) await options.sleep(dueMs - options.nowMs());
      sliceFromMs = options.nowMs();
      slice = 0;
      options.onProgress?.(counts);
    }
  }
  await publisher.settled();
  return counts;
}

/** A history row as a device would have said it, or what is wrong with it. */
export function readingOf(row: Readonly<Record<string, string>>): NativeReading | string {
  const id = row['transformer_id'];
  if (!id || /[+#/\s]/.test(id)) return 'transformer_id is missing or cannot be part of a topic';
  const ts = timeOf(row['ts'] ?? '');
  if (Number.isNaN(ts)) return 'ts is neither ISO 8601 with offset nor epoch milliseconds';
  const reading: NativeReading = { v: 1, id, ts, u: phases(row, 'u', '_v') };
  const i = phases(row, 'i', '_a');
  const n = numberOf(row['in_a']);
  if (n !== undefined) i.n = n;
  if (Object.keys(i).length > 0) reading.i = i;
  const p = numberOf(row['p_kw']);
  const q = numberOf(row['q_kvar']);
  if (p !== undefined) reading.p = p;
  if (q !== undefined) reading.q = q;
  if (row['point']) reading.pt = row['point'];
  return reading;
}

function timeOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  return /(?:Z|[+-]\d{2}:?\d{2})$/.test(text) ? Date.parse(text) : NaN;
}

function phases(
  row: Readonly<Record<string, string>>,
  prefix: string,
  suffix: string,
): { a?: number; b?: number; c?: number; n?: number } {
  const out: { a?: number; b?: number; c?: number; n?: number } = {};
  for (const phase of ['a', 'b', 'c'] as const) {
    const value = numberOf(row[`${prefix}${phase}${suffix}`]);
    if (value !== undefined) out[phase] = value;
  }
  return out;
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
