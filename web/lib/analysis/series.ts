import type { Series } from '../api.ts';

/** A down-sampled series as the charts read it. Pure functions; `null` is "not measured". */

export const PHASES = ['a', 'b', 'c'] as const;
export type Phase = (typeof PHASES)[number];

type Column = readonly (number | null)[];

export function voltageOf(series: Series, phase: Phase): Column {
  return { a: series.uaV, b: series.ubV, c: series.ucV }[phase];
}

export function currentOf(series: Series, phase: Phase): Column {
  return { a: series.iaA, b: series.ibA, c: series.icA }[phase];
}

/** The lowest phase mean of each step. */
export function lowestPhase(series: Series): (number | null)[] {
  return series.tsMs.map((_, i) => extreme(Math.min, series.uaV[i], series.ubV[i], series.ucV[i]));
}

/** Lowest minimum and highest maximum of all phases: what happened within the steps. */
export function envelope(series: Series): { min: (number | null)[]; max: (number | null)[] } {
  return {
    min: series.tsMs.map((_, i) => extreme(Math.min, series.uaMinV[i], series.ubMinV[i], series.ucMinV[i])),
    max: series.tsMs.map((_, i) => extreme(Math.max, series.uaMaxV[i], series.ubMaxV[i], series.ucMaxV[i])),
  };
}

function extreme(
  pick: (...values: number[]) => number,
  ...values: (number | null | undefined)[]
): number | null {
  const known = values.filter(
    (value): value is number => typeof value === 'number' && Number.isFinite(value),
  );
  return known.length === 0 ? null : pick(...known);
}

/** A point of a line chart; `null` breaks the line. */
export type LinePoint = [tsMs: number, value: number | null];

/** Beyond this many steps without a row the line is broken: gaps stay gaps. */
const GAP_STEPS = 1.5;

/**
 * The gap after which a line breaks: by the step, or by the wider spacings of readings that are sparser than it. The
 * upper quartile and not the median: a reading every 15 min falls into 10-min steps 10 and 20 min apart by turns.
 */
function gapMs(tsMs: readonly number[], stepMs: number): number {
  const spacing: number[] = [];
  for (let i = 1; i < tsMs.length; i++) spacing.push(tsMs[i]! - tsMs[i - 1]!);
  spacing.sort((a, b) => a - b);
  return Math.max(stepMs, spacing[Math.floor((spacing.length - 1) * 0.75)] ?? stepMs) * GAP_STEPS;
}

/** Points of a line with a break in every gap. */
export function linePoints(tsMs: readonly number[], values: Column, stepMs: number): LinePoint[] {
  const longest = gapMs(tsMs, stepMs);
  const points: LinePoint[] = [];
  tsMs.forEach((ts, i) => {
    const before = tsMs[i - 1];
    if (before !== undefined && ts - before > longest) points.push([before + 1, null]);
    points.push([ts, values[i] ?? null]);
  });
  return points;
}

/** Stretches without supply, from the count of outage readings in each step: drawn as bands, never as low voltage. */
export function outageBands(
  series: Pick<Series, 'tsMs' | 'outageCount' | 'stepMs'>,
): [fromMs: number, toMs: number][] {
  const { tsMs, outageCount, stepMs } = series;
  const longest = gapMs(tsMs, stepMs);
  const bands: [number, number][] = [];
  tsMs.forEach((ts, i) => {
    if ((outageCount[i] ?? 0) <= 0) return;
    const last = bands[bands.length - 1];
    const end = ts + stepMs;
    if (last !== undefined && ts - last[1] < longest) last[1] = end;
    else bands.push([ts, end]);
  });
  return bands;
}

/** Steps that the server offers, so that neighbouring zooms share its 10-minute means. */
const STEPS_MS = [
  60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 43_200_000, 86_400_000,
];
const POINTS_WANTED = 900;

/** The finest step that keeps a span within some 900 points. */
export function stepFor(spanMs: number): number {
  return STEPS_MS.find((step) => spanMs / step <= POINTS_WANTED) ?? 86_400_000;
}
