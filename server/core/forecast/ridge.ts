import { choleskySolve } from './cholesky.ts';
import type { Prior } from './parts.ts';

/**
 * Ridge regression towards a prior mean on buffers that are made once and used for every transformer:
 * minimise Σ w (y − x·β)² + Σ (σ/τₖ)² (βₖ − β₀ₖ)², so that a coefficient without data is its prior's.
 */
export class Ridge {
  readonly size: number;
  readonly #gram: Float64Array;
  readonly #moment: Float64Array;
  readonly #work: Float64Array;
  #weight = 0;

  constructor(size: number) {
    this.size = size;
    this.#gram = new Float64Array(size * size);
    this.#moment = new Float64Array(size);
    this.#work = new Float64Array(size * size);
  }

  clear(): void {
    this.#gram.fill(0);
    this.#moment.fill(0);
    this.#weight = 0;
  }

  /** Adds one row, `x` from `offset` on. */
  add(x: Float64Array, offset: number, y: number, weight: number): void {
    const size = this.size;
    const gram = this.#gram;
    const moment = this.#moment;
    for (let i = 0; i < size; i++) {
      const scaled = weight * x[offset + i]!;
      if (scaled === 0) continue;
      moment[i]! += scaled * y;
      const row = i * size;
      for (let j = 0; j <= i; j++) gram[row + j]! += scaled * x[offset + j]!;
    }
    this.#weight += weight;
  }

  /** Sum of the weights added. */
  get weight(): number {
    return this.#weight;
  }

  /**
   * Writes the coefficients into `out`. `noiseSd` is the standard deviation of y about the line; days in a row are not
   * independent, so a row counts as `1 / rowsPerObservation` of one.
   */
  solve(prior: Prior, noiseSd: number, rowsPerObservation: number, out: Float64Array): void {
    const size = this.size;
    const work = this.#work;
    work.set(this.#gram);
    for (let k = 0; k < size; k++) {
      const pull = (rowsPerObservation * noiseSd * noiseSd) / (prior.sd[k]! * prior.sd[k]!);
      work[k * size + k]! += pull;
      out[k] = this.#moment[k]! + pull * prior.mean[k]!;
    }
    choleskySolve(work, out, size);
  }
}

/** x·β with x from `offset` on. */
export function dot(x: Float64Array, offset: number, beta: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < beta.length; k++) sum += x[offset + k]! * beta[k]!;
  return sum;
}
