import type { FittedPhysics, ModelChange, SeasonDistribution, SeasonFan } from './forecast.ts';
import type { Quantiles, TransformerForecast, UnknownReason } from './forecast.ts';
import type { Season } from './season.ts';

/**
 * What passes between the steps of a run. A run is `prepareForecast` once, `forecastFeeder` for each feeder (in any
 * thread and order; a thread needs only the part of the input that `ForecastInput` holds for its feeders, and the
 * priors), `finishForecast` once. All of it can be cloned between threads.
 */

/** Coefficients that single transformers are shrunk to: mean and standard deviation between transformers. */
export interface Prior {
  mean: Float64Array;
  sd: Float64Array;
}

/**
 * What all transformers say together. Key of the maps: kind of the registry, the empty text for all kinds; of load besides
 * {@link areaKey}.
 */
export interface PooledPriors {
  load: ReadonlyMap<string, Prior>;
  voltage: ReadonlyMap<string, Prior>;
  /** Standard deviation of log load, and of residual voltage (V), between the same days of different years. */
  loadLevelSd: number;
  voltageLevelSd: number;
  lowHours: LowHoursLaw;
}

/** Low hours of a low day: at the limit, and more for each volt that its lowest hour is under it. */
export interface LowHoursLaw {
  atLimit: number;
  perVolt: number;
}

/** Key of a kind in an area. */
export function areaKey(kind: string, areaId: string): string {
  return `${kind}\n${areaId}`;
}

export interface SeasonPriors {
  season: Season;
  /** First day of history of the whole input, so that a thread with a part of it has the same draws. */
  firstDay: number;
  priors: PooledPriors;
}

/** Priors of the run and of each earlier season that it is calibrated on (its own, from data before its origin); the run's first. */
export interface ForecastPriors {
  seasons: readonly SeasonPriors[];
}

/** Days of a season by weather year: years × LOW_BINS, mean over the draws of the year. */
export interface YearDays {
  years: readonly number[];
  bins: Float32Array;
}

/** What the ensemble says of one transformer before calibration. */
export interface RawForecast {
  transformerId: string;
  unknownReason: UnknownReason | null;
  coveragePct: number;
  /** Lower limit of this transformer, V. */
  lowV: number;
  /** Lowest hour of the season in every draw, V, ascending; empty where unknown. */
  minimaV: Float32Array;
  /** Mean number of days of the season with a lowest hour in each half volt: bin `k` begins at `dayBinV + k / 2`. */
  dayBinV: number;
  dayBins: Float32Array;
  /** The same by weather year, the lowest bins alone; null where no draw comes near the limit. */
  yearDays: YearDays | null;
  /** Low hours of this transformer on a low day, as many times those of {@link PooledPriors.lowHours}. */
  hoursFactor: number;
  highestV: number;
  peakLoadPct: { p50: number; p90: number };
  estimatedTailV: Quantiles | null;
  physics: FittedPhysics | null;
  fan: SeasonFan | null;
  /** What the last same season was: lowest hour on the last level (NaN where not measured), low hours. */
  lastMinV: number;
  /** How much further than the draws past seasons went from what the model expects of their days, V; NaN if none. */
  hindcastV: number;
  lastLowHours: number;
}

/** An earlier season as forecast from its origin, and what came. */
export interface CalibrationPair {
  seasonId: string;
  forecast: RawForecast;
  minHourV: number;
  low: boolean;
}

export interface FeederForecast {
  feederId: string;
  forecasts: readonly RawForecast[];
  pairs: readonly CalibrationPair[];
}

/** Corrections learned from earlier seasons; at no earlier season they are the prior. */
export interface Calibration {
  /** Pairs that it was learned from. */
  pairs: number;
  /** Weights of shift = w·x, x as in `calibration.ts`. */
  weights: Float64Array;
  /** Standard deviation of what the ensemble leaves out, V. */
  addedSdV: number;
  /** Probability after → before: logit p = intercept + slope · logit p₀. */
  intercept: number;
  slope: number;
}

export interface SeasonForecast {
  season: Season;
  /** In the order of the input. */
  forecasts: readonly TransformerForecast[];
  calibration: Calibration;
}

/** A question about measures: for each transformer the changes to try, each by itself. */
export type Alternatives = ReadonlyMap<string, readonly ModelChange[]>;

/** The answer, with the draws of the run itself, so that differences are the measure's. */
export type AlternativeDistributions = ReadonlyMap<string, readonly SeasonDistribution[]>;
