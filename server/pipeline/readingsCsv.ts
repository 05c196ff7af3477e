import { READING_FLAG } from '../core/reading.ts';
import type { ReadingColumns, ReadingStore, SeriesQuery } from '../ports.ts';

/** Rows asked of the store at once: what an export holds in memory. */
const PAGE_ROWS = 20_000;

/** The history contract … */
const CONTRACT_COLUMNS = [
  ['ua_v', 'uaV'],
  ['ub_v', 'ubV'],
  ['uc_v', 'ucV'],
  ['ia_a', 'iaA'],
  ['ib_a', 'ibA'],
  ['ic_a', 'icA'],
  ['p_kw', 'pKw'],
  ['q_kvar', 'qKvar'],
] as const;

/** … then what else is stored: an export can be imported again without loss. */
const FURTHER_COLUMNS = [
  ['in_a', 'inA'],
  ['ua_min_v', 'uaMinV'],
  ['ub_min_v', 'ubMinV'],
  ['uc_min_v', 'ucMinV'],
  ['interval_s', 'intervalS'],
] as const;

/**
 * Raw readings of one point as CSV in the history contract, page by page; the header comes with the first page, so that
 * a store that does not answer is known before anything was sent.
 */
export async function* readingsCsv(
  store: Pick<ReadingStore, 'readings'>,
  query: SeriesQuery,
  pageRows = PAGE_ROWS,
): AsyncGenerator<string> {
  const names = (columns: readonly (readonly [string, string])[]): string => columns.map(([n]) => n).join();
  let head = `transformer_id,ts,${names(CONTRACT_COLUMNS)},point,${names(FURTHER_COLUMNS)},flags\r\n`;
  let { fromMs } = query;
  for (;;) {
    const page = await store.readings({ ...query, fromMs }, pageRows);
    yield head + pageText(page, query);
    head = '';
    const last = page.tsMs.at(-1);
    if (last === undefined || page.tsMs.length < pageRows || last + 1 >= query.toMs) return;
    fromMs = last + 1;
  }
}

function pageText(page: ReadingColumns, query: SeriesQuery): string {
  const transformerId = csvText(query.transformerId);
  const point = csvText(query.point);
  let text = '';
  for (const [i, tsMs] of page.tsMs.entries()) {
    text += `${transformerId},${new Date(tsMs).toISOString()}`;
    for (const [, column] of CONTRACT_COLUMNS) text += `,${cellOf(page[column][i]!)}`;
    text += `,${point}`;
    for (const [, column] of FURTHER_COLUMNS) text += `,${cellOf(page[column][i]!)}`;
    // That it is history is true of every row that will be imported, and was not true of all that were measured.
    text += `,${page.flags[i]! & ~READING_FLAG.history}\r\n`;
  }
  return text;
}

function cellOf(value: number): string {
  return Number.isNaN(value) ? '' : String(value);
}

/** RFC 4180 quoting; a leading =, +, - or @ is defused, a spreadsheet would run it as a formula. */
function csvText(text: string): string {
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
