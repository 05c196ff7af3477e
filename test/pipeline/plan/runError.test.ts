import { describe, expect, it } from 'vitest';
import { FORECAST_OPTIONS } from '../../../server/core/forecast/forecast.ts';
import { SEASON_WINDOWS, seasonOf } from '../../../server/core/forecast/season.ts';
import { backtestWork, type BacktestRunDeps } from '../../../server/pipeline/plan/backtestRun.ts';
import { sensitivityWork } from '../../../server/pipeline/plan/forecastRun.ts';
import { RunError } from '../../../server/pipeline/plan/runError.ts';
import { runOf } from '../../fixtures/readiness.ts';
import { gridModel, transformer } from '../../http/deps.ts';

const SEASON = seasonOf('summer', 2027);
const AFTER_MS = Date.UTC(2027, 11, 1);

interface Given {
  nowMs?: number;
  ids?: readonly string[];
  /** What the last back-test said is to be published. */
  published?: string;
  dailies?: () => Promise<readonly never[]>;
}

function depsOf({
  nowMs = AFTER_MS,
  ids = ['T1'],
  published,
  dailies = async () => [],
}: Given): BacktestRunDeps {
  const model = gridModel(ids.map((id) => transformer(id)));
  const scored = published === undefined ? [] : [runOf('B', { kind: 'backtest', report: { published } })];
  const deps = {
    clock: { nowMs: () => nowMs },
    offset: () => 0,
    database: {
      registry: { load: async () => model, changedNameplates: async () => [] },
      weather: { stations: async () => [], forecastStations: async () => [] },
      readiness: { list: async () => scored },
    },
    store: { dailies },
    windows: SEASON_WINDOWS,
    options: FORECAST_OPTIONS,
    limitsOf: () => ({ lowV: 198, highV: 235.4 }),
    historyYears: 1,
    weatherYears: 1,
    program: 'test',
  };
  return deps as unknown as BacktestRunDeps;
}

const watch = { onProgress: () => undefined, signal: new AbortController().signal };

async function whyNot(given: Given, workOf: typeof backtestWork | typeof sensitivityWork = backtestWork) {
  const work = workOf(depsOf(given) as never);
  const error: unknown = await work(runOf('R'), SEASON, watch).catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(RunError);
  return error as RunError;
}

describe('a run that cannot be made says why, for the pages and in English', () => {
  it('for no transformer, or no history', async () => {
    expect(await whyNot({ ids: [] })).toMatchObject({ notice: { code: 'run-no-transformer', values: {} } });
    expect(await whyNot({})).toMatchObject({
      message: expect.stringContaining('No history is stored') as string,
      notice: { code: 'run-no-history', values: {} },
    });
  });

  it('for a back-test of a season that is not over', async () => {
    const nowMs = Date.UTC(2027, 6, 1);
    expect(await whyNot({ nowMs })).toMatchObject({
      message: expect.stringContaining('summer-2027 is not over') as string,
      notice: { code: 'run-season-not-over', values: {} },
    });
  });

  it('for other weather where a baseline is published', async () => {
    expect(await whyNot({ published: 'last-label' }, sensitivityWork)).toMatchObject({
      message: 'The published baseline "last-label" knows no weather.',
      notice: { code: 'run-baseline-no-weather', values: {} },
    });
  });

  it('for a store that does not answer, with what it said', async () => {
    const cause = new Error('connect ECONNREFUSED');
    expect(await whyNot({ dailies: () => Promise.reject(cause) })).toMatchObject({
      message: 'History could not be read from the store: connect ECONNREFUSED',
      notice: { code: 'run-store-failed', values: { error: 'connect ECONNREFUSED' } },
      cause,
    });
  });
});
