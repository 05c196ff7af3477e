/** Order statistics that ignore what is not measured (NaN). */

/** Standard deviation of a normal distribution from its median absolute deviation. */
const MAD_TO_SIGMA = 1.4826;

/** Quantile with linear interpolation (type 7 of Hyndman & Fan 1996); NaN where nothing is measured. */
export function quantile(values: Iterable<number>, share: number): number {
  return quantileOfSorted(sorted(values), share);
}

/** The same of an ascending array without NaN. */
export function quantileOfSorted(ascending: ArrayLike<number>, share: number): number {
  if (ascending.length === 0) return NaN;
  const at = share * (ascending.length - 1);
  const below = Math.floor(at);
  const low = ascending[below]!;
  return low + (at - below) * (ascending[Math.min(below + 1, ascending.length - 1)]! - low);
}

export function median(values: Iterable<number>): number {
  return quantile(values, 0.5);
}

/** Spread around the median as a standard deviation would be, deaf to outliers. */
export function robustSigma(values: readonly number[]): number {
  const centre = median(values);
  return MAD_TO_SIGMA * median(values.map((value) => Math.abs(value - centre)));
}

export function meanOf(values: Iterable<number>): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? NaN : sum / count;
}

function sorted(values: Iterable<number>): Float64Array {
  return Float64Array.from([...values].filter((value) => !Number.isNaN(value))).sort();
}
