import type { ForecastInput, TransformerForecast } from '../../core/forecast/forecast.ts';
import type { SeasonForecast } from '../../core/forecast/parts.ts';
import type { Transformer } from '../../core/grid.ts';
import { measurePlan, type MeasurePlan, type MeasureSettings } from '../../core/measures/catalogue.ts';
import { findCause } from '../../core/measures/cause.ts';
import { chooseMeasure } from '../../core/measures/choose.ts';
import type { ForecastSession } from '../../ports.ts';
import type { Diagnosis } from './rows.ts';

interface Candidate {
  transformer: Transformer;
  forecast: TransformerForecast;
  neighbours: readonly TransformerForecast[];
  plan: MeasurePlan;
}

/** Cause of each transformer that is at risk or watched, and what each measure would make of its season. */
export async function diagnose(
  { transformers, options }: ForecastInput,
  { forecasts, calibration }: SeasonForecast,
  session: ForecastSession,
  settings: MeasureSettings,
  watch: { onProgress(share: number): void; signal: AbortSignal },
): Promise<Map<string, Diagnosis>> {
  const candidates = candidatesOf(transformers, forecasts, settings);
  const asked = new Map(
    candidates
      .filter(({ plan }) => plan.candidates.length > 0)
      .map(({ transformer, plan }) => [transformer.id, plan.candidates.map(({ change }) => change)]),
  );
  const answers = await session.alternatives(calibration, asked, watch);
  return new Map(
    candidates.map(({ transformer, forecast, neighbours, plan }) => {
      const { lowPu, highPu } = options;
      const after = answers.get(transformer.id);
      const tried = after === undefined ? { candidates: [], missing: plan.missing } : plan;
      const choice = chooseMeasure({ transformer, forecast, lowPu, highPu, settings }, tried, after ?? []);
      return [transformer.id, { cause: findCause({ transformer, forecast, neighbours, lowPu }), ...choice }];
    }),
  );
}

function candidatesOf(
  transformers: readonly Transformer[],
  forecasts: readonly TransformerForecast[],
  settings: MeasureSettings,
): Candidate[] {
  const feeders = Map.groupBy(forecasts, (_, i) => transformers[i]!.feederId);
  return transformers.flatMap((transformer, i) => {
    const forecast = forecasts[i]!;
    if (forecast.status !== 'at_risk' && forecast.status !== 'watch') return [];
    const neighbours = feeders.get(transformer.feederId)!.filter((other) => other !== forecast);
    return [{ transformer, forecast, neighbours, plan: measurePlan(transformer, forecast, settings) }];
  });
}
