import type { SeasonContext } from './context.ts';
import { BINS, BINS_BELOW_LIMIT_V, BINS_PER_VOLT, LOW_BINS, type Draws } from './ensemble.ts';
import type { ModelChange, Quantiles, SeasonFan, SeasonOutcome, UnknownReason } from './forecast.ts';
import type { RawForecast, YearDays } from './parts.ts';
import { seasonBefore } from './past.ts';
import { quantileOfSorted } from './statistics.ts';
import type { TransformerModel } from './transformerFit.ts';
import { TAIL } from './voltageModel.ts';

/** From draws to what is said of them. */

const NO_QUANTILES: Readonly<Quantiles> = Object.freeze({ p05: NaN, p10: NaN, p50: NaN, p90: NaN, p95: NaN });

/** Of ascending values. */
export function quantilesOf(sorted: Float32Array): Quantiles {
  return {
    p05: quantileOfSorted(sorted, 0.05),
    p10: quantileOfSorted(sorted, 0.1),
    p50: quantileOfSorted(sorted, 0.5),
    p90: quantileOfSorted(sorted, 0.9),
    p95: quantileOfSorted(sorted, 0.95),
  };
}

/** The forecast of a transformer of which nothing can be said. */
export function unknownForecast(
  transformerId: string,
  unknownReason: UnknownReason,
  lowV: number,
  last: SeasonOutcome,
): RawForecast {
  return {
    transformerId,
    unknownReason,
    coveragePct: last.coveragePct,
    lowV,
    minimaV: new Float32Array(0),
    dayBinV: lowV - BINS_BELOW_LIMIT_V,
    dayBins: new Float32Array(0),
    yearDays: null,
    hoursFactor: 1,
    highestV: NaN,
    peakLoadPct: { p50: NaN, p90: NaN },
    estimatedTailV: null,
    physics: null,
    fan: null,
    lastMinV: last.minHourV,
    hindcastV: NaN,
    lastLowHours: last.lowHours,
  };
}

/** What the draws say; `physics` and fan only where they are asked for. */
export function rawForecast(
  model: TransformerModel,
  context: SeasonContext,
  draws: Draws,
  change: ModelChange,
  lowV: number,
  last: SeasonOutcome,
): RawForecast {
  const minimaV = draws.minimaV.slice().sort();
  const tailV = draws.tailMinimaV.slice().sort();
  const peakA = draws.peakA.slice().sort();
  const { transformer } = model;
  const kva = transformer.capacityKva ?? NaN;
  const toPct = ((100 * transformer.nominalV) / 1000 / kva) * change.transformerScale;
  const hasLoad = model.load.source !== 'none';
  const tailMeasured = model.channels[TAIL] !== null;
  return {
    ...unknownForecast(transformer.id, 'no-history', lowV, last),
    unknownReason: null,
    lastMinV: lastMinV(model, context),
    minimaV,
    dayBins: meanDayBins(draws),
    yearDays: meanYearDays(draws, model.station.years),
    highestV: highestV(model, context) + change.sourceShiftV,
    peakLoadPct: hasLoad
      ? { p50: quantileOfSorted(peakA, 0.5) * toPct, p90: quantileOfSorted(peakA, 0.9) * toPct }
      : { p50: NaN, p90: NaN },
    estimatedTailV: tailMeasured || Number.isNaN(tailV[0]!) ? null : quantilesOf(tailV),
  };
}

export function noQuantiles(): Quantiles {
  return { ...NO_QUANTILES };
}

function meanDayBins(draws: Draws): Float32Array {
  const mean = new Float32Array(BINS);
  for (let i = 0; i < draws.bins.length; i++) mean[i % BINS]! += draws.bins[i]! / draws.draws;
  return mean;
}

function meanYearDays({ yearBins, yearDraws }: Draws, years: readonly number[]): YearDays | null {
  if (yearBins.every((count) => count === 0)) return null;
  const cells = years.length * LOW_BINS;
  return {
    years,
    bins: Float32Array.from({ length: cells }, (_, i) => yearBins[i]! / yearDraws[Math.floor(i / LOW_BINS)]!),
  };
}

/** Lowest hour of the last same season, as it would have been on the last level, V. */
function lastMinV(model: TransformerModel, context: SeasonContext): number {
  const season = seasonBefore(context.season, 1);
  let min = Infinity;
  for (let day = season.firstDay; day <= season.lastDay; day++) {
    const value = model.worstV[day - context.firstDay] ?? NaN;
    if (value < min) min = value;
  }
  return min === Infinity ? NaN : min;
}

/** Highest reading of the same season in the last years, brought to the last level, V. */
function highestV(model: TransformerModel, context: SeasonContext): number {
  let highest = NaN;
  const { highestV: column } = model.history.columns;
  for (const day of context.poolDays) {
    const value = column[day + context.firstDay - model.history.firstDay]! + model.levelV[day]!;
    if (!(value <= highest)) highest = Number.isNaN(value) ? highest : value;
  }
  return highest;
}

/** Quantiles of the days of each week over all draws. */
export function seasonFan(context: SeasonContext, draws: Draws, lowV: number): SeasonFan {
  const { buckets: weeks } = draws;
  const { bucketDays } = context.horizon;
  const fan: SeasonFan = {
    weekDay: Int32Array.from({ length: weeks }, (_, week) => context.season.firstDay + week * bucketDays),
    p10V: new Float32Array(weeks),
    p50V: new Float32Array(weeks),
    p90V: new Float32Array(weeks),
  };
  for (let week = 0; week < weeks; week++) {
    const bins = draws.bins.subarray(week * BINS, (week + 1) * BINS);
    fan.p10V[week] = binQuantile(bins, 0.1, lowV);
    fan.p50V[week] = binQuantile(bins, 0.5, lowV);
    fan.p90V[week] = binQuantile(bins, 0.9, lowV);
  }
  return fan;
}

/** Quantile of a histogram of {@link Draws}, V. */
export function binQuantile(bins: Uint32Array, share: number, lowV: number): number {
  let total = 0;
  for (const count of bins) total += count;
  let left = share * total;
  for (let bin = 0; bin < bins.length; bin++) {
    const count = bins[bin]!;
    if (left <= count && count > 0) {
      return lowV - BINS_BELOW_LIMIT_V + (bin + left / count) / BINS_PER_VOLT;
    }
    left -= count;
  }
  return NaN;
}
