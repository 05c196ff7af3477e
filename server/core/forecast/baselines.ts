import type { Transformer } from '../grid.ts';
import type { SeasonOutcome } from './forecast.ts';
import { fitLogistic, logit, sigmoid } from './logistic.ts';
import { seasonOutcomes, type MeasuredGrid } from './outcome.ts';
import { seasonBefore } from './past.ts';
import type { Season } from './season.ts';
import { seasonFeatures, type SeasonFeatures } from './seasonFeatures.ts';
import { meanOf, quantile, robustSigma } from './statistics.ts';
import { lowLimitV } from './supplyLimits.ts';

/** What a planner has without a model (domain.md §4), in rising difficulty. A model earns its place by beating these. */
export const BASELINE_NAMES = [
  'prevalence',
  'last-label',
  'last-minimum',
  'minimum-growth',
  'logistic',
] as const;
export type BaselineName = (typeof BASELINE_NAMES)[number];

export interface BaselinePrediction {
  /** Ranks the transformers: higher is more urgent. */
  score: number;
  pLow: number;
  /** Quantiles of the season's lowest hour, V; null where the baseline speaks of no voltage. */
  minHourV: { p05: number; p50: number; p95: number } | null;
  lowHours: number;
}

export interface Baseline {
  name: BaselineName;
  predictions: ReadonlyMap<string, BaselinePrediction>;
}

/** Transformers as they stood at the origin. */
export interface BaselineInput extends MeasuredGrid {
  season: Season;
}

/** Earlier seasons that are learned from, at most. */
const YEARS_MAX = 6;
/** Where there is no pair of earlier seasons to learn from: the minimum moves by this between two years, V. */
const YEAR_SIGMA_V = 4;
const PAIRS_MIN = 20;
/** P(low again), before pairs of seasons say better; weight in transformers. */
const REPEAT_P = 0.7;
const REPEAT_WEIGHT = 10;
/** Logistic curve that is nearest to the normal one: 1.702/σ. */
const LOGISTIC_PER_SIGMA = 1.702;
/** Ridge of standardised weights. */
const WEIGHT_PRECISION = 1;
/** Lower limits of probabilities that are learned from few. */
const P_MIN = 0.002;

/** One transformer in the year before a season, and what the season then was. */
interface Case {
  transformer: Transformer;
  /** Its lower limit, V. */
  lowV: number;
  features: SeasonFeatures;
  last: SeasonOutcome;
  /** Null of the season to be forecast. */
  low: boolean | null;
  minHourV: number;
}

/** What is learned from earlier seasons, or the priors. */
interface Knowledge {
  cases: readonly Case[];
  earlier: readonly Case[];
  prevalence: number;
  hoursWhenLow: number;
  sigmaV: number;
}

/**
 * The five baselines for every transformer, from what was measured up to the origin. With one earlier season nothing can
 * be learned of how seasons follow each other: the constants above stand in.
 */
export function baselineForecasts(input: BaselineInput): Baseline[] {
  const cases = casesOf(input, 0);
  const earlier: Case[] = [];
  for (let years = 1; years < YEARS_MAX; years++) {
    earlier.push(...casesOf(input, years).filter(({ low }) => low !== null));
  }
  const labels = cases.flatMap(({ last }) => (last.low === null ? [] : [Number(last.low)]));
  const known = knowledgeOf(cases, earlier, labels);
  return [
    { name: 'prevalence', predictions: prevalence(known) },
    { name: 'last-label', predictions: lastLabel(known) },
    { name: 'last-minimum', predictions: byMinimum(known, ({ features }) => features.minHourV) },
    { name: 'minimum-growth', predictions: byMinimum(known, grownMinimum) },
    { name: 'logistic', predictions: logistic(known) },
  ];
}

function knowledgeOf(cases: readonly Case[], earlier: readonly Case[], labels: readonly number[]): Knowledge {
  const hours = [...cases, ...earlier].flatMap(({ last }) => (last.low === true ? [last.lowHours] : []));
  const moves = earlier
    .map((pair) => pair.minHourV - pair.last.minHourV)
    .filter((value) => !Number.isNaN(value));
  return {
    cases,
    earlier,
    prevalence: (labels.reduce((sum, label) => sum + label, 0) + 0.5) / (labels.length + 1),
    hoursWhenLow: hours.length === 0 ? 1 : meanOf(hours),
    sigmaV: moves.length < PAIRS_MIN ? YEAR_SIGMA_V : Math.max(0.5, robustSigma(moves)),
  };
}

/** Every transformer with its last season, seen from the origin so many years ago. */
function casesOf(input: BaselineInput, years: number): Case[] {
  const { season, transformers, histories } = input;
  const target = seasonBefore(season, years);
  const lastSeason = seasonBefore(season, years + 1);
  const last = seasonOutcomes(input, lastSeason);
  const outcomes = years === 0 ? null : seasonOutcomes(input, target);
  return transformers.map((transformer) => ({
    transformer,
    lowV: lowLimitV(transformer, input),
    features: seasonFeatures(histories.get(transformer.id), transformer, lastSeason, target.originDay),
    last: last.get(transformer.id)!,
    low: outcomes?.get(transformer.id)?.low ?? null,
    minHourV: outcomes?.get(transformer.id)?.minHourV ?? NaN,
  }));
}

function predictions(
  { cases }: Knowledge,
  of: (one: Case) => BaselinePrediction,
): ReadonlyMap<string, BaselinePrediction> {
  return new Map(cases.map((one) => [one.transformer.id, of(one)]));
}

