import { DAY_MIN, type MonitoredTime } from '../../../core/compliance.ts';
import type { InfluxSeries } from './connection.ts';
import { spanOf } from './rows.ts';

/** Sums of every point over the days of a span; `ask` puts a question to the series of daily summaries. */
export async function monitoredTimes(
  span: { fromMs: number; toMs: number },
  ask: (question: string) => Promise<readonly InfluxSeries[]>,
): Promise<MonitoredTime[]> {
  const where = `FROM daily WHERE ${spanOf(span)}`;
  const byPoint = 'GROUP BY transformer, point';
  const sums = await ask(`SELECT sum("monitoredMin"), sum("qualifiedMin") ${where} ${byPoint}`);
  // InfluxQL cannot cap what it adds: days that hold more than a day are few, and asked for apart.
  const overfull = await ask(`SELECT "monitoredMin" ${where} AND "monitoredMin" > ${DAY_MIN} ${byPoint}`);
  const excessMin = new Map(
    overfull.map((series) => [
      keyOf(series),
      series.values.reduce((total, [, minutes]) => total + Number(minutes) - DAY_MIN, 0),
    ]),
  );
  return sums.map((series) => {
    const [, monitored, qualified] = series.values[0]!;
    return {
      transformerId: series.tags!['transformer']!,
      point: series.tags!['point']!,
      monitoredMin: Number(monitored),
      qualifiedMin: Number(qualified),
      coveredMin: Number(monitored) - (excessMin.get(keyOf(series)) ?? 0),
    };
  });
}

function keyOf({ tags }: InfluxSeries): string {
  return JSON.stringify([tags!['transformer'], tags!['point']]);
}
