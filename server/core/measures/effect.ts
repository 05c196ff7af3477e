import { meanOf, robustSigma } from '../forecast/statistics.ts';
import { learnBenchmark, OUTLIER_SIGMAS, type Benchmark, type BenchmarkDays } from './benchmark.ts';

/**
 * How much a measure raised the lowest hour of the hardest days, from the days since against the benchmark. Every
 * estimate is a weighted sum of those days, so that its error is one sum too: noise of days that hang together, the
 * benchmark's own error, and a level that drifts.
 */

/** Two-sided 90 % of a normal distribution. */
const Z_90 = 1.645;
/** A level that moved by more is no drift (half a tap step is 2.9 V): the work moved it, and it is part of the effect. */
const LEVEL_MOVED_V = 2.2;
/** Windows before the work, each left out of the benchmark in turn, that say what the benchmark is worth. */
const WINDOWS_MAX = 12;
const WINDOW_DAYS_MIN = 14;
const WINDOW_KNOWN_MIN = 8;
const PHI_MAX = 0.9;

export interface EffectInput {
  days: BenchmarkDays;
  benchmark: Benchmark;
  /** Exclusive end of the days before, first of the days after. */
  beforeAt: number;
  afterAt: number;
  /** Days after whose effect is asked for: the hardest. */
  hardest: readonly number[];
  /** What the level drifts by against the benchmark from season to season, V. */
  driftV: number;
  /** What the effect of a day is proportional to; null: it is the same on all days. */
  axis: Float64Array | null;
}

/** V, with a 90 % interval and its standard error. */
export interface Effect {
  effectV: number;
  lowV: number;
  highV: number;
  errorV: number;
  /** Standard deviation of one day against the benchmark, V. */
  sigmaV: number;
}

interface Noise {
  sigmaV: number;
  /** Correlation of a day with the next. */
  phi: number;
  driftV: number;
  /** Factor on the variance: windows miss by more than their days would explain. */
  inflation: number;
}

export function measureEffect(input: EffectInput): Effect {
  const { days, benchmark, afterAt, hardest } = input;
  const residualV = days.measuredV.map((volts, at) => volts - benchmark.expectedV[at]!);
  const axis = normalised(input.axis ?? new Float64Array(days.days).fill(1), hardest);
  let noise = noiseOf(input, axis);
  const at = (isKept: (day: number) => boolean): number[] =>
    [...residualV.keys()].filter(
      (day) => day >= afterAt && !Number.isNaN(residualV[day]! + axis[day]!) && isKept(day),
    );
  let known = at(() => true);
  let weights = weightsOf(axis, known, noise);
  let left = leftOver(residualV, axis, known, weights);
  const widestV = OUTLIER_SIGMAS * Math.max(noise.sigmaV, robustSigma(left.values));
  const kept = new Set(known.filter((_, k) => Math.abs(left.values[k]! - left.levelV) <= widestV));
  known = at((day) => kept.has(day));
  weights = weightsOf(axis, known, noise);
  left = leftOver(residualV, axis, known, weights);
  if (Math.abs(left.levelV) > LEVEL_MOVED_V) weights = freeWeights(axis, known);
  noise = { ...noise, sigmaV: Math.max(noise.sigmaV, robustSigma(left.values)) };
  const effectV = dot(weights, residualV, known);
  const error = errorV(weights, known, noise, benchmark);
  const half = Z_90 * error;
  return { effectV, lowV: effectV - half, highV: effectV + half, errorV: error, sigmaV: noise.sigmaV };
}

/** 1 on average on the hardest days, so that its coefficient is the effect there. */
function normalised(axis: Float64Array, hardest: readonly number[]): Float64Array {
  const scale = meanOf(hardest.map((at) => axis[at]!));
  return axis.map((value) => value / scale);
}

/** Best unbiased weights for the coefficient of the axis beside a level that drifts (generalised least squares). */
function weightsOf(
  axis: Float64Array,
  known: readonly number[],
  { sigmaV, phi, driftV }: Noise,
): Float64Array {
  const variance = (sigmaV ** 2 * (1 + phi)) / (1 - phi);
  const sum = known.reduce((total, at) => total + axis[at]!, 0);
  const level = (driftV ** 2 * sum) / (variance + known.length * driftV ** 2);
  return scaledWeights(axis, known, level);
}

