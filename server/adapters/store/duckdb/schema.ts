import { READING_COLUMNS } from '../../../core/reading.ts';
import { DAILY_COLUMNS, MEAN_COLUMNS } from '../../../core/summary.ts';

/** Tables of the embedded store, and the columns of its rows in the order in which they travel to the thread. */

export type TableName = 'readings' | 'means' | 'dailies';

interface TableShape {
  /** `pt` and `ts` come first: the identity. */
  columns: readonly string[];
}

/** Names in SQL are the names in TypeScript; NULL stands for "not measured". */
export const TABLES: Readonly<Record<TableName, TableShape>> = {
  readings: { columns: ['intervalS', 'flags', ...READING_COLUMNS] },
  means: { columns: MEAN_COLUMNS },
  dailies: { columns: DAILY_COLUMNS },
};

const INTEGER_COLUMNS = new Set(['flags']);

/** A row is unique by (pt, ts): the writer removes what it rewrites, so no query has to look for duplicates. */
export const CREATE_TABLES: readonly string[] = [
  'CREATE TABLE IF NOT EXISTS points (pt INTEGER NOT NULL, transformerId VARCHAR NOT NULL, point VARCHAR NOT NULL)',
  ...Object.entries(TABLES).map(
    ([name, { columns }]) =>
      `CREATE TABLE IF NOT EXISTS ${name} (pt INTEGER NOT NULL, ts BIGINT NOT NULL, ${columns
        .map((column) => `"${column}" ${INTEGER_COLUMNS.has(column) ? 'INTEGER' : 'DOUBLE'}`)
        .join(', ')})`,
  ),
];
