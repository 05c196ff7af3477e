/** Order statistics that ignore what is not measured (NaN). */

/** Standard deviation of a normal distribution from its median absolute deviation. */
const MAD_TO_SIGMA = 1.4826;

/** Quantile with linear interpolation (type 7 of Hyndman & Fan 1996); NaN where nothing is measured. */
export function quantile(values: ArrayLike<number>, share: number): number {
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

export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/** Spread around the median as a standard deviation would be, deaf to outliers. */
export function robustSigma(values: ArrayLike<number>): number {
  const centre = median(values);
  return MAD_TO_SIGMA * median(Float64Array.from(values, (value) => Math.abs(value - centre)));
}

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  let count = 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? NaN : sum / count;
}

function sorted(values: ArrayLike<number>): Float64Array {
  const known = new Float64Array(values.length);
  let count = 0;
  for (let at = 0; at < values.length; at++) {
    if (!Number.isNaN(values[at]!)) known[count++] = values[at]!;
  }
  return known.subarray(0, count).sort();
}
