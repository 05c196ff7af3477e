import { sql } from 'kysely';
import type { Db, Tables } from './schema.ts';

/** Bound parameters of one statement: SQLite takes 32,766, PostgreSQL 65,535. */
const PARAMETERS_MAX = 30_000;
/** Ids in one `in (…)`. */
const IDS_MAX = 5_000;

/** Which columns are the identity, and what a row that is known already has done to it: replaced whole, or kept. */
interface OnConflict<Row> {
  identity: readonly (keyof Row & string)[];
  known: 'replace' | 'keep';
}

/**
 * Inserts rows in statements small enough for both databases; the last of several rows with one identity wins.
 * All rows must have the same columns.
 */
export async function upsertRows<Name extends keyof Tables & string>(
  db: Db,
  table: Name,
  rows: readonly Tables[Name][],
  { identity, known }: OnConflict<Tables[Name]>,
): Promise<void> {
  const first = rows[0];
  if (first === undefined) return;
  const columns = Object.keys(first) as (keyof Tables[Name] & string)[];
  const replaced = columns.filter((column) => !identity.includes(column));
  // PostgreSQL refuses one statement that would touch a row twice, and two writers that lock rows in different orders.
  const distinct = new Map(rows.map((row) => [JSON.stringify(identity.map((column) => row[column])), row]));
  const conflict =
    known === 'keep' || replaced.length === 0
      ? sql`do nothing`
      : sql`do update set ${sql.join(replaced.map((c) => sql`${sql.ref(c)} = ${sql.ref(`excluded.${c}`)}`))}`;
  for (const part of parts(inOrder(distinct), Math.floor(PARAMETERS_MAX / columns.length))) {
    const values = part.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`);
    await sql`insert into ${sql.table(table)} (${sql.join(columns.map((c) => sql.ref(c)))})
      values ${sql.join(values)}
      on conflict (${sql.join(identity.map((c) => sql.ref(c)))}) ${conflict}`.execute(db);
  }
}

/** The values by ascending key. */
export function inOrder<T>(byKey: ReadonlyMap<string, T>): T[] {
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

/** Slices of at most `size`, {@link IDS_MAX} by default. */
export function* parts<T>(items: readonly T[], size: number = IDS_MAX): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/**
 * Text as both databases keep it whole. PostgreSQL has no U+0000 in text, and what comes from the field may hold one.
 */
export function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}

/** NaN, "not measured" in the program, is null in a table. */
export function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
