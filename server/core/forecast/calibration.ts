import { BINS_PER_VOLT, LOW_BINS, SHIFT_MAX_V } from './ensemble.ts';
import type { SeasonDistribution, YearHours } from './forecast.ts';
import { lowHoursOf } from './lowHours.ts';
import type { Calibration, CalibrationPair, PooledPriors, RawForecast } from './parts.ts';
import { noQuantiles, quantilesOf } from './rawForecast.ts';
import { Ridge } from './ridge.ts';
import { quantileOfSorted } from './statistics.ts';

/**
 * What earlier seasons, forecast from their origins, teach: how far the lowest hour comes out beside the ensemble's
 * median (towards the lowest hour of the last same season), how much the ensemble leaves out, and how sure it may be.
 */

/**
 * Shift = w · x; x = one; how far the last season's lowest hour lies from the median; how much further than the draws past
 * seasons went from the model (0 where it is unknown).
 */
const SHIFT_FEATURES = 3;
const SHIFT_PRIOR = { mean: Float64Array.of(0, 0.2, 0.4), sd: Float64Array.of(1, 0.15, 0.25) };
const HINDCAST_MAX_V = 6;
/** Scatter of the lowest hour about the forecast when nothing was learned yet, beyond the ensemble's, V. */
const ADDED_SD_PRIOR_V = 1.5;
const ADDED_SD_MIN_V = 0.5;
const ADDED_SD_PAIRS = 20;
/** A volt near the limit matters, one at 225 V does not: weight of a pair by its distance from the limit. */
const NEAR_V = 12;
const WEIGHT_MIN = 0.05;
const PAIR_NOISE_V = 3;
const SHIFT_PASSES = 4;
/** What the common errors of seasons must be outnumbered by: their scatter (weather) is larger than a lasting bias. */
const BIAS_PRIOR_SEASONS = 6;
const HUBER_V = 6;
/** Prior of the logistic correction: as it is. */
const LOGIT_SD = 0.2;
const SLOPE_SD = 0.25;
const UNDECIDED_LOGIT = 4;
const PAIRS_PER_SEASON = 15;
const P_MIN = 1e-4;
const NEWTON_STEPS = 12;

export function learnCalibration(pairs: readonly CalibrationPair[]): Calibration {
  const weights = learnShift(pairs);
  const addedSdV = learnAddedSd(pairs, weights);
  const partly: Calibration = { pairs: pairs.length, weights, addedSdV, intercept: 0, slope: 1 };
  return { ...partly, ...learnLogit(pairs, partly) };
}

/**
 * The part of the errors that a whole season has in common is its weather, which the ensemble spans already: one or two
 * seasons say little about a lasting bias, so only what differs between transformers is learned from every pair.
 */
function learnShift(pairs: readonly CalibrationPair[]): Float64Array {
  const ridge = new Ridge(SHIFT_FEATURES);
  const weights = new Float64Array(SHIFT_FEATURES);
  const x = new Float64Array(SHIFT_FEATURES);
  for (let pass = 0; pass < SHIFT_PASSES; pass++) {
    const effects = pass === 0 ? new Map<string, number>() : seasonEffects(pairs, weights);
    ridge.clear();
    for (const pair of pairs) {
      const medianV = writeShiftRow(pair.forecast, x);
      const errorV = pair.minHourV - medianV - (effects.get(pair.seasonId) ?? 0);
      const residual = Math.abs(errorV - (pass === 0 ? 0 : shiftOf(pair.forecast, weights)));
      const robust = residual <= HUBER_V ? 1 : HUBER_V / residual;
      ridge.add(x, 0, errorV, robust * nearness(medianV, pair.forecast.lowV));
    }
    ridge.solve(SHIFT_PRIOR, PAIR_NOISE_V, 2, weights);
    weights[0] = 0;
  }
  const effects = [...seasonEffects(pairs, weights).values()];
  weights[0] = effects.reduce((sum, effect) => sum + effect, 0) / (effects.length + BIAS_PRIOR_SEASONS);
  return weights;
}

