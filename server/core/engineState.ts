import type { DAY_LAYOUT, HOUR_LAYOUT, WINDOW_LAYOUT } from './aggregateLayout.ts';
import { crc32 } from './checksum.ts';
import { CONDITIONS } from './condition.ts';
import { DETECTORS } from './detect/detectors.ts';
import type { ConditionRecords } from './detect/conditionRecords.ts';
import type { TimedConditions } from './detect/timedConditions.ts';
import type { ConditionEvent } from './event.ts';
import type { GridIndex } from './gridIndex.ts';
import type { LIVE_LAYOUT } from './liveRows.ts';
import type { ClosedSeries } from './pointEngine.ts';
import type { PointStates } from './pointStates.ts';
import { REPLAY_STEPS, type ReplayRing } from './replayRing.ts';
import { NONE, type Layout, type Table } from './table.ts';

/** The state of the engine as bytes: a head, names and pending rows as JSON, then the tables as they lie in memory. */

/** Bytes that are not a state that this program wrote: cut short, altered, or of another version. */
export class StateBytesError extends Error {
  constructor(detail: string) {
    super(`The saved state cannot be used: ${detail}.`);
    this.name = 'StateBytesError';
  }
}

export interface StateParts {
  grid: GridIndex;
  points: PointStates;
  timed: TimedConditions;
  windows: Table<typeof WINDOW_LAYOUT>;
  hours: Table<typeof HOUR_LAYOUT>;
  days: Table<typeof DAY_LAYOUT>;
  rows: Table<typeof LIVE_LAYOUT>;
  replay: ReplayRing;
}

export interface PendingRows {
  events: ConditionEvent[];
  closed: ClosedSeries;
}

interface Names {
  /** Transformers by old row. */
  rows: string[];
  /** Old row and name of each point. */
  pointRows: number[];
  pointNames: string[];
  /** Detectors by the number that records carry: their order may change between versions. */
  detectors: string[];
  records: number;
  replayStep: number;
  pending: PendingRows;
}

const MAGIC = 0x50_56_53_31;
/** Rises with every change of a layout. */
const VERSION = 2;
const HEAD_BYTES = 16;

export function writeState(parts: StateParts, pending: PendingRows): Uint8Array {
  const { grid, points, timed, rows, replay } = parts;
  const names: Names = {
    rows: grid.model.transformers.map((t) => t.id),
    pointRows: Array.from({ length: points.rows }, (_, p) => grid.pointRow(p)),
    pointNames: grid.pointNames,
    detectors: DETECTORS.map((d) => d.condition),
    records: timed.records.rows,
    replayStep: replay.step,
    pending,
  };
  const json = new TextEncoder().encode(JSON.stringify(names));
  const tables = tablesOf(parts);
  const tableBytes = tables.reduce((sum, table) => sum + table.usedBytes(table.rows), 0);
  const bytes = new Uint8Array(HEAD_BYTES + json.length + tableBytes + replay.cells.byteLength);
  bytes.set(json, HEAD_BYTES);
  let at = HEAD_BYTES + json.length;
  for (const table of tables) {
    table.write(bytes.subarray(at));
    at += table.usedBytes(table.rows);
  }
  bytes.set(new Uint8Array(replay.cells.buffer), at);
  const head = new DataView(bytes.buffer);
  head.setUint32(0, MAGIC);
  head.setUint32(4, VERSION);
  head.setUint32(8, json.length);
  head.setUint32(12, crc32(bytes.subarray(HEAD_BYTES)));
  if (rows.rows !== names.rows.length) throw new Error('live rows and registry differ');
  return bytes;
}

/**
 * Reads a state into the parts, as far as their grid holds its transformers; returns what was pending. Everything is
 * checked before anything is changed.
 */
export function readState(bytes: Uint8Array, parts: StateParts): PendingRows {
  const { names, at } = readNames(bytes);
  const tables = tablesOf(parts);
  const count = names.pointNames.length;
  const lengths = [count, count, count, count, names.rows.length, names.records];
  const cellBytes = names.rows.length * REPLAY_STEPS * Uint16Array.BYTES_PER_ELEMENT;
  const expected = tables.reduce((sum, table, i) => sum + table.usedBytes(lengths[i]!), at + cellBytes);
  if (expected !== bytes.length) throw new StateBytesError('its tables are not as long as they should be');
  let from = at;
  const read = tables.map((table, i) => {
    const fresh = table.sibling();
    fresh.read(bytes.subarray(from), lengths[i]!);
    from += table.usedBytes(lengths[i]!);
    return fresh;
  });
  checkTables(read[0] as PointStates, read[4] as StateParts['rows'], read[5] as ConditionRecords, names);
  tables.forEach((table, i) => table.adopt(read[i]!));
  parts.replay.restore(names.replayStep, new Uint16Array(bytes.slice(from).buffer), names.rows.length);
  placeInGrid(parts, names);
  return names.pending;
}

