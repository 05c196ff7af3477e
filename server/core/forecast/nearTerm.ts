import { BINS, BINS_BELOW_LIMIT_V, BINS_PER_VOLT } from './ensemble.ts';
import { drawChanged, fitFeederSeason, seasonAt } from './feederForecast.ts';
import { NO_CHANGE, type ForecastInput, type Quantiles, type UnknownReason } from './forecast.ts';
import { worstMinHourV } from './history.ts';
import type { SeasonPriors } from './parts.ts';
import { poolPriors } from './pooling.ts';
import { binQuantile } from './rawForecast.ts';
import type { Season } from './season.ts';
import { lowLimitV } from './supplyLimits.ts';
import { TONIGHT_DAYS } from './tonight.ts';
import type { TransformerModel } from './transformerFit.ts';

/**
 * The next three days: the season's models with the weather that is forecast (days after the origin in the input's
 * weather) and with loads and levels as they are now.
 */

/** Measured days that it takes among the last ones to know how things stand. */
const RECENT_DAYS = 14;
const RECENT_DAYS_MIN = 4;

export interface NearTermDay {
  /** Local day. */
  day: number;
  /** Probability of a low clock hour on it. */
  pLow: number;
  /** Its lowest 1-hour mean of any measured point, V. */
  minHourV: Quantiles;
}

export interface NearTermForecast {
  transformerId: string;
  unknownReason: UnknownReason | null;
  /** Empty where unknown. */
  days: readonly NearTermDay[];
}

/** The three days after the season's origin, as a season of their own. */
function nearSeason({ season }: ForecastInput): Season {
  const { originDay } = season;
  return { ...season, id: `near-${originDay}`, firstDay: originDay + 1, lastDay: originDay + TONIGHT_DAYS };
}

/** Pooled coefficients, once for all feeders; `season.originDay` of the input is yesterday. */
export function prepareNearTerm(input: ForecastInput): SeasonPriors {
  const season = nearSeason(input);
  const firstDay = Math.min(...[...input.histories.values()].map((history) => history.firstDay));
  const at = seasonAt(input, season, firstDay);
  return { season, firstDay, priors: poolPriors(at.input, at.context) };
}

/** The next days of the transformers of one feeder, in the order of the input. */
export function nearTermOfFeeder(
  input: ForecastInput,
  priors: SeasonPriors,
  feederId: string,
): NearTermForecast[] {
  const at = fitFeederSeason(input, priors, feederId);
  const models = new Map(at.feeder.models.map((model) => [model.transformer.id, model]));
  const { season } = priors;
  return at.members.map((transformer) => {
    const { id: transformerId } = transformer;
    const model = models.get(transformerId);
    const unknownReason = whyUnknown(at.context.stations.size > 0, model, season);
    if (unknownReason !== null || model === undefined) {
      return { transformerId, unknownReason: unknownReason ?? 'no-history', days: [] };
    }
    drawChanged(at, model, NO_CHANGE);
    const lowV = lowLimitV(transformer, input);
    const days = Array.from({ length: TONIGHT_DAYS }, (_, d) =>
      dayOf(season.firstDay + d, at.draws.bins.subarray(d * BINS, (d + 1) * BINS), lowV),
    );
    return { transformerId, unknownReason: null, days };
  });
}

function dayOf(day: number, bins: Uint32Array, lowV: number): NearTermDay {
  let total = 0;
  let low = 0;
  for (let bin = 0; bin < BINS; bin++) {
    total += bins[bin]!;
    if (bin < BINS_BELOW_LIMIT_V * BINS_PER_VOLT) low += bins[bin]!;
  }
  const at = (share: number): number => binQuantile(bins, share, lowV);
  const minHourV = { p05: at(0.05), p10: at(0.1), p50: at(0.5), p90: at(0.9), p95: at(0.95) };
  return { day, pLow: low / total, minHourV };
}

function whyUnknown(
  hasWeather: boolean,
  model: TransformerModel | undefined,
  { originDay }: Season,
): UnknownReason | null {
  if (!hasWeather) return 'no-weather';
  if (model === undefined || model.channels.every((channel) => channel === null)) return 'no-history';
  let measured = 0;
  for (let back = 0; back < RECENT_DAYS; back++) {
    const at = originDay - back - model.history.firstDay;
    if (!Number.isNaN(worstMinHourV(model.history, at))) measured++;
  }
  return measured >= RECENT_DAYS_MIN ? null : 'low-coverage';
}