/** Mean error of each season near the limit, V. */
function seasonEffects(pairs: readonly CalibrationPair[], weights: Float64Array): Map<string, number> {
  const sums = new Map<string, { error: number; weight: number }>();
  for (const { seasonId, forecast, minHourV } of pairs) {
    const medianV = quantileOfSorted(forecast.minimaV, 0.5);
    const weight = nearness(medianV, forecast.lowV);
    const sum = sums.get(seasonId) ?? { error: 0, weight: 0 };
    sum.error += weight * clamp(minHourV - medianV - shiftOf(forecast, weights), SHIFT_MAX_V);
    sum.weight += weight;
    sums.set(seasonId, sum);
  }
  return new Map([...sums].map(([id, { error, weight }]) => [id, error / weight]));
}

/** Writes the row and returns the median of the draws. */
function writeShiftRow(forecast: RawForecast, x: Float64Array): number {
  const medianV = quantileOfSorted(forecast.minimaV, 0.5);
  x[0] = 1;
  x[1] = Number.isNaN(forecast.lastMinV) ? 0 : clamp(forecast.lastMinV - medianV, SHIFT_MAX_V);
  x[2] = Number.isNaN(forecast.hindcastV) ? 0 : clamp(forecast.hindcastV, HINDCAST_MAX_V);
  return medianV;
}

/** How far the lowest hour is expected beside the median of the draws, V. */
export function shiftOf(forecast: RawForecast, weights: Float64Array): number {
  const x = new Float64Array(SHIFT_FEATURES);
  writeShiftRow(forecast, x);
  return clamp(weights[0]! * x[0]! + weights[1]! * x[1]! + weights[2]! * x[2]!, SHIFT_MAX_V);
}

function learnAddedSd(pairs: readonly CalibrationPair[], weights: Float64Array): number {
  const effects = seasonEffects(pairs, weights);
  let sum = ADDED_SD_PAIRS * ADDED_SD_PRIOR_V ** 2;
  let weight = ADDED_SD_PAIRS;
  for (const { seasonId, forecast, minHourV } of pairs) {
    const medianV = quantileOfSorted(forecast.minimaV, 0.5);
    const near = nearness(medianV, forecast.lowV);
    const common = effects.get(seasonId)!;
    const error = clamp(minHourV - medianV - shiftOf(forecast, weights) - common, 3 * HUBER_V);
    sum += near * (error * error - varianceOf(forecast.minimaV));
    weight += near;
  }
  return Math.sqrt(Math.max(ADDED_SD_MIN_V ** 2, sum / weight));
}

function learnLogit(
  pairs: readonly CalibrationPair[],
  calibration: Calibration,
): Pick<Calibration, 'intercept' | 'slope'> {
  const z = pairs.map(({ forecast }) =>
    logit(lowShare(forecast, shiftOf(forecast, calibration.weights), calibration.addedSdV)),
  );
  const undecided = z.filter((value) => Math.abs(value) < UNDECIDED_LOGIT).length;
  const seasons = new Set(pairs.map((pair) => pair.seasonId)).size;
  // The pairs of a season share its weather: together they count as few.
  const weight = Math.min(1, (PAIRS_PER_SEASON * seasons) / Math.max(1, undecided));
  let intercept = 0;
  let slope = 1;
  for (let step = 0; step < NEWTON_STEPS; step++) {
    let g0 = -intercept / LOGIT_SD ** 2;
    let g1 = -(slope - 1) / SLOPE_SD ** 2;
    let h00 = 1 / LOGIT_SD ** 2;
    let h01 = 0;
    let h11 = 1 / SLOPE_SD ** 2;
    for (let i = 0; i < pairs.length; i++) {
      const p = sigmoid(intercept + slope * z[i]!);
      const error = weight * ((pairs[i]!.low ? 1 : 0) - p);
      const v = weight * p * (1 - p);
      g0 += error;
      g1 += error * z[i]!;
      h00 += v;
      h01 += v * z[i]!;
      h11 += v * z[i]! * z[i]!;
    }
    const det = h00 * h11 - h01 * h01;
    intercept += (h11 * g0 - h01 * g1) / det;
    slope += (h00 * g1 - h01 * g0) / det;
  }
  return { intercept, slope: Math.max(0.2, slope) };
}

