import { clusterBootstrap, intervalOf, type Interval } from '../../server/core/forecast/bootstrap.ts';
import { chanceOf } from '../../server/core/forecast/chance.ts';
import { pinballTerms, weightedMean } from '../../server/core/forecast/metrics.ts';
import { quantileOfSorted } from '../../server/core/forecast/statistics.ts';

/** What was said of a voltage before it was measured: median and the band that holds it nine times of ten, V. */
export interface Band {
  p05: number;
  p50: number;
  p95: number;
}

/** A cell: one voltage that was measured, with what each method had said of it. */
export interface Cell {
  observedV: number;
  /** Cells of one block hang together (a week): the bootstrap draws them together. */
  block: number;
  said: Readonly<Record<string, Band>>;
}

export interface MethodErrors {
  name: string;
  rmseV: Interval;
  maeV: Interval;
  /** Pinball loss of the three quantiles, V. */
  pinball05V: number;
  pinball50V: number;
  pinball95V: number;
  /** Share of the cells within the band, %. */
  coveragePct: Interval;
  /** RMSE less that of the first method, paired, V: above 0 the first method is better. */
  overFirstV: Interval;
}

/** How many cells and blocks were compared; methods in the order of the first cell. */
export interface PredictionErrors {
  cells: number;
  blocks: number;
  methods: readonly MethodErrors[];
}

const DRAWS = 1_000;

/**
 * Errors of every method on the same cells: those on which all of them said something and the voltage was measured.
 * Intervals are 95 %, bootstrap over whole blocks.
 */
export function predictionErrors(cells: readonly Cell[], seed: number): PredictionErrors {
  const names = Object.keys(cells[0]?.said ?? {});
  const compared = cells.filter(
    ({ observedV, said }) => Number.isFinite(observedV) && names.every((name) => isKnown(said[name]!)),
  );
  const blocks = [...new Set(compared.map(({ block }) => block))];
  const at = new Map(blocks.map((block, i) => [block, i]));
  const blockOf = compared.map(({ block }) => at.get(block)!);
  const terms = names.map((name) => termsOf(compared, name));
  // All are means of cells: their sums by block are enough to draw blocks.
  const sumsOf = (values: readonly number[]): Float64Array => {
    const sums = new Float64Array(blocks.length);
    values.forEach((value, i) => (sums[blockOf[i]!]! += value));
    return sums;
  };
  const counts = sumsOf(compared.map(() => 1));
  const sums = terms.map(({ squared, absolute, inside }) => [squared, absolute, inside].map(sumsOf));
  const evaluate = (weights: Float64Array): number[] => {
    const cells = dotOf(counts, weights);
    return sums.flatMap(([squared, absolute, inside]) => [
      Math.sqrt(dotOf(squared!, weights) / cells),
      dotOf(absolute!, weights) / cells,
      (100 * dotOf(inside!, weights)) / cells,
    ]);
  };
  const point = evaluate(new Float64Array(blocks.length).fill(1));
  const draws =
    blocks.length === 0 ? [] : clusterBootstrap([...blocks.keys()], DRAWS, chanceOf(seed), evaluate);
  const interval = (of: (row: ArrayLike<number>) => number): Interval => intervalOf(of(point), draws.map(of));
  const methods = names.map((name, m): MethodErrors => {
    const { pinball } = terms[m]!;
    return {
      name,
      rmseV: interval((row) => row[3 * m]!),
      maeV: interval((row) => row[3 * m + 1]!),
      pinball05V: weightedMean(pinball[0]!),
      pinball50V: weightedMean(pinball[1]!),
      pinball95V: weightedMean(pinball[2]!),
      coveragePct: interval((row) => row[3 * m + 2]!),
      overFirstV: interval((row) => row[3 * m]! - row[0]!),
    };
  });
  return { cells: compared.length, blocks: blocks.length, methods };
}

function dotOf(values: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * weights[i]!;
  return sum;
}

function isKnown({ p05, p50, p95 }: Band): boolean {
  return Number.isFinite(p05 + p50 + p95);
}

function termsOf(cells: readonly Cell[], name: string) {
  const observed = cells.map(({ observedV }) => observedV);
  const bands = cells.map(({ said }) => said[name]!);
  const errors = bands.map(({ p50 }, i) => observed[i]! - p50);
  return {
    squared: errors.map((error) => error * error),
    absolute: errors.map(Math.abs),
    inside: bands.map(({ p05, p95 }, i): number => (observed[i]! >= p05 && observed[i]! <= p95 ? 1 : 0)),
    pinball: (
      [
        ['p05', 0.05],
        ['p50', 0.5],
        ['p95', 0.95],
      ] as const
    ).map(([key, tau]) =>
      pinballTerms(
        bands.map((band) => band[key]),
        observed,
        tau,
      ),
    ),
  };
}

/** Nine equally likely values of the standard normal. */
const NORMAL_NINTHS = [-1.593, -0.967, -0.589, -0.282, 0, 0.282, 0.589, 0.967, 1.593];

/** The band of a value of which errors like these were seen, and a level that is uncertain besides (normal, V). */
export function bandAround(valueV: number, errorsV: ArrayLike<number>, levelSdV = 0): Band {
  const levels = levelSdV === 0 ? [0] : NORMAL_NINTHS;
  const spread = Array.from(errorsV, (error) => levels.map((z) => valueV + error + z * levelSdV)).flat();
  const sorted = Float64Array.from(spread).sort();
  return {
    p05: quantileOfSorted(sorted, 0.05),
    p50: quantileOfSorted(sorted, 0.5),
    p95: quantileOfSorted(sorted, 0.95),
  };
}

export function raised({ p05, p50, p95 }: Band, byV: number): Band {
  return { p05: p05 + byV, p50: p50 + byV, p95: p95 + byV };
}
