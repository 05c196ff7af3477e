import { calibrated, hoursByYear, learnCalibration, shiftOf, unknownDistribution } from './calibration.ts';
import type { ForecastInput, ReadinessStatus, SeasonFan, TransformerForecast } from './forecast.ts';
import {
  calibrationPairs,
  drawChanged,
  fitFeederSeason,
  forecastMembers,
  forecastUnchanged,
  seasonAt,
} from './feederForecast.ts';
import type {
  AlternativeDistributions,
  Alternatives,
  Calibration,
  FeederForecast,
  ForecastPriors,
  PooledPriors,
  RawForecast,
  SeasonForecast,
} from './parts.ts';
import { inputAt, seasonBefore } from './past.ts';
import { poolPriors } from './pooling.ts';
import type { Season } from './season.ts';

/** A run of the forecast: whole, or in the steps that threads can share. Deterministic from `options.seed`. */

/** Earlier seasons that a run is calibrated on, at most; each costs as much as the run. */
const CALIBRATION_SEASONS_MAX = 2;
/** History before the origin of a season that it takes for a forecast of it to mean something, days. */
const CALIBRATION_HISTORY_DAYS = 300;

/** The feeders of the input, each a piece of work of its own. */
export function feederIds(input: ForecastInput): string[] {
  return [...new Set(input.transformers.map((t) => t.feederId))].toSorted();
}

/** The part of an input that one thread needs for these feeders. */
export function inputOfFeeders(input: ForecastInput, feeders: ReadonlySet<string>): ForecastInput {
  const transformers = input.transformers.filter((t) => feeders.has(t.feederId));
  const ids = new Set(transformers.map((t) => t.id));
  return {
    ...input,
    transformers,
    versions: new Map([...input.versions].filter(([id]) => ids.has(id))),
    histories: new Map([...input.histories].filter(([id]) => ids.has(id))),
  };
}

/** Pooled coefficients, once for all feeders. */
export function prepareForecast(input: ForecastInput): ForecastPriors {
  const firstDay = Math.min(...[...input.histories.values()].map((history) => history.firstDay));
  const seasons = [input.season];
  for (let years = 1; years <= CALIBRATION_SEASONS_MAX; years++) {
    const earlier = seasonBefore(input.season, years);
    // Its outcome must have been known at our origin, and it must have had a past of its own.
    if (earlier.lastDay > input.season.originDay) continue;
    if (earlier.originDay - firstDay < CALIBRATION_HISTORY_DAYS) continue;
    seasons.push(earlier);
  }
  return {
    seasons: seasons.map((season) => {
      const at = seasonAt(input, season, firstDay);
      return { season, firstDay, priors: poolPriors(at.input, at.context) };
    }),
  };
}

/** The forecast of one feeder before calibration, and of earlier seasons to calibrate on. */
export function forecastFeeder(
  input: ForecastInput,
  { seasons }: ForecastPriors,
  feederId: string,
): FeederForecast {
  const [target, ...earlier] = seasons;
  const at = fitFeederSeason(input, target!, feederId);
  return {
    feederId,
    forecasts: forecastMembers(at, true),
    pairs: earlier.flatMap((season) => calibrationPairs(input, season, feederId)),
  };
}

/** Calibrates on the earlier seasons of all feeders and gives every transformer its status. */
export function finishForecast(
  input: ForecastInput,
  priors: ForecastPriors,
  feeders: readonly FeederForecast[],
): SeasonForecast {
  const calibration = learnCalibration(feeders.flatMap((feeder) => feeder.pairs));
  const raw = new Map(
    feeders.flatMap((feeder) => feeder.forecasts.map((forecast) => [forecast.transformerId, forecast])),
  );
  const pooled = priors.seasons[0]!.priors;
  return {
    season: input.season,
    calibration,
    forecasts: input.transformers.map(({ id }) => {
      const forecast = raw.get(id);
      if (forecast === undefined) throw new Error(`feeder of ${id} was not forecast`);
      return finished(forecast, calibration, pooled, input);
    }),
  };
}

function finished(
  raw: RawForecast,
  calibration: Calibration,
  priors: PooledPriors,
  { options }: ForecastInput,
): TransformerForecast {
  const { transformerId, unknownReason, coveragePct, estimatedTailV, physics } = raw;
  const described = { transformerId, unknownReason, coveragePct, estimatedTailV, physics };
  if (unknownReason !== null) {
    return { ...unknownDistribution(), ...described, status: 'unknown', fan: null };
  }
  const shiftV = shiftOf(raw, calibration.weights);
  const distribution = calibrated(raw, shiftV, calibration, priors);
  const status: ReadinessStatus =
    distribution.pLow >= options.atRiskP
      ? 'at_risk'
      : distribution.pLow >= options.watchP
        ? 'watch'
        : 'ready';
  const weatherYears = hoursByYear(raw, shiftV, distribution.expectedLowHours, priors);
  return {
    ...distribution,
    ...described,
    status,
    fan: shiftedFan(raw.fan, shiftV),
    ...(weatherYears.length > 0 && { weatherYears }),
  };
}

function shiftedFan(fan: SeasonFan | null, shiftV: number): SeasonFan | null {
  if (fan === null) return null;
  const shifted = (values: Float32Array): Float32Array => values.map((value) => value + shiftV);
  return { ...fan, p10V: shifted(fan.p10V), p50V: shifted(fan.p50V), p90V: shifted(fan.p90V) };
}

/**
 * The season again with each change, for transformers of one feeder; draws and calibration as in the run. Transformers
 * that are unknown, or of another feeder, are left out.
 */
export function forecastAlternatives(
  input: ForecastInput,
  { seasons }: ForecastPriors,
  calibration: Calibration,
  feederId: string,
  alternatives: Alternatives,
): AlternativeDistributions {
  const at = fitFeederSeason(input, seasons[0]!, feederId);
  const answers = at.feeder.models.flatMap((model) => {
    const changes = alternatives.get(model.transformer.id);
    if (changes === undefined || model.channels.every((channel) => channel === null)) return [];
    const shiftV = shiftOf(forecastUnchanged(at, model), calibration.weights);
    const seasonsChanged = changes.map((change) =>
      calibrated(drawChanged(at, model, change), shiftV, calibration, at.priors),
    );
    return [[model.transformer.id, seasonsChanged] as const];
  });
  return new Map(answers);
}

/** The whole run in this thread. */
export function forecastSeason(input: ForecastInput): SeasonForecast {
  const priors = prepareForecast(input);
  const feeders = feederIds(input).map((id) => forecastFeeder(input, priors, id));
  return finishForecast(input, priors, feeders);
}

/** The run as it would have been made at the origin of that season, registry included. */
export function backtestSeason(input: ForecastInput, season: Season): SeasonForecast {
  return forecastSeason(inputAt(input, season));
}
