import { envelope } from '../analysis/series.ts';
import type { Series } from '../api.ts';

/** A step whose extreme lies beyond the axis. */
export interface BeyondAxis {
  tsMs: number;
  volts: number;
}

export interface TrendAxis {
  minV: number;
  maxV: number;
  /** Steps that reach lower or higher than the axis shows; empty when it shows everything. */
  lower: readonly BeyondAxis[];
  higher: readonly BeyondAxis[];
}

/** The share at either end that an axis may leave out, when showing it would squeeze the rest. */
const TAIL_SHARE = 0.005;
/** An axis this many times as long as that of the bulk squeezes it; up to there everything is shown. */
const STRETCH_MAX = 2.5;
const ROUND_V = 5;

/**
 * Axis of the trend: the limits are always in sight, and so is all that was measured, unless a few extremes (the
 * half-lost steps at the edge of an outage) would squeeze the rest into a sliver. Those are then named in `lower` and
 * `higher`, to be marked at the edge.
 */
export function trendAxis(
  series: Series,
  limits: { lowV: number; highV: number },
  everything: boolean,
): TrendAxis {
  const { min, max } = envelope(series);
  const lows = extremes(series, min, Math.min);
  const highs = extremes(series, max, Math.max);
  const whole = rounded(Math.min(limits.lowV, ...ends(lows, 0)), Math.max(limits.highV, ...ends(highs, 1)));
  const bulk = rounded(
    Math.min(limits.lowV, ...ends(lows, TAIL_SHARE)),
    Math.max(limits.highV, ...ends(highs, 1 - TAIL_SHARE)),
  );
  const squeezed = whole.maxV - whole.minV > STRETCH_MAX * (bulk.maxV - bulk.minV);
  if (everything || !squeezed) return { ...whole, lower: [], higher: [] };
  return {
    ...bulk,
    lower: lows.filter(({ volts }) => volts < bulk.minV),
    higher: highs.filter(({ volts }) => volts > bulk.maxV),
  };
}

/** Extreme of each step: of its shortest readings where they are known, else of its means. */
function extremes(
  series: Series,
  within: readonly (number | null)[],
  pick: (...values: number[]) => number,
): BeyondAxis[] {
  return series.tsMs.flatMap((tsMs, i) => {
    const known = [within[i], series.uaV[i], series.ubV[i], series.ucV[i]].filter(
      (value): value is number => typeof value === 'number',
    );
    return known.length === 0 ? [] : [{ tsMs, volts: pick(...known) }];
  });
}

/** The quantile of the values (nearest rank, outwards); nothing of nothing. */
function ends(values: readonly BeyondAxis[], share: number): number[] {
  const sorted = values.map(({ volts }) => volts).sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const value = sorted[share < 0.5 ? Math.floor(place) : Math.ceil(place)];
  return value === undefined ? [] : [value];
}

function rounded(lowV: number, highV: number): { minV: number; maxV: number } {
  return {
    minV: Math.max(0, Math.floor((lowV - 3) / ROUND_V) * ROUND_V),
    maxV: Math.ceil((highV + 2) / ROUND_V) * ROUND_V,
  };
}

/** The most extreme of those that stand so near to each other that their marks would cover one another. */
export function thinned(
  beyond: readonly BeyondAxis[],
  nearMs: number,
  isWorse: (a: number, b: number) => boolean,
): BeyondAxis[] {
  const kept: BeyondAxis[] = [];
  let clusterMs = -Infinity;
  for (const step of beyond) {
    const last = kept.at(-1);
    if (last === undefined || step.tsMs - clusterMs > nearMs) {
      kept.push(step);
      clusterMs = step.tsMs;
    } else if (isWorse(step.volts, last.volts)) kept[kept.length - 1] = step;
  }
  return kept;
}

/**
 * Labels of bands: how many bands each speaks for. A band whose label would run into the one before it has none (0)
 * and is counted there.
 */
export function labelCounts(
  bands: readonly (readonly [fromMs: number, toMs: number])[],
  nearMs: number,
): number[] {
  const counts: number[] = [];
  let at = -1;
  bands.forEach(([from, to], i) => {
    const [first, last] = bands[at] ?? [-Infinity, -Infinity];
    const near = (from + to) / 2 - (first + last) / 2 < nearMs;
    counts.push(near ? 0 : 1);
    if (near) counts[at]! += 1;
    else at = i;
  });
  return counts;
}
