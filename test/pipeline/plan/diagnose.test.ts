import { expect, it } from 'vitest';
import {
  FORECAST_OPTIONS,
  type ForecastInput,
  type ModelChange,
  type TransformerForecast,
} from '../../../server/core/forecast/forecast.ts';
import { parseSeason } from '../../../server/core/forecast/season.ts';
import { MEASURE_SETTINGS } from '../../../server/core/measures/catalogue.ts';
import { kindsOf } from '../../../server/core/measures/combine.ts';
import { diagnose } from '../../../server/pipeline/plan/diagnose.ts';
import { rankedRows } from '../../../server/pipeline/plan/rows.ts';
import { readinessCsv } from '../../../server/pipeline/plan/readinessTable.ts';
import type { ForecastSession } from '../../../server/ports.ts';
import { forecastOf, quantilesAround, rerunOf } from '../../core/measures/forecasts.ts';
import { transformer } from '../../core/timeline.ts';

const PLATE = {
  capacityKva: 200,
  tapPosition: 4,
  tapStepPct: 2.5,
  tapCount: 5,
  customers: 10,
  lvRadiusM: 600,
};
const UNEVEN = { phaseShare: [0.6, 0.2, 0.2] as [number, number, number], unbalancePct: 67, ownDropV: 22 };

function rig(forecasts: readonly TransformerForecast[]) {
  const input: ForecastInput = {
    season: parseSeason('summer-2031')!,
    transformers: forecasts.map(({ transformerId }) => transformer(transformerId, PLATE)),
    versions: new Map(),
    histories: new Map(),
    weather: new Map(),
    options: FORECAST_OPTIONS,
  };
  const calibration = { pairs: 0, weights: new Float64Array(0), addedSdV: 1, intercept: 0, slope: 1 };
  const byId = new Map(forecasts.map((forecast) => [forecast.transformerId, forecast]));
  const asked: (readonly (readonly [string, number])[])[] = [];
  const session: ForecastSession = {
    run: () => Promise.reject(new Error('is not run again')),
    close: () => Promise.resolve(),
    alternatives: (_calibration, alternatives, watch) => {
      asked.push([...alternatives].map(([id, changes]) => [id, changes.length]));
      const seasons = (id: string, changes: readonly ModelChange[]) => changes.map(rerunOf(byId.get(id)!));
      const answers = [...alternatives].map(([id, changes]) => [id, seasons(id, changes)] as const);
      watch.onProgress?.(1);
      return Promise.resolve(new Map(answers));
    },
  };
  const shares: number[] = [];
  const watch = {
    signal: new AbortController().signal,
    onProgress: (share: number) => void shares.push(share),
  };
  const forecast = { season: input.season, forecasts, calibration };
  return {
    input,
    forecasts,
    asked,
    shares,
    run: () => diagnose(input, forecast, session, MEASURE_SETTINGS, watch),
  };
}

const easy = forecastOf('T1', { minHourV: quantilesAround(196), highestV: 222 });
const hard = forecastOf('T2', { minHourV: quantilesAround(189), highestV: 222 }, UNEVEN);
const fine = forecastOf('T3', { status: 'ready', pLow: 0.01 });

it('tries pairs only on those for whom no measure suffices, after the measures themselves', async () => {
  const { run, asked, shares } = rig([easy, hard, fine]);
  const found = await run();
  expect([...found.keys()]).toEqual(['T1', 'T2']);
  expect(asked.map((ids) => ids.map(([id]) => id))).toEqual([['T1', 'T2'], ['T2']]);
  expect(found.get('T1')!.measures.every(({ second }) => second === undefined)).toBe(true);
  const { measures, recommended } = found.get('T2')!;
  expect(kindsOf(measures[recommended!]!)).toEqual(['tap', 'rebalance']);
  expect(shares.toSorted((a, b) => a - b)).toEqual(shares);
  expect(shares.at(-1)).toBe(1);
});

it('asks once where measures suffice, and says both names of a pair in the table', async () => {
  const one = rig([easy]);
  await one.run();
  expect(one.asked).toHaveLength(1);
  const { run, input, forecasts } = rig([hard]);
  const csv = readinessCsv(rankedRows('RUN', input, forecasts, await run()));
  expect(csv).toContain(',unbalance,tap+rebalance,');
});
