import type { Interval } from './bootstrap.ts';
import type { ReliabilityBin } from './metrics.ts';

/** The back-test of a season: the forecast as it would have been, beside every baseline, scored against what came. */

/** Whether more is better. */
export const METRICS = {
  prAuc: true,
  brier: false,
  /** Pinball loss of the season's lowest hour, V. */
  pinball05: false,
  pinball50: false,
  pinball95: false,
  precisionAtCrew: true,
  recallAtCrew: true,
  /** New entrants (not low in the last same season) among the first K of all. */
  newRecallAtCrew: true,
  /** The same when each raises as many alarms as the model does. */
  newRecallAtEqualAlarms: true,
  /** Ranking of those alone that were not low last time. */
  newPrAuc: true,
  hoursMae: false,
} as const;
export type Metric = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as Metric[];

export type MetricIntervals = Readonly<Record<Metric, Interval>>;

export interface ModelReport {
  /** `model`, or the name of a baseline. */
  name: string;
  metrics: MetricIntervals;
  /** 1 − Brier / Brier of the prevalence baseline. */
  brierSkill: number | null;
  reliability: readonly ReliabilityBin[];
  /** Low transformers, and new entrants, among its first K. */
  caughtAtCrew: number;
  newCaughtAtCrew: number;
}

/** Model less baseline on the same draws of feeders. */
export interface Comparison {
  baseline: string;
  metric: Metric;
  difference: Interval;
  /** `undecided`: the interval holds 0. */
  better: 'model' | 'baseline' | 'undecided';
}

export interface BacktestReport {
  seasonId: string;
  /** Transformers that are scored: forecast made and outcome known. */
  transformers: number;
  low: number;
  /** Of them those not low, or not known to be low, in the last same season. */
  newEntrants: number;
  feeders: number;
  /** Not scored: no forecast, and how many of them went low; no outcome. */
  unknown: number;
  unknownLow: number;
  withoutOutcome: number;
  crewCapacity: number;
  /** Alarms of the model: p(low) at least `alarmP`. */
  alarms: number;
  alarmP: number;
  /** "Found `modelCaught` of `low` in the first K; last year's list of `length` names held `caught`." */
  lastYearList: { length: number; caught: number };
  /** The model first, then the baselines. */
  models: readonly ModelReport[];
  comparisons: readonly Comparison[];
  /** Highest PR-AUC; the model where none is higher. What wins is published. */
  published: string;
  /** Whether the model is ahead of every baseline on PR-AUC and on recall of new entrants at crew capacity. */
  beatsAll: boolean;
  draws: number;
}

/** The report without the counts over the whole grid: how sure the forecast is, for who sees a part of it. */
export interface ReportShares extends Pick<
  BacktestReport,
  'seasonId' | 'crewCapacity' | 'alarmP' | 'comparisons' | 'published' | 'beatsAll' | 'draws'
> {
  models: readonly ModelShares[];
}

interface ModelShares extends Pick<ModelReport, 'name' | 'metrics' | 'brierSkill'> {
  reliability: readonly Omit<ReliabilityBin, 'count'>[];
}

/** What of a report says no number of transformers or feeders; scores are shares, V and h over the whole grid. */
export function reportShares(report: BacktestReport): ReportShares {
  const { seasonId, crewCapacity, alarmP, comparisons, published, beatsAll, draws } = report;
  return {
    seasonId,
    crewCapacity,
    alarmP,
    comparisons,
    published,
    beatsAll,
    draws,
    models: report.models.map(({ name, metrics, brierSkill, reliability }) => ({
      name,
      metrics,
      brierSkill,
      reliability: reliability.map(({ from, to, said, came }) => ({ from, to, said, came })),
    })),
  };
}
