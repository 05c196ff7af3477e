import type { BacktestReport } from '../../core/forecast/backtestReport.ts';
import { baselineForecasts } from '../../core/forecast/baselines.ts';
import { recordedBreaks, type LevelBreak } from '../../core/forecast/breaks.ts';
import type { ForecastInput, TransformerForecast } from '../../core/forecast/forecast.ts';
import { seasonOutcomes } from '../../core/forecast/outcome.ts';
import { inputAt, seasonBefore } from '../../core/forecast/past.ts';
import { scoreSeason } from '../../core/forecast/score.ts';
import type { Season } from '../../core/forecast/season.ts';
import { feederSums, summaryOfSums } from '../../core/forecast/sums.ts';
import { DAY_MS, type ZoneOffset } from '../../core/localTime.ts';
import { requireTransformers, type ForecastRunDeps } from './forecastRun.ts';
import { gatherInput } from './inputs.ts';
import type { RunWork } from './planner.ts';
import { rankedRows } from './rows.ts';
import { RunError } from './runError.ts';

/** The forecast of a season that was, from its origin, scored against what came, beside every baseline. */

const READ_SHARE = 0.3;

export interface BacktestRunDeps extends Omit<ForecastRunDeps, 'diagnose' | 'parts'> {
  crewCapacity: number;
}

export function backtestWork(deps: BacktestRunDeps): RunWork {
  return async (run, season, { onProgress, signal }) => {
    requireOver(season, deps);
    const span = { ...deps, season, lastDay: season.lastDay };
    const { input, inputs } = await gatherInput(span, deps, {
      signal,
      onProgress: (share) => onProgress(READ_SHARE * share),
    });
    requireTransformers(input);
    const { forecasts, report } = await backtest(input, deps, {
      signal,
      onProgress: (share) => onProgress(READ_SHARE + (1 - READ_SHARE) * share),
    });
    const rows = rankedRows(run.id, input, forecasts, new Map());
    await deps.database.readiness.putRows(run.id, rows);
    const sums = feederSums(rows);
    return { inputs, summary: summaryOfSums(sums, report.published), report, sums };
  };
}

/** Forecasts from the origin, baselines from the same days, and the score of both. */
export async function backtest(
  input: ForecastInput,
  {
    threads,
    options,
    crewCapacity,
    offset,
  }: Pick<BacktestRunDeps, 'threads' | 'options' | 'crewCapacity' | 'offset'>,
  watch: { onProgress(share: number): void; signal: AbortSignal },
): Promise<{ forecasts: readonly TransformerForecast[]; report: BacktestReport }> {
  const { season } = input;
  const then = inputAt(input, season);
  const session = await threads.open(then);
  let forecasts: readonly TransformerForecast[];
  try {
    ({ forecasts } = await session.run(watch));
  } finally {
    await session.close();
  }
  const feeders = new Map(then.transformers.map(({ id, feederId }) => [id, feederId]));
  const report = scoreSeason({
    season,
    forecasts,
    outcomes: seasonOutcomes(then, season, breaksOf(input, offset)),
    lastOutcomes: seasonOutcomes(then, seasonBefore(season, 1)),
    baselines: baselineForecasts(then),
    feederOf: (id) => feeders.get(id) ?? '',
    crewCapacity,
    alarmP: options.atRiskP,
    seed: options.seed,
  });
  return { forecasts, report };
}

/** A transformer that was changed after the origin is not the one that was forecast. */
function breaksOf({ versions }: ForecastInput, offset: ZoneOffset): Map<string, LevelBreak[]> {
  return new Map([...versions].map(([id, all]) => [id, recordedBreaks(all, offset)]));
}

function requireOver(season: Season, { clock, offset }: BacktestRunDeps): void {
  const nowMs = clock.nowMs();
  if (Math.floor((nowMs + offset(nowMs)) / DAY_MS) > season.lastDay) return;
  throw new RunError(
    { code: 'run-season-not-over', values: {} },
    `${season.id} is not over: a back-test scores a season that was measured.`,
  );
}
