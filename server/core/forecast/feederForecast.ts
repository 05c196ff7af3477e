import type { Transformer } from '../grid.ts';
import { seasonContext, type SeasonContext } from './context.ts';
import { Draws, drawSeason, feederSeasonLoad } from './ensemble.ts';
import { fitFeeder, type FeederModel } from './feederModel.ts';
import { NO_CHANGE, type ForecastInput, type ModelChange, type UnknownReason } from './forecast.ts';
import { hindcastGapV } from './hindcast.ts';
import { ownHoursFactor } from './lowHours.ts';
import type { CalibrationPair, PooledPriors, RawForecast, SeasonPriors } from './parts.ts';
import { inputAt, measuredSeason, seasonBefore } from './past.ts';
import { fittedPhysics, lightLoadV } from './physics.ts';
import { rawForecast, seasonFan, unknownForecast } from './rawForecast.ts';
import type { Season } from './season.ts';
import { median, quantileOfSorted } from './statistics.ts';
import { lowLimitV } from './supplyLimits.ts';
import type { TransformerModel } from './transformerFit.ts';

/** One season of one feeder, before calibration. */

/** Fewest days with load or voltage that a model is made from. */
const VOLTAGE_DAYS_MIN = 60;

/** What a run has in common, made once for each season and thread. */
const contexts = new WeakMap<ForecastInput, Map<string, { input: ForecastInput; context: SeasonContext }>>();

/** Input and context as of the origin of a season; kept with the input that they come from. */
export function seasonAt(
  input: ForecastInput,
  season: Season,
  firstDay: number,
): { input: ForecastInput; context: SeasonContext } {
  let kept = contexts.get(input);
  if (kept === undefined) contexts.set(input, (kept = new Map()));
  let at = kept.get(season.id);
  if (at === undefined) {
    const earlier = inputAt(season.id === input.season.id ? input : asItWas(input), season);
    kept.set(season.id, (at = { input: earlier, context: seasonContext(earlier, season, firstDay) }));
  }
  return at;
}

/** Earlier seasons had the weather that they had: what is learned from them must not take a warming back. */
function asItWas(input: ForecastInput): ForecastInput {
  return { ...input, options: { ...input.options, warmingK: 0 } };
}

export interface FeederSeason {
  input: ForecastInput;
  context: SeasonContext;
  priors: PooledPriors;
  members: readonly Transformer[];
  feeder: FeederModel;
  feederLoad: Float64Array;
  draws: Draws;
  /** {@link RawForecast.hoursFactor} of each transformer that has a model. */
  hoursFactors: ReadonlyMap<string, number>;
}

export function fitFeederSeason(
  whole: ForecastInput,
  { season, firstDay, priors }: SeasonPriors,
  feederId: string,
): FeederSeason {
  const { input, context } = seasonAt(whole, season, firstDay);
  // Who hangs on the feeder at the origin of the run, also when the season is an earlier one: a thread has no others.
  const members = input.transformers.filter((_, i) => whole.transformers[i]!.feederId === feederId);
  const feeder = fitFeeder(input, context, members, priors);
  const scenarios = Math.max(1, ...[...context.stations.values()].map((s) => s.scenarios));
  const feederLoad = feederSeasonLoad(feeder, context, scenarios);
  const hoursFactors = new Map(
    feeder.models.map(({ transformer, history }) => [
      transformer.id,
      ownHoursFactor(history, lowLimitV(transformer, input), context, priors.lowHours),
    ]),
  );
  const draws = new Draws(context, scenarios);
  return { input, context, priors, members, feeder, feederLoad, draws, hoursFactors };
}

