import type { CauseFinding, Finding, MeasureOutcome } from '../measures/finding.ts';
import type { Notice } from '../notice.ts';
import type { ForecastOptions, ReadinessStatus, TransformerForecast } from './forecast.ts';

/** A run of the forecast as it is kept: immutable, with the versions of what it was made from. */

/**
 * `forecast` of a season to come, `backtest` of one that was, `tonight`: the next three days, `sensitivity`: the forecast
 * of a season with every weather year warmer or colder, never published and kept apart.
 */
export type RunKind = 'forecast' | 'backtest' | 'tonight' | 'sensitivity';

export interface RunInputs {
  program: string;
  gridVersion: number;
  /** Local days of the history that was used. */
  firstDay: number;
  lastDay: number;
  transformersWithHistory: number;
  /** Absent in runs of versions that took the profile's for all. */
  transformersWithOwnLimits?: number;
  /** Checksum over all daily summaries that went in. */
  historyChecksum: string;
  weatherStations: readonly { stationId: string; years: readonly number[] }[];
  options: ForecastOptions;
}

export interface RunSummary {
  transformers: number;
  atRisk: number;
  watch: number;
  ready: number;
  unknown: number;
  expectedLowHours: number;
  /** Expected low hours times customers. */
  customerHours: number;
  weatherYears?: readonly YearSum[];
  /** Whose ranking is published: the model's, or that of a baseline which beat it. */
  published: string;
}

/** What would be low with the weather of that season year. */
export interface YearSum {
  year: number;
  lowHours: number;
  /** Low hours times customers. */
  customerHours: number;
}

/** Sums over the transformers of one feeder in one area: who asks for an area needs no rows. */
export interface FeederSum {
  areaId: string;
  feederId: string;
  transformers: number;
  atRisk: number;
  watch: number;
  ready: number;
  unknown: number;
  /** Expected number of transformers that go low: the sum of their probabilities; those that are unknown add none. */
  expectedLow: number;
  expectedLowHours: number;
  /** Expected low hours times customers. */
  customerHours: number;
  /** Mean of the coverage of the transformers, %. */
  coveragePct: number;
  /** By weather year, ascending; absent where nothing is expected, a baseline is published, or an earlier version ran. */
  weatherYears?: readonly YearSum[];
}

/** What one past season was in one area, by the measurements that the run has read. */
export interface SeenSeason {
  seasonId: string;
  areaId: string;
  transformers: number;
  /** Transformers of which enough days were measured to tell, and those of them that went low. */
  known: number;
  low: number;
  /** Low hours of those that are known, times customers. */
  customerHours: number;
}

export interface ReadinessRun<Report = unknown> {
  id: string;
  kind: RunKind;
  /** Of a sensitivity run: added to every weather year beyond what is configured, K. */
  addedK?: number;
  seasonId: string;
  originDay: number;
  state: 'running' | 'done' | 'failed';
  startedMs: number;
  finishedMs: number | null;
  /** Why it failed, in English. */
  error: string | null;
  /** The same for the pages; runs that failed under earlier versions have none. */
  notice?: Notice | undefined;
  /** Share done while it runs, 0–1. */
  share: number;
  simulated: boolean;
  inputs: RunInputs | null;
  summary: RunSummary | null;
  /** Scores beside every baseline; of a forecast those of the last season that can be scored. */
  report: Report | null;
  /** By feeder; runs kept by earlier versions have none. */
  sums?: readonly FeederSum[];
  /** By season and area, the newest season first; of a forecast. */
  seen?: readonly SeenSeason[];
}

/** NaN of a forecast, null in what is kept and sent. */
export type Stored<T> = T extends number
  ? number | null
  : T extends Float32Array | Int32Array
    ? readonly (number | null)[]
    : T extends string | boolean | null | undefined
      ? T
      : { [K in keyof T]: Stored<T[K]> };

/** One transformer in a run. */
export interface ReadinessRow {
  runId: string;
  /** 1 is the most urgent. */
  rank: number;
  transformerId: string;
  areaId: string;
  feederId: string;
  customers: number;
  importantCustomers: number;
  forecast: Stored<TransformerForecast>;
  cause: CauseFinding | null;
  measures: readonly Stored<MeasureOutcome>[];
  /** Index of the cheapest measure that suffices; null where none does, or none is needed. */
  recommended: number | null;
  /** What is to be said beside the measures: that none suffices, that a tap is not known. */
  notes: readonly Finding[];
}

/** What a map says of one transformer. */
export interface Standing {
  status: ReadinessStatus;
  /** Null where it is not known, or not told. */
  pLow: number | null;
}

export interface RowQuery {
  runId: string;
  /** Scope of who asks; null: all. */
  areaIds: readonly string[] | null;
  areaId?: string;
  feederId?: string;
  status?: TransformerForecast['status'];
  cause?: string;
  important?: boolean;
  /** Rank after which the page begins. */
  afterRank?: number;
  limit: number;
}
