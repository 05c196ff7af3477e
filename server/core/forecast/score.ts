import {
  METRIC_NAMES,
  METRICS,
  type BacktestReport,
  type Comparison,
  type Metric,
  type MetricIntervals,
  type ModelReport,
} from './backtestReport.ts';
import type { Baseline } from './baselines.ts';
import { clusterBootstrap, intervalOf } from './bootstrap.ts';
import { chanceOf } from './chance.ts';
import type { SeasonOutcome, TransformerForecast } from './forecast.ts';
import {
  averagePrecision,
  brierTerms,
  caughtAt,
  pinballTerms,
  rankByScore,
  reliabilityBins,
  totalOf,
  weightedMean,
  type Ranking,
  type Weights,
} from './metrics.ts';
import type { Season } from './season.ts';

export interface ScoreInput {
  season: Season;
  forecasts: readonly TransformerForecast[];
  outcomes: ReadonlyMap<string, SeasonOutcome>;
  /** Of the last same season. */
  lastOutcomes: ReadonlyMap<string, SeasonOutcome>;
  baselines: readonly Baseline[];
  feederOf: (transformerId: string) => string;
  /** Transformers that the crews can see to before the season. */
  crewCapacity: number;
  /** Probability from which the model raises an alarm. */
  alarmP: number;
  seed: number;
  draws?: number;
}

const DRAWS = 400;
const RELIABILITY_BINS = 10;
/** Orders equal probabilities by depth; 100 V weigh a ten-millionth. */
const TIE_SHARE = 1e-9;

/** What one model says of the scored transformers, in columns. */
interface Scored {
  name: string;
  ranking: Ranking;
  newRanking: Ranking;
  p: Float64Array;
  brier: Float64Array;
  pinball: readonly Float64Array[];
  hoursError: Float64Array;
}

interface Truth {
  ids: readonly string[];
  low: Uint8Array;
  entrants: Uint8Array;
  lastLow: Uint8Array;
  minHourV: Float64Array;
  lowHours: Float64Array;
}

interface Statement {
  score: number;
  pLow: number;
  minHourV: { p05: number; p50: number; p95: number } | null;
  lowHours: number;
}

export function scoreSeason(input: ScoreInput): BacktestReport {
  const { season, forecasts, outcomes, baselines, alarmP, seed, draws = DRAWS } = input;
  const made = forecasts.filter(({ status }) => status !== 'unknown');
  const missing = forecasts.filter(({ status }) => status === 'unknown');
  const scored = made.filter(({ transformerId }) => isKnown(outcomes.get(transformerId)));
  const truth = truthOf(scored, input);
  const statements = new Map(scored.map((forecast) => [forecast.transformerId, statementOf(forecast)]));
  const speaks = voltageMask(truth, [statements, ...baselines.map(({ predictions }) => predictions)]);
  const models = [{ name: 'model', predictions: statements }, ...baselines].map(({ name, predictions }) =>
    columnsOf(name, predictions, truth, speaks),
  );
  const crewCapacity = Math.min(input.crewCapacity, truth.ids.length);
  const alarms = scored.filter(({ pLow }) => pLow >= alarmP).length;
  const share = (k: number, weights: Weights): number =>
    weights === null ? k : (k * totalOf(weights)) / truth.ids.length;
  const evaluate = (weights: Weights): Float64Array[] =>
    models.map((model) =>
      valuesOf(model, truth, share(crewCapacity, weights), share(alarms, weights), weights),
    );
  const points = evaluate(null);
  const clusters = clusterIndex(truth.ids.map(input.feederOf));
  const resampled = clusterBootstrap(clusters, draws, chanceOf(seed), (weights) => flat(evaluate(weights)));
  const reports = models.map((model, index) =>
    reportOf(model, index, points, resampled, truth, crewCapacity),
  );
  const comparisons = compare(models, points, resampled);
  const lastYears = totalOf(truth.lastLow);
  return {
    seasonId: season.id,
    transformers: truth.ids.length,
    low: totalOf(truth.low),
    newEntrants: totalOf(truth.entrants),
    feeders: new Set(clusters).size,
    unknown: missing.length,
    unknownLow: missing.filter(({ transformerId }) => outcomes.get(transformerId)?.low === true).length,
    withoutOutcome: made.length - scored.length,
    crewCapacity,
    alarms,
    alarmP,
    lastYearList: { length: lastYears, caught: totalOf(truth.low.map((low, i) => low * truth.lastLow[i]!)) },
    models: reports,
    comparisons,
    published: winnerOf(models, points),
    beatsAll: isAhead(points, 'prAuc') && isAhead(points, 'newRecallAtCrew'),
    draws,
  };
}

