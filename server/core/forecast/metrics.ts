/**
 * Scores of forecasts. All take weights, so that a bootstrap counts a transformer as often as its feeder was drawn; a
 * missing weight array counts each once. Labels are 1 and 0.
 */

/** Items by falling score; equal scores form one group, for no order among them is the forecast's. */
export interface Ranking {
  order: Int32Array;
  /** Where each group ends in `order`, ascending. */
  groupEnds: Int32Array;
}

export type Weights = ArrayLike<number> | null;

/** A score of NaN ranks last. */
export function rankByScore(scores: ArrayLike<number>): Ranking {
  const keyed = Float64Array.from(scores, (score) => (Number.isNaN(score) ? -Infinity : score));
  const order = Int32Array.from(keyed.keys()).sort((a, b) => {
    if (keyed[b]! > keyed[a]!) return 1;
    return keyed[b]! < keyed[a]! ? -1 : a - b;
  });
  const ends: number[] = [];
  order.forEach((item, at) => {
    if (at === order.length - 1 || keyed[order[at + 1]!] !== keyed[item]) ends.push(at + 1);
  });
  return { order, groupEnds: Int32Array.from(ends) };
}

/**
 * Area under the precision-recall curve as average precision, Σ (Rₙ − Rₙ₋₁)·Pₙ over the distinct scores (no interpolation,
 * which would flatter: Davis & Goadrich 2006). Of one score for all it is the prevalence. NaN without positives.
 */
export function averagePrecision(
  { order, groupEnds }: Ranking,
  labels: ArrayLike<number>,
  weights: Weights = null,
): number {
  let seen = 0;
  let caught = 0;
  let area = 0;
  let at = 0;
  for (const end of groupEnds) {
    let caughtHere = 0;
    for (; at < end; at++) {
      const item = order[at]!;
      const weight = weights === null ? 1 : weights[item]!;
      seen += weight;
      caughtHere += weight * labels[item]!;
    }
    caught += caughtHere;
    if (caughtHere > 0) area += caughtHere * (caught / seen);
  }
  return caught > 0 ? area / caught : NaN;
}

/** Weight of the marked items among the first k (by weight); of a group that is cut, its share. */
export function caughtAt(
  { order, groupEnds }: Ranking,
  marks: ArrayLike<number>,
  k: number,
  weights: Weights = null,
): number {
  let seen = 0;
  let caught = 0;
  let at = 0;
  for (const end of groupEnds) {
    let size = 0;
    let marked = 0;
    for (; at < end; at++) {
      const item = order[at]!;
      const weight = weights === null ? 1 : weights[item]!;
      size += weight;
      marked += weight * marks[item]!;
    }
    if (seen + size >= k) return caught + (size > 0 ? marked * ((k - seen) / size) : 0);
    seen += size;
    caught += marked;
  }
  return caught;
}

export function totalOf(marks: ArrayLike<number>, weights: Weights = null): number {
  let sum = 0;
  for (let i = 0; i < marks.length; i++) sum += marks[i]! * (weights === null ? 1 : weights[i]!);
  return sum;
}

/** Mean of what is known (not NaN). */
export function weightedMean(values: ArrayLike<number>, weights: Weights = null): number {
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]!)) continue;
    const own = weights === null ? 1 : weights[i]!;
    sum += own * values[i]!;
    weight += own;
  }
  return weight > 0 ? sum / weight : NaN;
}

/** (p − label)² of each item; its mean is the Brier score (Brier 1950). */
export function brierTerms(p: ArrayLike<number>, labels: ArrayLike<number>): Float64Array {
  return Float64Array.from(p, (value, i) => (value - labels[i]!) ** 2);
}

/** Pinball loss of each item (Koenker & Bassett 1978); in the unit of the value. */
export function pinballTerms(
  quantiles: ArrayLike<number>,
  observed: ArrayLike<number>,
  tau: number,
): Float64Array {
  return Float64Array.from(quantiles, (quantile, i) => {
    const over = observed[i]! - quantile;
    return over >= 0 ? tau * over : (tau - 1) * over;
  });
}

export interface ReliabilityBin {
  from: number;
  to: number;
  count: number;
  /** Mean probability that was said, and share that came. */
  said: number;
  came: number;
}

/** Reliability curve over bins of equal width; empty bins are left out. */
export function reliabilityBins(
  p: ArrayLike<number>,
  labels: ArrayLike<number>,
  bins: number,
): ReliabilityBin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, said: 0, came: 0 }));
  for (let i = 0; i < p.length; i++) {
    const bin = sums[Math.min(bins - 1, Math.floor(p[i]! * bins))];
    if (bin === undefined) continue;
    bin.count += 1;
    bin.said += p[i]!;
    bin.came += labels[i]!;
  }
  return sums.flatMap(({ count, said, came }, index) =>
    count === 0
      ? []
      : [{ from: index / bins, to: (index + 1) / bins, count, said: said / count, came: came / count }],
  );
}
