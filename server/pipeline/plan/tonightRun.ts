import type { ForecastInput } from '../../core/forecast/forecast.ts';
import type { NearTermForecast } from '../../core/forecast/nearTerm.ts';
import { TONIGHT_DAYS, type TonightItem, type TonightReport } from '../../core/forecast/tonight.ts';
import type { Database } from '../../ports.ts';
import { requireTransformers, type ForecastRunDeps } from './forecastRun.ts';
import { gatherInput } from './inputs.ts';
import type { RunWork } from './planner.ts';
import { forecastSources, weatherAhead } from './weatherAhead.ts';

/** The next three days from the weather that is forecast: who may go low on which of them. */

const READ_SHARE = 0.5;
/** Less likely than this on every day is not listed. */
const LISTED_P_MIN = 0.05;

export type TonightRunDeps = Omit<ForecastRunDeps, 'diagnose' | 'parts' | 'database'> & {
  database: Pick<Database, 'registry' | 'weather' | 'readiness'>;
};

export function tonightWork(deps: TonightRunDeps): RunWork {
  return async (_run, season, { onProgress, signal }) => {
    const { originDay } = season;
    const days = Array.from({ length: TONIGHT_DAYS }, (_, d) => originDay + 1 + d);
    const { weather } = deps.database;
    const next = { firstDay: days[0]!, lastDay: days.at(-1)! };
    const { forecastOf, unused } = await forecastSources(next, { ...deps, weather });
    const span = { ...deps, season, lastDay: originDay, ahead: { days: TONIGHT_DAYS, forecastOf } };
    const { input, inputs } = await gatherInput(span, deps, {
      signal,
      onProgress: (share) => onProgress(READ_SHARE * share),
    });
    requireTransformers(input);
    const forecasts = await deps.threads.nearTerm(input, {
      signal,
      onProgress: (share) => onProgress(READ_SHARE + (1 - READ_SHARE) * share),
    });
    const report: TonightReport = {
      originDay,
      ...listed(input, forecasts),
      weather: weatherAhead(input.transformers, input.weather, forecastOf, days),
      unusedForecasts: unused,
    };
    return { inputs, summary: null, report };
  };
}

/** Those that may go low, the likeliest on the first day first; those that are unlikely to; and what is not known. */
function listed(
  { transformers }: ForecastInput,
  forecasts: readonly NearTermForecast[],
): Pick<TonightReport, 'items' | 'unlikely' | 'unknown'> {
  const places = new Map(transformers.map((transformer) => [transformer.id, transformer]));
  const items: TonightItem[] = [];
  const unlikely: string[] = [];
  const unknown: TonightReport['unknown'][number][] = [];
  for (const { transformerId, unknownReason, days } of forecasts) {
    const { areaId, feederId, customers } = places.get(transformerId)!;
    if (unknownReason !== null) unknown.push({ transformerId, areaId, reason: unknownReason });
    else if (days.some(({ pLow }) => pLow >= LISTED_P_MIN)) {
      items.push({
        transformerId,
        areaId,
        feederId,
        customers,
        days: days.map(({ day, pLow, minHourV: { p10, p50, p90 } }) => ({
          day,
          pLow: rounded(pLow, 1000),
          p10V: rounded(p10, 10),
          p50V: rounded(p50, 10),
          p90V: rounded(p90, 10),
        })),
      });
    } else unlikely.push(transformerId);
  }
  return { items: items.toSorted(byUrgency), unlikely, unknown };
}

function byUrgency(a: TonightItem, b: TonightItem): number {
  const [first, second] = [a.days[0]!, b.days[0]!];
  return second.pLow - first.pLow || first.p50V - second.p50V || (a.transformerId < b.transformerId ? -1 : 1);
}

function rounded(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
