import type { Reading } from '../../../core/reading.ts';
import { READING_COLUMNS } from '../../../core/reading.ts';
import { DAILY_COLUMNS, MEAN_COLUMNS, type DailySummary, type VoltageMean } from '../../../core/summary.ts';

/** Measurements, their time and fields; field names are the names in TypeScript. docs/storage.md describes them. */

export type Measurement = 'reading' | 'mean10m' | 'daily';
export type StoredRow = Reading | VoltageMean | DailySummary;

export interface MeasurementShape {
  time: 'tsMs' | 'dayMs';
  fields: readonly string[];
}

export const MEASUREMENTS: Readonly<Record<Measurement, MeasurementShape>> = Object.freeze({
  reading: { time: 'tsMs', fields: ['intervalS', ...READING_COLUMNS, 'flags'] },
  mean10m: { time: 'tsMs', fields: MEAN_COLUMNS },
  daily: { time: 'dayMs', fields: DAILY_COLUMNS },
});

/** Written as integers (`i`), and always present: a row in which nothing was measured still exists. */
const INTEGER_FIELDS = new Set(['flags', 'count', 'outageCount', 'lowHours', 'validHours']);
/** Line starts are kept for so many points; a larger grid starts again. */
const STARTS_MAX = 2_000_000;

/** Why some rows cannot be said in line protocol. */
export interface Unsayable {
  unsayable: string;
}

/** Encodes rows, remembering the beginning of the line of each point. */
export class LineEncoder {
  readonly #starts: Record<Measurement, Map<string, Map<string, string>>> = {
    reading: new Map(),
    mean10m: new Map(),
    daily: new Map(),
  };

  /** Lines joined by line feeds, times in ms. NaN and infinities are left out: InfluxDB has no word for them. */
  encode(measurement: Measurement, rows: readonly StoredRow[]): string | Unsayable {
    const { time, fields } = MEASUREMENTS[measurement];
    const labels = fields.map((name) => `${name}=`);
    const integer = fields.map((name) => INTEGER_FIELDS.has(name));
    let text = '';
    for (const row of rows as readonly (StoredRow & Record<string, unknown>)[]) {
      const start = this.#start(measurement, row.transformerId, row.point);
      if (start === null) return { unsayable: unsayableName(row) };
      const timeMs = row[time] as number;
      if (!Number.isSafeInteger(timeMs)) return { unsayable: `${time} is not a whole number: ${timeMs}` };
      let line = start;
      let separator = '';
      for (let k = 0; k < fields.length; k++) {
        const value = row[fields[k]!] as number;
        if (!Number.isFinite(value)) continue;
        line += separator + labels[k]! + (integer[k] ? `${value}i` : value);
        separator = ',';
      }
      text += `${line} ${timeMs}\n`;
    }
    return text.slice(0, -1);
  }

  #start(measurement: Measurement, transformerId: string, point: string): string | null {
    const starts = this.#starts[measurement];
    const known = starts.get(transformerId)?.get(point);
    if (known !== undefined) return known;
    if (!isSayable(transformerId) || !isSayable(point)) return null;
    if (starts.size >= STARTS_MAX) starts.clear();
    const start = `${measurement},point=${escapeTag(point)},transformer=${escapeTag(transformerId)} `;
    const points = starts.get(transformerId) ?? new Map<string, string>();
    points.set(point, start);
    starts.set(transformerId, points);
    return start;
  }
}

/** A tag value is never empty, has no line break, and a backslash at its end would swallow what follows. */
function isSayable(tag: string): boolean {
  return tag !== '' && !tag.includes('\n') && !tag.includes('\r') && !tag.endsWith('\\');
}

function escapeTag(tag: string): string {
  return tag.replace(/[,= ]/g, '\\$&');
}

function unsayableName(row: StoredRow): string {
  return `${JSON.stringify(row.transformerId)} / ${JSON.stringify(row.point)} cannot be a tag in line protocol`;
}
