import type { MeanScan } from '../../../ports.ts';
import type { PointDictionary } from './pointDictionary.ts';
import { timesOf } from './queries.ts';

/** Rows of one question: some 30 MB of columns. */
const SCAN_ROWS_MAX = 500_000;

const COLUMNS = ['uaV', 'ubV', 'ucV', 'uaMinV', 'ubMinV', 'ucMinV', 'flags'] as const;

interface Asking {
  query(sql: string): Promise<Float64Array[]>;
  scan(sql: string): Promise<Float64Array[]>;
}

/** The means of many points: as many points a question as fit its rows, the next one asked while one is worked on. */
export async function scanMeans(scan: MeanScan, points: PointDictionary, asking: Asking): Promise<void> {
  const span = timesOf(scan.fromMs, scan.toMs);
  const counts = await asking.query(`SELECT pt, count(*) FROM means WHERE ${span} GROUP BY pt ORDER BY pt`);
  const wanted = (pt: number): boolean => scan.transformerIds?.has(points.entry(pt).transformerId) ?? true;
  const groups = groupsOf(counts[0]!, counts[1]!, wanted);
  const total = groups.reduce((sum, { rows }) => sum + rows, 0);
  const ask = (k: number): Promise<Float64Array[]> | null =>
    k < groups.length ? asking.scan(groupSql(span, groups[k]!.pts)) : null;
  let done = 0;
  let next = ask(0);
  for (const [k, { rows }] of groups.entries()) {
    const columns = await next!;
    scan.signal?.throwIfAborted();
    next = ask(k + 1);
    // A failure is met when its turn comes; until then nobody waits for it.
    next?.catch(() => undefined);
    tellPoints(columns, points, scan);
    done += rows;
    scan.onProgress?.(done / total);
  }
}

function groupsOf(
  pts: Float64Array,
  counts: Float64Array,
  wanted: (pt: number) => boolean,
): { pts: number[]; rows: number }[] {
  const groups: { pts: number[]; rows: number }[] = [];
  for (let i = 0; i < pts.length; i++) {
    const pt = pts[i]!;
    if (!wanted(pt)) continue;
    const group = groups.at(-1);
    if (group === undefined || group.rows + counts[i]! > SCAN_ROWS_MAX)
      groups.push({ pts: [pt], rows: counts[i]! });
    else {
      group.pts.push(pt);
      group.rows += counts[i]!;
    }
  }
  return groups;
}

/** The range lets the store pass over what lies elsewhere; the list picks within it. */
function groupSql(span: string, pts: readonly number[]): string {
  const [first, last] = [pts[0]!, pts.at(-1)!];
  const gaps = last - first + 1 > pts.length ? ` AND pt IN (${pts.join(', ')})` : '';
  const columns = COLUMNS.map((column) => `coalesce("${column}"::DOUBLE, 'nan'::DOUBLE)`).join(', ');
  return `SELECT pt::DOUBLE, ts::DOUBLE, ${columns} FROM means
    WHERE ${span} AND pt BETWEEN ${first} AND ${last}${gaps} ORDER BY pt, ts`;
}

function tellPoints(columns: readonly Float64Array[], points: PointDictionary, scan: MeanScan): void {
  const pts = columns[0]!;
  for (let from = 0; from < pts.length;) {
    let to = from + 1;
    while (to < pts.length && pts[to] === pts[from]) to++;
    const [, tsMs, uaV, ubV, ucV, uaMinV, ubMinV, ucMinV, flags] = columns.map((c) => c.subarray(from, to));
    scan.onPoint({
      ...points.entry(pts[from]!),
      tsMs: tsMs!,
      uaV: uaV!,
      ubV: ubV!,
      ucV: ucV!,
      uaMinV: uaMinV!,
      ubMinV: ubMinV!,
      ucMinV: ucMinV!,
      flags: flags!,
    });
    from = to;
  }
}
