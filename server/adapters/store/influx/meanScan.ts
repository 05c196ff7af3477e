import type { MeanColumns, MeanScan } from '../../../ports.ts';
import type { InfluxSeries } from './connection.ts';
import { spanOf, text } from './rows.ts';

/** Transformers of one question: their rows are held at once. */
const TRANSFORMERS_MAX = 20;

const COLUMNS = ['uaV', 'ubV', 'ucV', 'uaMinV', 'ubMinV', 'ucMinV', 'flags'] as const;

/** The means of many points, some transformers a question; `ask` puts a question to the series of means. */
export async function scanMeans(
  scan: MeanScan,
  ask: (question: string) => Promise<readonly InfluxSeries[]>,
): Promise<void> {
  const span = spanOf(scan);
  const counts = await ask(`SELECT count(flags) FROM mean10m WHERE ${span} GROUP BY transformer`);
  const ids = counts
    .map(({ tags }) => tags!['transformer']!)
    .filter((id) => scan.transformerIds?.has(id) ?? true)
    .toSorted();
  for (let from = 0; from < ids.length; from += TRANSFORMERS_MAX) {
    scan.signal?.throwIfAborted();
    const some = ids.slice(from, from + TRANSFORMERS_MAX);
    const among = some.map((id) => `transformer = ${text(id)}`).join(' OR ');
    const series = await ask(
      `SELECT ${COLUMNS.map((name) => `"${name}"`).join(', ')} FROM mean10m
        WHERE ${span} AND (${among}) GROUP BY transformer, point ORDER BY time`,
    );
    for (const one of series) scan.onPoint(columnsOf(one));
    scan.onProgress?.((from + some.length) / ids.length);
  }
}

function columnsOf({ tags, columns, values }: InfluxSeries): MeanColumns {
  const column = (name: string): Float64Array => {
    const at = columns.indexOf(name);
    return Float64Array.from(values, (cells) => Number(cells[at] ?? NaN));
  };
  return {
    transformerId: tags!['transformer']!,
    point: tags!['point']!,
    tsMs: column('time'),
    uaV: column('uaV'),
    ubV: column('ubV'),
    ucV: column('ucV'),
    uaMinV: column('uaMinV'),
    ubMinV: column('ubMinV'),
    ucMinV: column('ucMinV'),
    flags: column('flags'),
  };
}
