import type { InfluxSeries } from './connection.ts';

/** InfluxQL in and out: conditions, and rows from answers. */

/** Times that InfluxDB can hold (64 bits of nanoseconds), ms. */
const TIME_MS_MAX = 9_223_372_036_853;
const TIME_MS_MIN = -9_223_372_036_853;

/** A string literal of InfluxQL. */
export function text(value: string): string {
  return `'${value.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`;
}

export function spanOf(query: {
  transformerId?: string;
  point?: string;
  fromMs: number;
  toMs: number;
}): string {
  const conditions = [`time >= ${bounded(query.fromMs)}ms`, `time < ${bounded(query.toMs)}ms`];
  if (query.transformerId !== undefined) conditions.push(`transformer = ${text(query.transformerId)}`);
  if (query.point !== undefined) conditions.push(`point = ${text(query.point)}`);
  return conditions.join(' AND ');
}

/** Rows of an answer grouped by transformer and point; what is null was not measured. */
export function rowsOf<Row>(answer: readonly InfluxSeries[], time: 'tsMs' | 'dayMs'): Row[] {
  return answer.flatMap(({ tags, columns, values }) => {
    const names = columns.map((column) => (column === 'time' ? time : column));
    return values.map((cells) => {
      const row: Record<string, unknown> = { transformerId: tags!['transformer']!, point: tags!['point']! };
      for (let k = 0; k < names.length; k++) row[names[k]!] = cells[k] ?? NaN;
      return row as Row;
    });
  });
}

function bounded(timeMs: number): number {
  return Math.max(TIME_MS_MIN, Math.min(TIME_MS_MAX, Math.ceil(timeMs)));
}
