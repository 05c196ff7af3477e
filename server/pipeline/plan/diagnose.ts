import type { ForecastInput, SeasonDistribution, TransformerForecast } from '../../core/forecast/forecast.ts';
import type { AlternativeDistributions, SeasonForecast } from '../../core/forecast/parts.ts';
import {
  measurePlan,
  type Candidate as Measure,
  type MeasurePlan,
  type MeasureSettings,
} from '../../core/measures/catalogue.ts';
import { findCause } from '../../core/measures/cause.ts';
import {
  chooseMeasure,
  chooseWithPairs,
  pairsFor,
  type ChoiceInput,
  type MeasureChoice,
} from '../../core/measures/choose.ts';
import type { ForecastSession } from '../../ports.ts';
import type { Diagnosis } from './rows.ts';

/** Share of the progress that single measures take; pairs are tried on few. */
const SINGLE_SHARE = 0.8;

interface Candidate {
  input: ChoiceInput;
  neighbours: readonly TransformerForecast[];
  plan: MeasurePlan;
}

interface Watch {
  onProgress(share: number): void;
  signal: AbortSignal;
}

type Ask = (
  asked: readonly { id: string; measures: readonly Measure[] }[],
  watch: Watch,
) => Promise<AlternativeDistributions>;

/**
 * Cause of each transformer that is at risk or watched, and what each measure would make of its season; where none
 * suffices, what pairs of them would.
 */
export async function diagnose(
  grid: ForecastInput,
  { forecasts, calibration }: SeasonForecast,
  session: ForecastSession,
  settings: MeasureSettings,
  watch: Watch,
): Promise<Map<string, Diagnosis>> {
  const candidates = candidatesOf(grid, forecasts, settings);
  const ask: Ask = (asked, part) => {
    const changes = asked
      .filter(({ measures }) => measures.length > 0)
      .map(({ id, measures }) => [id, measures.map(({ change }) => change)] as const);
    return session.alternatives(calibration, new Map(changes), part);
  };
  const choices = await choose(candidates, ask, watch);
  return new Map(
    candidates.map(({ input, neighbours }, i) => [
      input.transformer.id,
      { cause: findCause({ ...input, neighbours }), ...choices[i]! },
    ]),
  );
}

async function choose(
  candidates: readonly Candidate[],
  ask: Ask,
  { onProgress, signal }: Watch,
): Promise<MeasureChoice[]> {
  const answers = await ask(
    candidates.map(({ input, plan }) => ({ id: input.transformer.id, measures: plan.candidates })),
    { signal, onProgress: (share) => onProgress(SINGLE_SHARE * share) },
  );
  const alone = candidates.map(({ input, plan }) => {
    const after = answers.get(input.transformer.id);
    // A plan that nobody answered was not tried.
    const tried = after === undefined ? { ...plan, candidates: [] } : plan;
    const choice = chooseMeasure(input, tried, after ?? []);
    return { id: input.transformer.id, after: after ?? [], choice, measures: pairsFor(input, tried, choice) };
  });
  const inPairs: ReadonlyMap<string, readonly SeasonDistribution[]> = alone.some(
    ({ measures }) => measures.length > 0,
  )
    ? await ask(alone, {
        signal,
        onProgress: (share) => onProgress(SINGLE_SHARE + (1 - SINGLE_SHARE) * share),
      })
    : new Map();
  onProgress(1);
  return alone.map(({ id, after, choice, measures }, i) => {
    const { input, plan } = candidates[i]!;
    const afterPairs = inPairs.get(id);
    return afterPairs === undefined ? choice : chooseWithPairs(input, plan, after, measures, afterPairs);
  });
}

function candidatesOf(
  { transformers, options, ownLimits }: ForecastInput,
  forecasts: readonly TransformerForecast[],
  settings: MeasureSettings,
): Candidate[] {
  const feeders = Map.groupBy(forecasts, (_, i) => transformers[i]!.feederId);
  return transformers.flatMap((transformer, i) => {
    const forecast = forecasts[i]!;
    if (forecast.status !== 'at_risk' && forecast.status !== 'watch') return [];
    const neighbours = feeders.get(transformer.feederId)!.filter((other) => other !== forecast);
    const { id, nominalV } = transformer;
    const own = ownLimits?.get(id);
    const lowPu = own === undefined ? options.lowPu : own.lowV / nominalV;
    const highPu = own === undefined ? options.highPu : own.highV / nominalV;
    const input = { transformer, forecast, lowPu, highPu, settings };
    return [{ input, neighbours, plan: measurePlan(transformer, forecast, settings) }];
  });
}