function isKnown(outcome: SeasonOutcome | undefined): boolean {
  return outcome !== undefined && outcome.low !== null;
}

function truthOf(scored: readonly TransformerForecast[], { outcomes, lastOutcomes }: ScoreInput): Truth {
  const ids = scored.map(({ transformerId }) => transformerId);
  const came = ids.map((id) => outcomes.get(id)!);
  const low = Uint8Array.from(came, (outcome) => Number(outcome.low));
  const lastLow = Uint8Array.from(ids, (id) => Number(lastOutcomes.get(id)?.low ?? false));
  return {
    ids,
    low,
    lastLow,
    entrants: low.map((value, i) => value * (1 - lastLow[i]!)),
    minHourV: Float64Array.from(came, ({ minHourV }) => minHourV),
    lowHours: Float64Array.from(came, ({ lowHours }) => lowHours),
  };
}

function statementOf({ pLow, minHourV, expectedLowHours }: TransformerForecast): Statement {
  // Calibration makes steps of probabilities; within a step the deeper comes first.
  return { score: pLow - TIE_SHARE * minHourV.p50, pLow, minHourV, lowHours: expectedLowHours };
}

/** Transformers of which every model that speaks of voltages says one: losses are then of the same ones. */
function voltageMask({ ids }: Truth, models: readonly ReadonlyMap<string, Statement>[]): Uint8Array {
  const speaking = models.filter((statements) =>
    ids.some((id) => (statements.get(id)?.minHourV ?? null) !== null),
  );
  return Uint8Array.from(ids, (id) =>
    Number(speaking.every((statements) => Number.isFinite(statements.get(id)?.minHourV?.p50 ?? NaN))),
  );
}

function columnsOf(
  name: string,
  statements: ReadonlyMap<string, Statement>,
  { ids, low, lastLow, minHourV, lowHours }: Truth,
  speaks: Uint8Array,
): Scored {
  const said = ids.map((id) => statements.get(id));
  const scores = said.map((one) => one?.score ?? NaN);
  const p = Float64Array.from(said, (one) => one?.pLow ?? NaN);
  const quantile = (of: 'p05' | 'p50' | 'p95') =>
    said.map((one, i) => (speaks[i] === 1 ? (one?.minHourV?.[of] ?? NaN) : NaN));
  return {
    name,
    p,
    ranking: rankByScore(scores),
    newRanking: rankByScore(scores.map((score, i) => (lastLow[i] === 1 ? NaN : score))),
    brier: brierTerms(p, low),
    pinball: [
      pinballTerms(quantile('p05'), minHourV, 0.05),
      pinballTerms(quantile('p50'), minHourV, 0.5),
      pinballTerms(quantile('p95'), minHourV, 0.95),
    ],
    hoursError: Float64Array.from(said, (one, i) => Math.abs((one?.lowHours ?? NaN) - lowHours[i]!)),
  };
}

