import type { SeasonContext } from './context.ts';
import { LOAD_FEATURES } from './features.ts';
import type { FeederModel } from './feederModel.ts';
import { seasonBefore } from './past.ts';
import type { TransformerModel } from './transformerFit.ts';
import { ownDrop, sourceV, TAIL, VOLT, weatherDropV } from './voltageModel.ts';

/** Seasons looked back at, and days of one that must be measured. */
const SEASONS_MAX = 4;
const MEASURED_MIN_SHARE = 0.6;

/**
 * How far the lowest hours of past seasons came out under what the model expects of their days, weather and load known:
 * mean over the seasons, V (below zero as a rule: the worst day is worse than expected); NaN without a measured season.
 * What a transformer does on its worst days that the model does not know of is here, free of weather and growth.
 */
export function hindcastGapV(model: TransformerModel, feeder: FeederModel, context: SeasonContext): number {
  let sum = 0;
  let seasons = 0;
  for (let back = 1; back <= SEASONS_MAX; back++) {
    const gapV = seasonGapV(model, feeder, context, back);
    if (Number.isNaN(gapV)) continue;
    sum += gapV;
    seasons++;
  }
  return sum / seasons;
}

function seasonGapV(
  model: TransformerModel,
  feeder: FeederModel,
  context: SeasonContext,
  back: number,
): number {
  const season = seasonBefore(context.season, back);
  let measured = 0;
  let lowestV = Infinity;
  let expectedV = Infinity;
  const to = Math.min(season.lastDay - context.firstDay, context.days - 1);
  for (let d = Math.max(0, season.firstDay - context.firstDay); d <= to; d++) {
    const dayV = model.worstV[d]!;
    if (Number.isNaN(dayV) || model.station.known[d] === 0) continue;
    measured++;
    lowestV = Math.min(lowestV, dayV);
    expectedV = Math.min(expectedV, expectedDayV(model, feeder.modelledLoad[d]!, d));
  }
  const days = season.lastDay - season.firstDay + 1;
  return measured >= MEASURED_MIN_SHARE * days ? lowestV - expectedV : NaN;
}

/** Lowest hour of a day at the worst channel by the model alone, V. */
function expectedDayV(model: TransformerModel, feederLoad: number, d: number): number {
  const loadA = Math.exp(model.modelledLog[d]!);
  const row = d * LOAD_FEATURES;
  let lowestV = Infinity;
  for (let c = 0; c < model.channels.length; c++) {
    const channel = model.channels[c] ?? null;
    if (channel === null) continue;
    const share = c === TAIL ? Math.max(...model.share) : model.share[c]!;
    const v =
      sourceV(channel, model.station.history, row) -
      weatherDropV(channel, model.station.history, row) -
      ownDrop(channel.beta, share) * model.zVPerA * loadA -
      channel.beta[VOLT.feeder]! * feederLoad;
    if (v < lowestV) lowestV = v;
  }
  return lowestV;
}
