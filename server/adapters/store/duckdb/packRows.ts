import { READING_COLUMNS } from '../../../core/reading.ts';
import type { HistoryBlock } from '../../../ports.ts';
import type { PointDictionary } from './pointDictionary.ts';
import type { PackedRows } from './protocol.ts';
import { TABLES, type TableName } from './schema.ts';

/** Rows as they travel to the thread of the store: by column, points as numbers. */
export function packRows(
  points: PointDictionary,
  table: TableName,
  rows: readonly Record<string, string | number>[],
): PackedRows {
  const count = rows.length;
  const { columns } = TABLES[table];
  const timeName = table === 'dailies' ? 'dayMs' : 'tsMs';
  const values = new Float64Array(count * (columns.length + 2));
  for (let row = 0; row < count; row++) {
    const source = rows[row]!;
    values[row] = points.intern(source['transformerId'] as string, source['point'] as string);
    values[count + row] = source[timeName] as number;
  }
  columns.forEach((name, i) => {
    const base = (i + 2) * count;
    for (let row = 0; row < count; row++) values[base + row] = rows[row]![name] as number;
  });
  return { table, count, values, newPoints: points.unstored() };
}

/** The same of readings that are by column already: no object a row. */
export function packBlocks(points: PointDictionary, blocks: readonly HistoryBlock[]): PackedRows {
  const count = blocks.reduce((sum, { tsMs }) => sum + tsMs.length, 0);
  const values = new Float64Array(count * (TABLES.readings.columns.length + 2));
  let row = 0;
  for (const block of blocks) {
    const end = row + block.tsMs.length;
    const columns = [
      points.intern(block.transformerId, block.point),
      block.tsMs,
      block.intervalS,
      block.flags,
      ...READING_COLUMNS.map((name) => block.values[name] ?? Number.NaN),
    ];
    columns.forEach((column, i) => {
      if (typeof column === 'number') values.fill(column, i * count + row, i * count + end);
      else values.set(column, i * count + row);
    });
    row = end;
  }
  return { table: 'readings', count, values, newPoints: points.unstored() };
}
