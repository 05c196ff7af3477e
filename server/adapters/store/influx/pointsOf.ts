import type { ReadingStore } from '../../../ports.ts';
import type { InfluxSeries } from './connection.ts';
import { text } from './rows.ts';

/** Points of a transformer with the first and last time of their readings; `ask` puts a question to the series of readings. */
export async function pointsOf(
  transformerId: string,
  ask: (question: string) => Promise<readonly InfluxSeries[]>,
): ReturnType<ReadingStore['points']> {
  const of = (call: string) =>
    ask(`SELECT ${call}(flags) FROM reading WHERE transformer = ${text(transformerId)} GROUP BY point`);
  const [first, last, count] = [await of('first'), await of('last'), await of('count')];
  return first.map((series, i) => ({
    point: series.tags!['point']!,
    firstMs: Number(series.values[0]![0]),
    lastMs: Number(last[i]!.values[0]![0]),
    count: Number(count[i]!.values[0]![1]),
  }));
}
