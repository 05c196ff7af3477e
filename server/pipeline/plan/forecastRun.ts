import type { BacktestReport } from '../../core/forecast/backtestReport.ts';
import { baselineForecasts } from '../../core/forecast/baselines.ts';
import { withBaseline } from '../../core/forecast/published.ts';
import type { ForecastInput, ForecastOptions, TransformerForecast } from '../../core/forecast/forecast.ts';
import type { SeasonForecast } from '../../core/forecast/parts.ts';
import type { ReadinessRun } from '../../core/forecast/run.ts';
import { seasonOf, type Season, type SeasonWindows } from '../../core/forecast/season.ts';
import { feederSums, seenSeasons, summaryOfSums } from '../../core/forecast/sums.ts';
import type { Database, ForecastSession, ForecastThreads, PartsStore } from '../../ports.ts';
import { gatherInput, type GatherDeps } from './inputs.ts';
import type { RunWork } from './planner.ts';
import { rankedRows, type Diagnosis } from './rows.ts';
import { RunError } from './runError.ts';

/** The forecast of a season to come: history in, models and ensemble in threads, causes and measures, ranking out. */

/** Shares of the work: reading, forecasting, measures. */
const READ_SHARE = 0.3;
const FORECAST_SHARE = 0.5;

export interface ForecastRunDeps extends GatherDeps {
  database: GatherDeps['database'] & Pick<Database, 'readiness'>;
  threads: ForecastThreads;
  parts: PartsStore;
  clock: GatherDeps['clock'] & { nowMs(): number };
  options: ForecastOptions;
  windows: SeasonWindows;
  historyYears: number;
  weatherYears: number;
  /** Cause and measures of those at risk. */
  diagnose(
    input: ForecastInput,
    forecast: SeasonForecast,
    session: ForecastSession,
    watch: { onProgress(share: number): void; signal: AbortSignal },
  ): Promise<Map<string, Diagnosis>>;
}

export function forecastWork(deps: ForecastRunDeps): RunWork {
  return async (run, season, watch) => {
    const report = await lastReport(deps, season);
    const published = report?.published ?? 'model';
    const { inputs, sums, seen } = await forecastRows(
      { run, season, published, forecastShare: FORECAST_SHARE },
      deps,
      watch,
    );
    return { inputs, summary: summaryOfSums(sums, published), report, sums, seen };
  };
}

/**
 * The season with every weather year warmer or colder by `run.addedK`: the same history, draws and calibration, no measures.
 * What differs from the forecast is the weather alone, so it is made only of what knows weather.
 */
export function sensitivityWork(deps: Omit<ForecastRunDeps, 'diagnose'>): RunWork {
  return async (run, season, watch) => {
    const published = (await lastReport(deps, season))?.published ?? 'model';
    if (published !== 'model') {
      throw new RunError(
        { code: 'run-baseline-no-weather', values: {} },
        `The published baseline "${published}" knows no weather.`,
      );
    }
    const warmingK = deps.options.warmingK + (run.addedK ?? 0);
    const shifted = { ...deps, options: { ...deps.options, warmingK }, diagnose: async () => new Map() };
    const wish = { run, season, published, forecastShare: 1 - READ_SHARE };
    const { inputs, sums } = await forecastRows(wish, shifted, watch);
    return { inputs, summary: summaryOfSums(sums, published), report: null, sums };
  };
}

/** Makes the rows of the run and keeps them. */
async function forecastRows(
  wish: { run: ReadinessRun; season: Season; published: string; forecastShare: number },
  deps: ForecastRunDeps,
  { onProgress, signal }: Parameters<RunWork>[2],
) {
  const { run, season, published, forecastShare } = wish;
  const span = { ...deps, season, lastDay: season.originDay };
  const { input, inputs } = await gatherInput(span, deps, {
    signal,
    onProgress: (share) => onProgress(READ_SHARE * share),
  });
  requireTransformers(input);
  const session = await deps.threads.open(input);
  try {
    const limits = [...(input.ownLimits ?? [])];
    const of = JSON.stringify([inputs.historyChecksum, season, deps.options, limits]);
    const parts = deps.parts.of(run.id, of);
    const forecast = await session.run(
      { signal, onProgress: (share) => onProgress(READ_SHARE + forecastShare * share) },
      parts,
    );
    const before = READ_SHARE + forecastShare;
    const diagnoses = await deps.diagnose(input, forecast, session, {
      signal,
      onProgress: (share) => onProgress(before + (1 - before) * share),
    });
    const rows = rankedRows(run.id, input, publishedForecasts(input, forecast, published), diagnoses);
    await deps.database.readiness.putRows(run.id, rows);
    await deps.parts.clear(run.id);
    return { inputs, sums: feederSums(rows), seen: seenSeasons(input) };
  } finally {
    await session.close();
  }
}

/** The model's, or those of the baseline that was better in the back-test. */
function publishedForecasts(
  input: ForecastInput,
  { forecasts }: SeasonForecast,
  published: string,
): readonly TransformerForecast[] {
  if (published === 'model') return forecasts;
  const winner = baselineForecasts(input).find(({ name }) => name === published);
  return winner === undefined ? forecasts : withBaseline(forecasts, winner, input.options);
}

/** The newest back-test of the season of the same kind a year before: how well this would have done. */
async function lastReport(
  { database, windows }: Pick<ForecastRunDeps, 'database' | 'windows'>,
  { kind, year }: Season,
): Promise<BacktestReport | null> {
  const seasonId = seasonOf(kind, year - 1, windows).id;
  const [run] = await database.readiness.list({ kind: 'backtest', seasonId, state: 'done', limit: 1 });
  return (run?.report ?? null) as BacktestReport | null;
}

/** @throws RunError when there is nothing to forecast. */
export function requireTransformers({ transformers, histories }: ForecastInput): void {
  if (transformers.length === 0) {
    throw new RunError(
      { code: 'run-no-transformer', values: {} },
      'No transformer is registered: import a registry first.',
    );
  }
  if (histories.size === 0) {
    throw new RunError(
      { code: 'run-no-history', values: {} },
      'No history is stored before the origin of the season: import history, or wait for it.',
    );
  }
}