function prevalence(known: Knowledge): Baseline['predictions'] {
  const minima = known.cases.map(({ features, transformer }) => features.minHourV / transformer.nominalV);
  const [p05, p50, p95] = [0.05, 0.5, 0.95].map((share) => quantile(minima, share)) as [
    number,
    number,
    number,
  ];
  return predictions(known, ({ transformer: { nominalV } }) => ({
    score: 0,
    pLow: known.prevalence,
    minHourV: { p05: p05 * nominalV, p50: p50 * nominalV, p95: p95 * nominalV },
    lowHours: known.prevalence * known.hoursWhenLow,
  }));
}

function lastLabel(known: Knowledge): Baseline['predictions'] {
  const { prevalence: share, earlier, hoursWhenLow } = known;
  const rate = (wasLow: boolean, prior: number): number => {
    const alike = earlier.filter(({ last }) => last.low === wasLow);
    const low = alike.filter((one) => one.low === true).length;
    return Math.max(P_MIN, (low + prior * REPEAT_WEIGHT) / (alike.length + REPEAT_WEIGHT));
  };
  const again = rate(true, REPEAT_P);
  // Prior: as many become low as cease to be.
  const anew = rate(false, Math.min(share, ((1 - REPEAT_P) * share) / Math.max(P_MIN, 1 - share)));
  return predictions(known, ({ last }) => {
    const pLow = last.low === null ? share : last.low ? again : anew;
    const lowHours = last.low === null ? share * hoursWhenLow : last.lowHours;
    return { score: pLow, pLow, minHourV: null, lowHours };
  });
}

/** Last minimum, moved by what growth takes at the peak; unknown growth is the median of the others in effect: none. */
function grownMinimum({ features }: Case): number {
  const { minHourV, growth, slopeVPerA, peakA } = features;
  const fallV = growth * slopeVPerA * peakA;
  return Number.isNaN(fallV) ? minHourV : minHourV - fallV;
}

/** Probability by the depth under the limit, in standard deviations from year to year; steepness learned where it can be. */
function byMinimum(known: Knowledge, minimumOf: (one: Case) => number): Baseline['predictions'] {
  const { earlier, sigmaV, prevalence: share, hoursWhenLow } = known;
  const depth = (one: Case) => (one.lowV - minimumOf(one)) / sigmaV;
  const learned = earlier.filter((one) => !Number.isNaN(depth(one)));
  const rows = Float64Array.from(learned.flatMap((one) => [1, depth(one)]));
  const weights = fitLogistic(
    rows,
    learned.map(({ low }) => Number(low)),
    { mean: [0, LOGISTIC_PER_SIGMA], precision: [1, 4] },
  );
  const slope = Math.max(0.1, weights[1]!);
  const moves = learned.map((one) => one.minHourV - minimumOf(one));
  const hasMoves = moves.length >= PAIRS_MIN;
  const [m05, m50, m95] = [0.05, 0.5, 0.95].map((tau) => (hasMoves ? quantile(moves, tau) : NaN)) as [
    number,
    number,
    number,
  ];
  const spreadV = 1.645 * YEAR_SIGMA_V;
  return predictions(known, (one) => {
    const minimum = minimumOf(one);
    // Ranked by the logit: far from the limit probabilities are all but equal.
    const score = Number.isNaN(minimum) ? Math.log(share / (1 - share)) : weights[0]! + slope * depth(one);
    const pLow = sigmoid(score);
    return {
      score,
      pLow,
      minHourV: Number.isNaN(minimum)
        ? null
        : hasMoves
          ? moved(minimum, m05, m50, m95)
          : moved(minimum, -spreadV, 0, spreadV),
      lowHours: pLow * hoursWhenLow,
    };
  });
}

function moved(minimumV: number, by05: number, by50: number, by95: number): BaselinePrediction['minHourV'] {
  return { p05: minimumV + by05, p50: minimumV + by50, p95: minimumV + by95 };
}

const FEATURES = [
  ({ features, lowV }: Case) => features.minHourV / lowV,
  ({ features }: Case) => features.peakLoadRate,
  ({ features }: Case) => features.unbalance,
  ({ features }: Case) => features.radiusM,
  ({ features }: Case) => features.growth,
] as const;

function logistic(known: Knowledge): Baseline['predictions'] {
  const { cases, earlier, prevalence: share, hoursWhenLow } = known;
  // Without a pair of seasons there is no label after the features: those of the same season must do.
  const learned =
    earlier.length >= PAIRS_MIN
      ? earlier.map((one) => ({ one, label: Number(one.low) }))
      : cases.flatMap((one) => (one.last.low === null ? [] : [{ one, label: Number(one.last.low) }]));
  const scales = FEATURES.map((of) => scaleOf(learned.map(({ one }) => of(one))));
  const rowOf = (one: Case): number[] => [1, ...FEATURES.map((of, index) => scales[index]!(of(one)))];
  const precision = [0.01, ...FEATURES.map(() => WEIGHT_PRECISION)];
  const mean = [Math.log(share / (1 - share)), ...FEATURES.map(() => 0)];
  const rows = Float64Array.from(learned.flatMap(({ one }) => rowOf(one)));
  const weights = fitLogistic(
    rows,
    learned.map(({ label }) => label),
    { mean, precision },
  );
  return predictions(known, (one) => {
    const score = logit(weights, Float64Array.from(rowOf(one)), 0);
    const pLow = sigmoid(score);
    return { score, pLow, minHourV: null, lowHours: pLow * hoursWhenLow };
  });
}

/** To mean 0 and standard deviation 1; what is not known is the mean. */
function scaleOf(values: readonly number[]): (value: number) => number {
  const mean = meanOf(values);
  const sd = Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
  return (value) => (Number.isNaN(value) || !(sd > 0) ? 0 : (value - mean) / sd);
}
