import type { NameplateVersion, Transformer } from '../grid.ts';
import type { Season } from './season.ts';
import type { OwnLimits } from './supplyLimits.ts';

/** What goes into a forecast and what comes out: the words that models, back-test, measures and pages share. */

/** Columns of a {@link DailyHistory}. */
export const HISTORY_COLUMNS = [
  // Lowest clock-hour mean of each phase at the outlet, V; outages masked.
  'uaMinHourV',
  'ubMinHourV',
  'ucMinHourV',
  // Lowest clock-hour mean of any phase of any line-end meter, V.
  'tailMinHourV',
  // Highest reading of any phase at the outlet, V: what a raised tap must not push over the limit.
  'highestV',
  // Highest clock-hour means.
  'iaMaxHourA',
  'ibMaxHourA',
  'icMaxHourA',
  'pMaxHourKw',
  'pMeanKw',
  'qMeanKvar',
  // Clock hours in which some phase was low (the worst point), and hours that were measured at the outlet.
  'lowHours',
  'validHours',
] as const;
export type HistoryColumn = (typeof HISTORY_COLUMNS)[number];

/** The days of one transformer, by column; cell `d` is local day `firstDay + d`, NaN where not measured. */
export interface DailyHistory {
  transformerId: string;
  firstDay: number;
  days: number;
  columns: Readonly<Record<HistoryColumn, Float32Array>>;
}

/** The days of one weather station; NaN where unknown. */
export interface DailyWeather {
  stationId: string;
  firstDay: number;
  days: number;
  meanC: Float32Array;
  maxC: Float32Array;
  minC: Float32Array;
}

/** All that a run is made from. Nothing after `season.originDay` may reach a model, whatever the arrays hold. */
export interface ForecastInput {
  season: Season;
  /** As they stand at the origin. */
  transformers: readonly Transformer[];
  /** Dated changes of the nameplates, ascending; breaks of labels and levels. */
  versions: ReadonlyMap<string, readonly NameplateVersion[]>;
  histories: ReadonlyMap<string, DailyHistory>;
  weather: ReadonlyMap<string, DailyWeather>;
  /** Where the limits of supply differ from the profile's. */
  ownLimits?: OwnLimits;
  options: ForecastOptions;
}

export interface ForecastOptions {
  /** Lower supply limit, pu of nominal (198 V of 220 V: 0.9). */
  lowPu: number;
  highPu: number;
  /** Warming added to every past weather year, K. */
  warmingK: number;
  /** Draws of residuals, growth and source level for each weather year. */
  replicates: number;
  seed: number;
  /** Share of the days of the last same season that must be valid, else `unknown`, %. */
  coverageMinPct: number;
  /** p(low) from which a transformer is at risk, and from which it is watched. */
  atRiskP: number;
  watchP: number;
  /** Upper bound of what a forecast could be: the weather of the season itself is known. Never for a season to come. */
  perfectWeather?: boolean;
}

export const FORECAST_OPTIONS: Readonly<ForecastOptions> = Object.freeze({
  lowPu: 0.9,
  highPu: 1.07,
  warmingK: 0,
  replicates: 8,
  seed: 1,
  coverageMinPct: 60,
  atRiskP: 0.5,
  watchP: 0.1,
});

export interface Quantiles {
  p05: number;
  p10: number;
  p50: number;
  p90: number;
  p95: number;
}

/** What the ensemble says of one transformer's season. */
export interface SeasonDistribution {
  /** Probability that some clock hour is low. */
  pLow: number;
  expectedLowHours: number;
  /** Season's lowest 1-hour mean of any phase of any measured point, V. */
  minHourV: Quantiles;
  /** Season's highest reading, V. */
  highestV: number;
  /** Highest load of the season, % of capacity, p50 and p90; NaN where capacity or load is unknown. */
  peakLoadPct: { p50: number; p90: number };
}

/** What a measure changes in the model of one transformer; {@link NO_CHANGE} is none. */
export interface ModelChange {
  /** Added to the source voltage of every phase, V (tap, line regulator, capacitors on the feeder). */
  sourceShiftV: number;
  /** Factor on volts per ampere of the transformer itself (larger unit). */
  transformerScale: number;
  /** Factor on volts per ampere between outlet and line end (reconductor, new point). */
  lineScale: number;
  /** Factor on the load (a new point takes customers over). */
  loadScale: number;
  /** 0 leaves the phases as they are, 1 shares the load evenly. */
  balanceShare: number;
  /** Factor on the drop of the feeder (feeder measure). */
  feederScale: number;
}

export const NO_CHANGE: Readonly<ModelChange> = Object.freeze({
  sourceShiftV: 0,
  transformerScale: 1,
  lineScale: 1,
  loadScale: 1,
  balanceShare: 0,
  feederScale: 1,
});

/** Parameters of the fitted model that causes are read from. */
export interface FittedPhysics {
  /** Source voltage without load at the origin, V by phase. */
  sourceV: [number, number, number];
  /** Volts per ampere of each phase, after shrinking to the nameplate; and what the nameplate alone says. */
  slopeVPerA: [number, number, number];
  nameplateVPerA: number;
  /** Share of each phase in the peak load (sums to 1); (max − min)/max of it, %. */
  phaseShare: [number, number, number];
  unbalancePct: number;
  /** At the median season peak: drop by the transformer's own load, the feeder's load, and from outlet to line end, V. */
  ownDropV: number;
  feederDropV: number;
  /** NaN without line-end meter and LV radius. */
  lineDropV: number;
  /** Whether {@link lineDropV} comes from line-end meters, not from the LV radius. */
  lineMeasured: boolean;
  /** Mean lowest voltage at low load against that of the neighbours on the feeder, V: a tap shows here. */
  lightLoadOffsetV: number;
  powerFactor: number;
  /** Growth of the load, % a year, and change of it by 1 K at peak, %. */
  growthPctPerYear: number;
  sensitivityPctPerK: number;
  /** Load of the heaviest days of such seasons (one in twenty) against that of their middle day. */
  seasonalLoadRatio: number;
}

/** Why a transformer is `unknown`. */
export type UnknownReason = 'no-history' | 'low-coverage' | 'no-weather' | 'changed-since';

export type ReadinessStatus = 'at_risk' | 'watch' | 'ready' | 'unknown';

/** Quantiles of the lowest hour of a day of each week of the season, V: the fan of the chart. */
export interface SeasonFan {
  /** First local day of each week. */
  weekDay: Int32Array;
  p10V: Float32Array;
  p50V: Float32Array;
  p90V: Float32Array;
}

/** The forecast of one transformer. Numbers are NaN where the status is `unknown`. */
export interface TransformerForecast extends SeasonDistribution {
  transformerId: string;
  status: ReadinessStatus;
  unknownReason: UnknownReason | null;
  /** Valid days in the last same season, %. */
  coveragePct: number;
  /** Lowest hour at the line end where no meter measures it: from the LV radius, V. Null where measured or unknown. */
  estimatedTailV: Quantiles | null;
  physics: FittedPhysics | null;
  fan: SeasonFan | null;
  /** {@link SeasonDistribution.expectedLowHours} with the weather of each year alone; absent where none is expected, or a baseline speaks. */
  weatherYears?: readonly YearHours[];
}

/** Low hours with the weather of that season year. */
export interface YearHours {
  year: number;
  lowHours: number;
}

/** What a season turned out to be, from what was measured. */
export interface SeasonOutcome {
  transformerId: string;
  /** Null where too few days are valid, or the transformer was changed in between. */
  low: boolean | null;
  lowHours: number;
  minHourV: number;
  coveragePct: number;
}
