import type { Chance } from './chance.ts';
import { quantile } from './statistics.ts';

/** A value and its 95 % interval; null where it cannot be told. */
export interface Interval {
  value: number | null;
  low: number | null;
  high: number | null;
}

const LOW_SHARE = 0.025;

/**
 * Draws whole clusters with replacement (transformers of one feeder share their fate) and evaluates the weights, which
 * say how often each item was drawn. Row `r` of the result is what `evaluate` gave for draw `r`; all statistics of one
 * draw see the same items, so that differences between them are paired. Davison & Hinkley 1997, §3.8.
 */
export function clusterBootstrap(
  clusters: ArrayLike<number>,
  draws: number,
  chance: Chance,
  evaluate: (weights: Float64Array) => ArrayLike<number>,
): ArrayLike<number>[] {
  const count = Math.max(0, ...Array.from(clusters)) + 1;
  const drawn = new Float64Array(count);
  const weights = new Float64Array(clusters.length);
  return Array.from({ length: draws }, () => {
    drawn.fill(0);
    for (let i = 0; i < count; i++) drawn[chance.below(count)]! += 1;
    for (let i = 0; i < weights.length; i++) weights[i] = drawn[clusters[i]!]!;
    return evaluate(weights);
  });
}

/** The point estimate with the middle 95 % of the draws (percentile method). */
export function intervalOf(value: number, draws: readonly number[]): Interval {
  return {
    value: orNull(value),
    low: orNull(quantile(draws, LOW_SHARE)),
    high: orNull(quantile(draws, 1 - LOW_SHARE)),
  };
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