/** The same with a level that the work moved, as far as the hardest days go. */
function freeWeights(axis: Float64Array, known: readonly number[]): Float64Array {
  const mean = meanOf(known.map((at) => axis[at]!));
  const spread = known.reduce((total, at) => total + (axis[at]! - mean) ** 2, 0);
  const weights = new Float64Array(axis.length);
  for (const at of known) {
    weights[at] = 1 / known.length + (spread > 0 ? ((1 - mean) * (axis[at]! - mean)) / spread : 0);
  }
  return weights;
}

function scaledWeights(axis: Float64Array, known: readonly number[], level: number): Float64Array {
  const weights = new Float64Array(axis.length);
  const scale = known.reduce((total, at) => total + axis[at]! * (axis[at]! - level), 0);
  for (const at of known) weights[at] = (axis[at]! - level) / scale;
  return weights;
}

function dot(weights: Float64Array, values: Float64Array, known: readonly number[]): number {
  return known.reduce((sum, at) => sum + weights[at]! * values[at]!, 0);
}

/** What the days leave beside the effect, and their level. */
function leftOver(
  residualV: Float64Array,
  axis: Float64Array,
  known: readonly number[],
  weights: Float64Array,
): { values: number[]; levelV: number } {
  const effectV = dot(weights, residualV, known);
  const values = known.map((at) => residualV[at]! - effectV * axis[at]!);
  return { values, levelV: meanOf(values) };
}

function errorV(
  weights: Float64Array,
  known: readonly number[],
  { sigmaV, phi, inflation, driftV }: Noise,
  benchmark: Benchmark,
): number {
  let days = 0;
  let carried = 0;
  let last = known[0] ?? 0;
  // Σ w w′ φ^|d−d′|, in one pass: what earlier days carry over.
  for (const at of known) {
    carried *= phi ** (at - last);
    days += weights[at]! ** 2 + 2 * weights[at]! * carried;
    carried += weights[at]!;
    last = at;
  }
  const dependence = (1 + phi) / (1 - phi);
  const variance = sigmaV ** 2 * (Math.max(0, days) + dependence * benchmark.leverage(weights));
  return Math.sqrt(inflation * (variance + driftV ** 2));
}

/**
 * Of days before the measure, each said by a benchmark that did not see it; and placebos: the effect of nothing, window by
 * window.
 */
function noiseOf({ days, beforeAt, driftV }: EffectInput, axis: Float64Array): Noise {
  const windows = windowsOf(beforeAt);
  const unseen = new Float64Array(days.days).fill(NaN);
  const benchmarks = windows.map(({ from, to }) => {
    const benchmark = learnBenchmark(days, (at) => at < beforeAt && (at < from || at >= to));
    for (let at = from; at < to; at++) unseen[at] = days.measuredV[at]! - benchmark.expectedV[at]!;
    return benchmark;
  });
  const sigmaV = robustSigma(unseen);
  const ordinary = unseen.map((value) => (Math.abs(value) <= OUTLIER_SIGMAS * sigmaV ? value : NaN));
  const pairs = ordinary.subarray(1).map((value, at) => value * ordinary[at]!);
  const phi = Math.max(0, Math.min(PHI_MAX, meanOf(pairs) / sigmaV ** 2));
  const noise = { sigmaV, phi, driftV, inflation: 1 };
  const squares = windows.flatMap(({ from, to }, window) => {
    const known = [...ordinary.keys()].filter(
      (at) => at >= from && at < to && !Number.isNaN(ordinary[at]! + axis[at]!),
    );
    if (known.length < WINDOW_KNOWN_MIN) return [];
    const weights = weightsOf(axis, known, noise);
    return [(dot(weights, ordinary, known) / errorV(weights, known, noise, benchmarks[window]!)) ** 2];
  });
  return { ...noise, inflation: Math.max(1, squares.length === 0 ? 1 : meanOf(squares)) };
}

function windowsOf(beforeAt: number): { from: number; to: number }[] {
  const count = Math.max(2, Math.min(WINDOWS_MAX, Math.floor(beforeAt / WINDOW_DAYS_MIN)));
  const edge = (window: number): number => Math.floor((window * beforeAt) / count);
  return Array.from({ length: count }, (_, window) => ({ from: edge(window), to: edge(window + 1) }));
}