/** The season of one transformer after calibration; `shiftV` is {@link shiftOf} of its unchanged model. */
export function calibrated(
  forecast: RawForecast,
  shiftV: number,
  calibration: Calibration,
  priors: Pick<PooledPriors, 'lowHours'>,
): SeasonDistribution {
  const before = lowShare(forecast, shiftV, calibration.addedSdV);
  const pLow = sigmoid(calibration.intercept + calibration.slope * logit(before));
  const raw = quantilesOf(forecast.minimaV);
  const inflate = Math.sqrt(1 + calibration.addedSdV ** 2 / Math.max(0.01, varianceOf(forecast.minimaV)));
  const at = (valueV: number): number => raw.p50 + shiftV + (valueV - raw.p50) * inflate;
  const hours =
    lowHours(forecast.dayBins, forecast, shiftV, priors) * Math.min(2, Math.max(0.5, pLow / before));
  return {
    pLow,
    expectedLowHours: hours,
    minHourV: { p05: at(raw.p05), p10: at(raw.p10), p50: at(raw.p50), p90: at(raw.p90), p95: at(raw.p95) },
    highestV: forecast.highestV,
    peakLoadPct: forecast.peakLoadPct,
  };
}

/** Low hours with the weather of each year alone: as the draws differ between the years, `expected` on the mean of them. */
export function hoursByYear(
  forecast: RawForecast,
  shiftV: number,
  expectedLowHours: number,
  priors: Pick<PooledPriors, 'lowHours'>,
): YearHours[] {
  const { yearDays } = forecast;
  if (yearDays === null || !(expectedLowHours > 0)) return [];
  const drawn = lowHours(forecast.dayBins, forecast, shiftV, priors);
  return yearDays.years.map((year, i) => {
    const bins = yearDays.bins.subarray(i * LOW_BINS, (i + 1) * LOW_BINS);
    return { year, lowHours: (lowHours(bins, forecast, shiftV, priors) * expectedLowHours) / drawn };
  });
}

/** What is said of a transformer that is unknown. */
export function unknownDistribution(): SeasonDistribution {
  return {
    pLow: NaN,
    expectedLowHours: NaN,
    minHourV: noQuantiles(),
    highestV: NaN,
    peakLoadPct: { p50: NaN, p90: NaN },
  };
}

/** Share of draws whose lowest hour is under the limit, each blurred by what the ensemble leaves out. */
function lowShare(forecast: RawForecast, shiftV: number, addedSdV: number): number {
  let sum = 0;
  for (const value of forecast.minimaV) sum += normalCdf((forecast.lowV - value - shiftV) / addedSdV);
  return Math.min(1 - P_MIN, Math.max(P_MIN, sum / forecast.minimaV.length));
}

/** Bins of days as in {@link RawForecast.dayBins}. */
function lowHours(
  dayBins: Float32Array,
  { lowV, dayBinV, hoursFactor }: Pick<RawForecast, 'lowV' | 'dayBinV' | 'hoursFactor'>,
  shiftV: number,
  { lowHours: law }: Pick<PooledPriors, 'lowHours'>,
): number {
  let hours = 0;
  for (let bin = 0; bin < dayBins.length; bin++) {
    const depthV = lowV - (dayBinV + (bin + 0.5) / BINS_PER_VOLT + shiftV);
    if (depthV <= 0) break;
    hours += dayBins[bin]! * Math.min(24, hoursFactor * lowHoursOf(depthV, law));
  }
  return hours;
}

function nearness(medianV: number, lowV: number): number {
  return WEIGHT_MIN + Math.exp(-(((medianV - lowV) / NEAR_V) ** 2));
}

function varianceOf(values: Float32Array): number {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return Math.max(0, squares / values.length - mean * mean);
}

/** Normal distribution function (Abramowitz & Stegun 26.2.17, error below 7.5e-8). */
function normalCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail =
    0.3989422804 *
    Math.exp((-x * x) / 2) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x >= 0 ? 1 - tail : tail;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function logit(p: number): number {
  return Math.log(p / (1 - p));
}

function clamp(value: number, bound: number): number {
  return Math.max(-bound, Math.min(bound, value));
}
