import type { BacktestReport } from '../../server/core/forecast/backtestReport.ts';
import { baselineForecasts, type Baseline } from '../../server/core/forecast/baselines.ts';
import type {
  DailyWeather,
  ForecastInput,
  SeasonOutcome,
  TransformerForecast,
} from '../../server/core/forecast/forecast.ts';
import { seasonOutcomes } from '../../server/core/forecast/outcome.ts';
import type { FeederForecast } from '../../server/core/forecast/parts.ts';
import { seasonBefore } from '../../server/core/forecast/past.ts';
import {
  feederIds,
  finishForecast,
  forecastFeeder,
  forecastSeason,
  inputOfFeeders,
  prepareForecast,
} from '../../server/core/forecast/readiness.ts';
import { scoreSeason } from '../../server/core/forecast/score.ts';
import { ORDINARY_FAULTS } from '../../simulator/seasons/deviceFaults.ts';
import { buildSeasonGrid, WEATHER_YEARS_MIN } from '../../simulator/seasons/buildSeasonGrid.ts';
import type { SeasonGrid } from '../../simulator/seasons/seasonGrid.ts';
import { seasonTruth } from '../../simulator/seasons/seasonTruth.ts';
import type { StationWeather } from '../../simulator/seasons/weatherYears.ts';
import { seasonInput } from '../simulation/seasonInput.ts';

/** What the forecast is worth on simulated grids that it was not tuned on: each scored alone, then all together. */

export interface ProofGrid {
  seed: number;
  transformers: number;
  season: string;
}

/** Grids that models are tuned on: anybody may look at these as often as he likes. */
const TUNING_SEEDS = { first: 1, last: 10 } as const;
/** Grids that are run only to write the document. A change of a model after that needs new ones. */
const HELD_BACK_SEEDS = { first: 601, last: 612 } as const;

/** Sizes and seasons in the order of the seeds; tuning takes the first ones. */
const GRIDS = [
  [300, 'summer-2026'],
  [400, 'winter-2025'],
  [500, 'summer-2026'],
  [600, 'winter-2025'],
  [300, 'summer-2026'],
  [300, 'winter-2025'],
  [800, 'summer-2026'],
  [400, 'summer-2026'],
  [1000, 'summer-2026'],
  [500, 'winter-2025'],
  [600, 'summer-2026'],
  [2000, 'summer-2026'],
] as const;

export const TUNING = gridsOf(TUNING_SEEDS);
export const HELD_BACK = gridsOf(HELD_BACK_SEEDS);

function gridsOf({ first, last }: { first: number; last: number }): readonly ProofGrid[] {
  return GRIDS.slice(0, last - first + 1).map(([transformers, season], i) => ({
    seed: first + i,
    transformers,
    season,
  }));
}

const HISTORY_YEARS = 3;
const CREWS = 30;
const FOLDS = 5;
const ALARM_P = 0.5;

/** One grid with what was said of it. */
export interface ProofCase {
  grid: ProofGrid;
  forecasts: readonly TransformerForecast[];
  baselines: readonly Baseline[];
  truth: ReadonlyMap<string, SeasonOutcome>;
  last: ReadonlyMap<string, SeasonOutcome>;
  feeders: ReadonlyMap<string, string>;
  customers: ReadonlyMap<string, number>;
  /** Seconds of processor time of the forecast. */
  cpuSeconds: number;
}

export interface ProofOptions {
  wrongNameplateEvery?: number;
  /** Priors and calibration of a feeder come from the others alone. */
  leavesFeederOut?: boolean;
  /** The weather of the unseen season is known: an upper bound, not a forecast. */
  perfectWeather?: boolean;
  measured?: MeasuredWeather;
}

/** Weather that was measured: the grid lives in it, and the forecast knows of no other. */
export interface MeasuredWeather {
  hourly: StationWeather;
  daily: DailyWeather;
  /** Years of history of the grid. */
  historyYears: number;
}

export function proofCase(grid: ProofGrid, options: ProofOptions = {}): ProofCase {
  return caseOf(grid, proofInput(grid, options), options.leavesFeederOut);
}

/** The forecast of that input, beside the baselines and the truth. */
export function caseOf(
  grid: ProofGrid,
  { simulated, input }: { simulated: SeasonGrid; input: ForecastInput },
  leavesFeederOut = false,
): ProofCase {
  const startCpu = process.cpuUsage();
  const forecasts = leavesFeederOut ? leaveFeedersOut(input) : forecastSeason(input).forecasts;
  const { user, system } = process.cpuUsage(startCpu);
  return { grid, forecasts, ...sayings(input), truth: truthOf(simulated), cpuSeconds: (user + system) / 1e6 };
}

