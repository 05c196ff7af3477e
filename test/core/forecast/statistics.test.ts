import { describe, expect, it } from 'vitest';
import { chanceOf, nameHash } from '../../../server/core/forecast/chance.ts';
import {
  meanOf,
  median,
  quantile,
  quantileOfSorted,
  robustSigma,
} from '../../../server/core/forecast/statistics.ts';

describe('statistics', () => {
  it.each([
    [[4, 1, 3, 2], 0.5, 2.5],
    [[10, NaN, 20], 0.25, 12.5],
    [[7], 0.9, 7],
    [[], 0.5, NaN],
  ])('quantile of %j at %d', (values, share, expected) => {
    expect(quantile(values, share)).toBe(expected);
  });

  it('knows the ends of a sorted array', () => {
    expect([quantileOfSorted([1, 2, 9], 0), quantileOfSorted([1, 2, 9], 1)]).toEqual([1, 9]);
  });

  it('is deaf to outliers and to gaps', () => {
    expect(median([1, 2, NaN, 1e9, 3, 2])).toBe(2);
    expect(robustSigma([-1, 0, 1, 1e9, 0.5, -0.5, NaN])).toBeCloseTo(1.4826 * 0.75, 1);
    expect(meanOf([1, NaN, 3])).toBe(2);
    expect(meanOf([NaN])).toBeNaN();
  });
});

describe('chanceOf', () => {
  it('repeats by seed, and fills the unit interval', () => {
    const drawsOf = (seed: number) => {
      const chance = chanceOf(seed);
      return Array.from({ length: 10_000 }, () => chance.unit());
    };
    const draws = drawsOf(7);
    expect(draws.slice(0, 3)).toEqual(drawsOf(7).slice(0, 3));
    expect(draws.slice(0, 3)).not.toEqual(drawsOf(8).slice(0, 3));
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    expect(Math.abs(meanOf(draws) - 0.5)).toBeLessThan(0.01);
    expect(nameHash('T1', 1)).not.toBe(nameHash('T2', 1));
  });
});
