import { choleskySolve } from './cholesky.ts';

/** Newton steps until none moves a weight by more than this. */
const STEPS_MAX = 30;
const STEP_MIN = 1e-8;
/** Longest Newton step: from a far start the quadratic model overshoots. */
const STEP_MAX = 4;

export interface LogisticPrior {
  mean: ArrayLike<number>;
  /** Inverse variance of each weight; greater than 0. */
  precision: ArrayLike<number>;
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

/**
 * Weights w of P(label) = sigmoid(w·x) that maximise the likelihood times a normal prior (Newton–Raphson, i.e. iteratively
 * reweighted least squares; Bishop, Pattern Recognition and Machine Learning, §4.3.3). `rows` holds the x of label `i` from
 * `i × size` on; a constant 1 among them makes the intercept. Without labels the weights are the prior's.
 */
export function fitLogistic(
  rows: Float64Array,
  labels: ArrayLike<number>,
  prior: LogisticPrior,
): Float64Array {
  const size = prior.mean.length;
  const weights = Float64Array.from(prior.mean);
  const hessian = new Float64Array(size * size);
  const step = new Float64Array(size);
  for (let round = 0; round < STEPS_MAX; round++) {
    hessian.fill(0);
    for (let k = 0; k < size; k++) {
      hessian[k * size + k] = prior.precision[k]!;
      step[k] = prior.precision[k]! * (prior.mean[k]! - weights[k]!);
    }
    for (let i = 0; i < labels.length; i++) addRow(rows, i * size, labels[i]!, weights, hessian, step);
    choleskySolve(hessian, step, size);
    const longest = step.reduce((most, part) => Math.max(most, Math.abs(part)), 0);
    const share = Math.min(1, STEP_MAX / longest);
    for (let k = 0; k < size; k++) weights[k]! += share * step[k]!;
    if (longest < STEP_MIN) break;
  }
  return weights;
}

export function logit(weights: Float64Array, rows: Float64Array, offset: number): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) sum += weights[k]! * rows[offset + k]!;
  return sum;
}

function addRow(
  rows: Float64Array,
  offset: number,
  label: number,
  weights: Float64Array,
  hessian: Float64Array,
  gradient: Float64Array,
): void {
  const size = weights.length;
  const p = sigmoid(logit(weights, rows, offset));
  const curvature = p * (1 - p);
  for (let k = 0; k < size; k++) {
    const x = rows[offset + k]!;
    gradient[k]! += (label - p) * x;
    for (let j = 0; j <= k; j++) hessian[k * size + j]! += curvature * x * rows[offset + j]!;
  }
}