/** Points and rows of the state are numbered as they were; the grid of today numbers them anew. */
function placeInGrid(parts: StateParts, names: Names): void {
  const { grid, points, timed, windows, hours, days, rows, replay } = parts;
  grid.forgetPoints();
  const kept: number[] = [];
  names.pointNames.forEach((name, p) => {
    const row = grid.rowOf(names.rows[names.pointRows[p]!]!);
    if (row < 0 || grid.findPoint(row, name) !== NONE) return;
    if (grid.addPoint(row, name) !== NONE) kept.push(p);
  });
  for (const table of [points, windows, hours, days]) table.rearrange(kept);
  const oldRow = new Map(names.rows.map((id, row) => [id, row]));
  const old = Uint32Array.from(grid.model.transformers, (t) => oldRow.get(t.id) ?? NONE);
  rows.rearrange(old);
  replay.setRows(old);
  timed.records.rebuildFree();
}

function readNames(bytes: Uint8Array): { names: Names; at: number } {
  if (bytes.length < HEAD_BYTES) throw new StateBytesError('it is cut short');
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (head.getUint32(0) !== MAGIC) throw new StateBytesError('it is not a saved state');
  if (head.getUint32(4) !== VERSION)
    throw new StateBytesError(`version ${head.getUint32(4)} is not ${VERSION}`);
  if (head.getUint32(12) !== crc32(bytes.subarray(HEAD_BYTES)))
    throw new StateBytesError('its checksum is wrong');
  const at = HEAD_BYTES + head.getUint32(8);
  if (at > bytes.length) throw new StateBytesError('it is cut short');
  let names: Names;
  try {
    names = JSON.parse(new TextDecoder().decode(bytes.subarray(HEAD_BYTES, at))) as Names;
  } catch {
    throw new StateBytesError('its names cannot be read');
  }
  if (!isNames(names)) throw new StateBytesError('its names are not as they should be');
  const { means, dailies, recompute } = names.pending.closed;
  const closed = { means: means.map(withNaN), dailies: dailies.map(withNaN), recompute };
  return { names: { ...names, pending: { events: names.pending.events, closed } }, at };
}

function isNames(names: Names): boolean {
  return (
    isStrings(names?.rows) &&
    isStrings(names.pointNames) &&
    Array.isArray(names.pointRows) &&
    names.pointRows.length === names.pointNames.length &&
    names.pointRows.every((row) => Number.isInteger(row) && row >= 0 && row < names.rows.length) &&
    isStrings(names.detectors) &&
    names.detectors.every((condition) => DETECTORS.some((d) => d.condition === condition)) &&
    Number.isInteger(names.records) &&
    names.records >= 0 &&
    Number.isInteger(names.replayStep) &&
    Array.isArray(names.pending?.events) &&
    Array.isArray(names.pending.closed?.means) &&
    Array.isArray(names.pending.closed.dailies) &&
    Array.isArray(names.pending.closed.recompute)
  );
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Numbers that point somewhere must point somewhere; detectors get the number that they have today. */
function checkTables(
  points: PointStates,
  rows: StateParts['rows'],
  records: ConditionRecords,
  names: Names,
): void {
  if (!rows.columns.condition.every((code) => code < CONDITIONS.length)) {
    throw new StateBytesError('it holds a condition that is none');
  }
  const { next, detector, channel, level } = records.columns;
  const seen = new Uint8Array(records.rows);
  for (let p = 0; p < points.rows; p++) {
    if (points.columns.condition[p]! >= CONDITIONS.length) {
      throw new StateBytesError('it holds a condition that is none');
    }
    for (let record = points.columns.record[p]!; record !== NONE; record = next[record]!) {
      if (record >= records.rows || seen[record] === 1) throw new StateBytesError('its records are tangled');
      seen[record] = 1;
      const number = DETECTORS.findIndex((d) => d.condition === names.detectors[detector[record]!]);
      const known = DETECTORS[number];
      if (
        known === undefined ||
        channel[record]! >= known.channels.length ||
        level[record]! > known.levels.length
      ) {
        throw new StateBytesError('it holds a record of no detector');
      }
      detector[record] = number;
    }
  }
}

/** JSON writes NaN as null. */
function withNaN<Row extends object>(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value ?? NaN])) as Row;
}

function tablesOf(parts: StateParts): Table<Layout>[] {
  const { points, windows, hours, days, rows, timed } = parts;
  return [points, windows, hours, days, rows, timed.records] as unknown as Table<Layout>[];
}