/** The grid, and what the forecast is made from. */
export function proofInput(
  grid: ProofGrid,
  { wrongNameplateEvery = 0, perfectWeather = false, measured }: ProofOptions,
): { simulated: SeasonGrid; input: ForecastInput } {
  const simulated = buildSeasonGrid({
    ...grid,
    historyYears: measured?.historyYears ?? HISTORY_YEARS,
    ...(measured === undefined ? {} : { measuredWeather: measured.hourly, weatherYears: WEATHER_YEARS_MIN }),
    faults: { ...ORDINARY_FAULTS, wrongNameplateEvery },
  });
  const seen = seasonInput(simulated);
  const weather =
    measured === undefined
      ? seen.weather
      : new Map(simulated.stations.map((stationId) => [stationId, { ...measured.daily, stationId }]));
  return { simulated, input: { ...seen, weather, options: { ...seen.options, perfectWeather } } };
}

/** From the physics: nothing of it was seen by a device. */
function truthOf(grid: SeasonGrid): Map<string, SeasonOutcome> {
  return new Map(
    seasonTruth(grid, grid.season).map(({ transformerId, low, lowHours, minHourV }) => [
      transformerId,
      { transformerId, low, lowHours, minHourV, coveragePct: 100 },
    ]),
  );
}

function sayings(input: ForecastInput) {
  const { season, transformers } = input;
  return {
    baselines: baselineForecasts(input),
    last: seasonOutcomes(input, seasonBefore(season, 1)),
    feeders: new Map(transformers.map(({ id, feederId }) => [id, feederId])),
    customers: new Map(transformers.map(({ id, customers }) => [id, customers])),
  };
}

function leaveFeedersOut(input: ForecastInput): readonly TransformerForecast[] {
  const feeders = feederIds(input);
  const forecasts = new Map<string, TransformerForecast>();
  for (let fold = 0; fold < FOLDS; fold++) {
    const out = new Set(feeders.filter((_, i) => i % FOLDS === fold));
    const rest = inputOfFeeders(input, new Set(feeders.filter((id) => !out.has(id))));
    const priors = prepareForecast(rest);
    const learned = feederIds(rest).map((id) => forecastFeeder(rest, priors, id));
    const unseen = [...out].map((id): FeederForecast => ({
      ...forecastFeeder(input, priors, id),
      pairs: [],
    }));
    for (const forecast of finishForecast(input, priors, [...learned, ...unseen]).forecasts) {
      if (out.has(input.transformers.find(({ id }) => id === forecast.transformerId)!.feederId)) {
        forecasts.set(forecast.transformerId, forecast);
      }
    }
  }
  return input.transformers.map(({ id }) => forecasts.get(id)!);
}

/** The score of some grids as one: names bear the seed, so that feeders of two grids are two clusters. */
export function scoreCases(cases: readonly ProofCase[]): BacktestReport {
  const name = ({ grid }: ProofCase, id: string): string => `${grid.seed}/${id}`;
  const renamed = <T extends { transformerId: string }>(one: ProofCase, all: ReadonlyMap<string, T>) =>
    [...all].map(([id, outcome]) => [name(one, id), { ...outcome, transformerId: name(one, id) }] as const);
  const feeders = new Map(
    cases.flatMap((one) =>
      [...one.feeders].map(([id, feeder]) => [name(one, id), name(one, feeder)] as const),
    ),
  );
  return scoreSeason({
    season: { id: 'all', kind: 'summer', year: 0, firstDay: 0, lastDay: 0, originDay: 0 },
    forecasts: cases.flatMap((one) =>
      one.forecasts.map((f) => ({ ...f, transformerId: name(one, f.transformerId) })),
    ),
    outcomes: new Map(cases.flatMap((one) => renamed(one, one.truth))),
    lastOutcomes: new Map(cases.flatMap((one) => renamed(one, one.last))),
    baselines: cases[0]!.baselines.map(({ name: baseline }, i) => ({
      name: baseline,
      predictions: new Map(
        cases.flatMap((one) =>
          [...one.baselines[i]!.predictions].map(([id, said]) => [name(one, id), said] as const),
        ),
      ),
    })),
    feederOf: (id) => feeders.get(id) ?? '',
    crewCapacity: CREWS * cases.length,
    alarmP: ALARM_P,
    seed: 1,
  });
}
