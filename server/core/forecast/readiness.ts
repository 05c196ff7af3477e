import type { ForecastInput } from './forecast.ts';
import type {
  AlternativeDistributions,
  Alternatives,
  Calibration,
  FeederForecast,
  ForecastPriors,
  SeasonForecast,
} from './parts.ts';
import type { Season } from './season.ts';

/** A run of the forecast: whole, or in the steps that threads can share. Deterministic from `options.seed`. */

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
export function prepareForecast(_input: ForecastInput): ForecastPriors {
  throw new Error('not yet');
}

/** The forecast of one feeder before calibration, and of earlier seasons to calibrate on. */
export function forecastFeeder(
  _input: ForecastInput,
  _priors: ForecastPriors,
  _feederId: string,
): FeederForecast {
  throw new Error('not yet');
}

/** Calibrates on the earlier seasons of all feeders and gives every transformer its status. */
export function finishForecast(_input: ForecastInput, _feeders: readonly FeederForecast[]): SeasonForecast {
  throw new Error('not yet');
}

/** The season again with each change, for the transformers of one feeder; draws and calibration as in the run. */
export function forecastAlternatives(
  _input: ForecastInput,
  _priors: ForecastPriors,
  _calibration: Calibration,
  _feederId: string,
  _alternatives: Alternatives,
): AlternativeDistributions {
  throw new Error('not yet');
}

/** The whole run in this thread. */
export function forecastSeason(input: ForecastInput): SeasonForecast {
  const priors = prepareForecast(input);
  return finishForecast(
    input,
    feederIds(input).map((id) => forecastFeeder(input, priors, id)),
  );
}

/** The run as it would have been made at the origin of that season, registry included. */
export function backtestSeason(input: ForecastInput, season: Season): SeasonForecast {
  return forecastSeason({ ...input, season });
}