/** Every member of the feeder, unknown ones too; physics and fan only where `isFull`. */
export function forecastMembers(at: FeederSeason, isFull: boolean): RawForecast[] {
  const models = new Map(at.feeder.models.map((model) => [model.transformer.id, model]));
  const lightV = isFull ? at.feeder.models.map((model) => lightLoadV(model, at.context)) : [];
  const neighboursV = median(lightV);
  const lightOffsetV = new Map(
    at.feeder.models.map((model, i) => [model.transformer.id, lightV[i]! - neighboursV]),
  );
  const feederPeak = isFull ? medianPeak(at.feederLoad, at.context.seasonDays) : NaN;
  return at.members.map((transformer) => {
    const lowV = lowLimitV(transformer, at.input);
    const last = measuredSeason(at.input, transformer, seasonBefore(at.context.season, 1));
    const model = models.get(transformer.id);
    const reason = whyUnknown(at, transformer, model, last.coveragePct);
    if (reason !== null || model === undefined) {
      return unknownForecast(transformer.id, reason ?? 'no-history', lowV, last);
    }
    const forecast = forecastUnchanged(at, model);
    if (!isFull) return forecast;
    const peakA = quantileOfSorted(at.draws.peakA.slice().sort(), 0.5);
    const offsetV = lightOffsetV.get(transformer.id)!;
    const physics = fittedPhysics(model, at.context, peakA, feederPeak, offsetV);
    return { ...forecast, physics, fan: seasonFan(at.context, at.draws, lowV) };
  });
}

/** Median over the scenarios of the feeder's highest load. */
function medianPeak(feederLoad: Float64Array, seasonDays: number): number {
  const peaks: number[] = [];
  for (let from = 0; from < feederLoad.length; from += seasonDays) {
    peaks.push(Math.max(...feederLoad.subarray(from, from + seasonDays)));
  }
  return median(peaks);
}

/** The season of one transformer as it is. */
export function forecastUnchanged(at: FeederSeason, model: TransformerModel): RawForecast {
  const forecast = drawChanged(at, model, NO_CHANGE);
  const drawnGapV =
    quantileOfSorted(forecast.minimaV, 0.5) - quantileOfSorted(at.draws.expectedMinimaV.slice().sort(), 0.5);
  return { ...forecast, hindcastV: hindcastGapV(model, at.feeder, at.context) - drawnGapV };
}

/** The season of one transformer with a change of its model. */
export function drawChanged(at: FeederSeason, model: TransformerModel, change: ModelChange): RawForecast {
  const { context, draws } = at;
  const lowV = lowLimitV(model.transformer, at.input);
  const last = measuredSeason(at.input, model.transformer, seasonBefore(context.season, 1));
  drawSeason(model, at.feederLoad, context, at.priors, change, lowV, draws);
  const hoursFactor = at.hoursFactors.get(model.transformer.id)!;
  return { ...rawForecast(model, context, draws, change, lowV, last), hoursFactor };
}

/** An earlier season as forecast from its origin, with what came of it. */
export function calibrationPairs(
  whole: ForecastInput,
  earlier: SeasonPriors,
  feederId: string,
): CalibrationPair[] {
  const { season } = earlier;
  const at = fitFeederSeason(whole, earlier, feederId);
  const forecasts = forecastMembers(at, false);
  return at.members.flatMap((transformer, i) => {
    const forecast = forecasts[i]!;
    const outcome = measuredSeason(whole, transformer, season);
    if (forecast.unknownReason !== null || outcome.low === null) return [];
    const pair = { seasonId: season.id, forecast, minHourV: outcome.minHourV, low: outcome.low };
    return [{ ...pair, forecast: { ...forecast, dayBins: new Float32Array(0), yearDays: null } }];
  });
}

function whyUnknown(
  at: FeederSeason,
  transformer: Transformer,
  model: TransformerModel | undefined,
  coveragePct: number,
): UnknownReason | null {
  if (!at.input.histories.has(transformer.id)) return 'no-history';
  if (at.context.stations.size === 0) return 'no-weather';
  if (model === undefined || model.channels.every((c) => c === null || c.days < VOLTAGE_DAYS_MIN)) {
    return 'no-history';
  }
  return coveragePct < at.input.options.coverageMinPct ? 'low-coverage' : null;
}
