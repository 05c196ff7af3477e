import type { Baseline, BaselinePrediction } from './baselines.ts';
import type { ForecastOptions, Quantiles, TransformerForecast } from './forecast.ts';

/** What is published when a baseline was better in the back-test: its words, in the shape of a forecast. */

/** Standard normal quantiles of 0.95 and 0.9: where a baseline says the former, the latter lies this far out. */
const Z95 = 1.644854;
const Z90 = 1.281552;

/**
 * Forecasts with the baseline's probability, hours and voltage; what only the model knows (fan, physics, load) stays.
 * A transformer that is unknown stays unknown: a baseline speaks of it, but from too little data.
 */
export function withBaseline(
  forecasts: readonly TransformerForecast[],
  { predictions }: Baseline,
  { atRiskP, watchP }: Pick<ForecastOptions, 'atRiskP' | 'watchP'>,
): TransformerForecast[] {
  return forecasts.map((forecast) => {
    const prediction = predictions.get(forecast.transformerId);
    if (forecast.status === 'unknown' || prediction === undefined) return forecast;
    const { pLow, lowHours, minHourV } = prediction;
    const { weatherYears: _, ...said } = forecast;
    return {
      ...said,
      pLow,
      expectedLowHours: lowHours,
      minHourV: minHourV === null ? forecast.minHourV : quantilesOf(minHourV),
      status: pLow >= atRiskP ? 'at_risk' : pLow >= watchP ? 'watch' : 'ready',
    };
  });
}

function quantilesOf({ p05, p50, p95 }: NonNullable<BaselinePrediction['minHourV']>): Quantiles {
  const inner = Z90 / Z95;
  return { p05, p10: p50 - (p50 - p05) * inner, p50, p90: p50 + (p95 - p50) * inner, p95 };
}