/** All metrics of one model, in the order of {@link METRICS}. */
function valuesOf(model: Scored, truth: Truth, crew: number, alarms: number, weights: Weights): Float64Array {
  const { ranking, newRanking, brier, pinball, hoursError } = model;
  const { low, entrants } = truth;
  const caught = caughtAt(ranking, low, crew, weights);
  const lows = totalOf(low, weights);
  const news = totalOf(entrants, weights);
  const values: Record<Metric, number> = {
    prAuc: averagePrecision(ranking, low, weights),
    brier: weightedMean(brier, weights),
    pinball05: weightedMean(pinball[0]!, weights),
    pinball50: weightedMean(pinball[1]!, weights),
    pinball95: weightedMean(pinball[2]!, weights),
    precisionAtCrew: caught / crew,
    recallAtCrew: caught / lows,
    newRecallAtCrew: caughtAt(ranking, entrants, crew, weights) / news,
    newRecallAtEqualAlarms: caughtAt(ranking, entrants, alarms, weights) / news,
    newPrAuc: averagePrecision(newRanking, entrants, weights),
    hoursMae: weightedMean(hoursError, weights),
  };
  return Float64Array.from(METRIC_NAMES, (metric) => values[metric]);
}

function flat(rows: readonly Float64Array[]): Float64Array {
  return Float64Array.from(rows.flatMap((row) => [...row]));
}

function drawsOf(resampled: readonly ArrayLike<number>[], model: number, metric: number): number[] {
  return resampled.map((row) => row[model * METRIC_NAMES.length + metric]!);
}

function reportOf(
  model: Scored,
  index: number,
  points: readonly Float64Array[],
  resampled: readonly ArrayLike<number>[],
  { low, entrants }: Truth,
  crewCapacity: number,
): ModelReport {
  const brierAt = METRIC_NAMES.indexOf('brier');
  const reference = points.find((_, other) => other > 0)?.[brierAt] ?? NaN;
  const skill = 1 - points[index]![brierAt]! / reference;
  return {
    name: model.name,
    metrics: Object.fromEntries(
      METRIC_NAMES.map((metric, m) => [metric, intervalOf(points[index]![m]!, drawsOf(resampled, index, m))]),
    ) as MetricIntervals,
    brierSkill: Number.isFinite(skill) ? skill : null,
    reliability: reliabilityBins(model.p, low, RELIABILITY_BINS),
    caughtAtCrew: caughtAt(model.ranking, low, crewCapacity),
    newCaughtAtCrew: caughtAt(model.ranking, entrants, crewCapacity),
  };
}

function compare(
  models: readonly Scored[],
  points: readonly Float64Array[],
  resampled: readonly ArrayLike<number>[],
): Comparison[] {
  return models.slice(1).flatMap(({ name }, before) =>
    METRIC_NAMES.map((metric, m): Comparison => {
      const own = drawsOf(resampled, 0, m);
      const theirs = drawsOf(resampled, before + 1, m);
      const difference = intervalOf(
        points[0]![m]! - points[before + 1]![m]!,
        own.map((value, draw) => value - theirs[draw]!),
      );
      return { baseline: name, metric, difference, better: betterOf(metric, difference) };
    }),
  );
}

function betterOf(metric: Metric, { low, high }: Comparison['difference']): Comparison['better'] {
  if (low === null || high === null || (low <= 0 && high >= 0)) return 'undecided';
  return low > 0 === METRICS[metric] ? 'model' : 'baseline';
}

/** Above every baseline. Without positives nothing can be told, and it is not. */
function isAhead(points: readonly Float64Array[], metric: Metric): boolean {
  const m = METRIC_NAMES.indexOf(metric);
  return points.slice(1).every((baseline) => points[0]![m]! > baseline[m]!);
}

function winnerOf(models: readonly Scored[], points: readonly Float64Array[]): string {
  const m = METRIC_NAMES.indexOf('prAuc');
  const best = points.reduce((most, point, index) => (point[m]! > points[most]![m]! ? index : most), 0);
  return models[best]!.name;
}

/** Names to numbers from 0. */
function clusterIndex(names: readonly string[]): Int32Array {
  const known = new Map<string, number>();
  return Int32Array.from(names, (name) => {
    const index = known.get(name) ?? known.size;
    known.set(name, index);
    return index;
  });
}
