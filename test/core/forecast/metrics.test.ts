import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterBootstrap, intervalOf } from '../../../server/core/forecast/bootstrap.ts';
import { chanceOf } from '../../../server/core/forecast/chance.ts';
import { fitLogistic, logit, sigmoid } from '../../../server/core/forecast/logistic.ts';
import {
  averagePrecision,
  brierTerms,
  caughtAt,
  pinballTerms,
  rankByScore,
  reliabilityBins,
  totalOf,
  weightedMean,
} from '../../../server/core/forecast/metrics.ts';

describe('averagePrecision', () => {
  it.each([
    ['perfect', [0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0], 1],
    // Positives are at ranks 1 and 3: (1/1 + 2/3) / 2.
    ['one between', [0.9, 0.8, 0.7, 0.1], [1, 0, 1, 0], 5 / 6],
    ['worst', [0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1], (1 / 3 + 2 / 4) / 2],
    ['one score for all is the prevalence', [1, 1, 1, 1, 1], [0, 1, 0, 0, 0], 0.2],
    // Three tied at the top hold two positives, the last rank one: 2/3·2/3 + 1/3·3/4.
    ['ties', [0.9, 0.9, 0.9, 0.1], [1, 0, 1, 1], (2 / 3) * (2 / 3) + (1 / 3) * (3 / 4)],
    ['unknown scores come last', [NaN, 0.3], [0, 1], 1],
  ])('%s', (_, scores, labels, expected) => {
    expect(averagePrecision(rankByScore(scores), labels)).toBeCloseTo(expected, 12);
  });

  it('cannot be told without positives', () => {
    expect(averagePrecision(rankByScore([1, 2]), [0, 0])).toBeNaN();
  });

  it('counts a weight of n as n copies, in any order of the items', () => {
    const item = fc.record({
      score: fc.integer({ min: 0, max: 5 }),
      label: fc.constantFrom(0, 1),
      weight: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 30 }), (items) => {
        const copies = items.flatMap((one) => Array.from({ length: one.weight }, () => one)).toReversed();
        const ranking = rankByScore(items.map(({ score }) => score));
        const labels = items.map(({ label }) => label);
        const weights = items.map(({ weight }) => weight);
        const copied = rankByScore(copies.map(({ score }) => score));
        const copiedLabels = copies.map(({ label }) => label);
        const area = averagePrecision(copied, copiedLabels);
        expect(Math.abs(averagePrecision(ranking, labels, weights) - area) > 1e-9).toBe(false);
        expect(Number.isNaN(area)).toBe(totalOf(labels, weights) === 0);
        expect(caughtAt(ranking, labels, 4, weights)).toBeCloseTo(caughtAt(copied, copiedLabels, 4), 9);
      }),
    );
  });
});

describe('caughtAt', () => {
  const scores = [5, 4, 4, 4, 1];
  const marks = [1, 1, 0, 1, 1];
  it.each([
    [0, 0],
    [1, 1],
    // One of the three tied, of which two are marked.
    [2, 1 + 2 / 3],
    [4, 3],
    [5, 4],
    [99, 4],
  ])('catches of the first %d', (k, expected) => {
    expect(caughtAt(rankByScore(scores), marks, k)).toBeCloseTo(expected, 12);
  });
});

describe('scores of probabilities and quantiles', () => {
  it('brier', () => {
    expect(weightedMean(brierTerms([1, 0.5, 0], [1, 0, 1]))).toBeCloseTo((0 + 0.25 + 1) / 3, 12);
    expect(weightedMean(brierTerms([1, 0.5, 0], [1, 0, 1]), [2, 1, 0])).toBeCloseTo(0.25 / 3, 12);
  });

  it.each([
    [200, 0.05, 198, 0.95 * 2],
    [200, 0.05, 210, 0.05 * 10],
    [200, 0.5, 196, 2],
    [200, 0.95, 210, 9.5],
  ])('pinball of %d V at τ %d for %d V', (quantile, tau, observed, loss) => {
    expect(pinballTerms([quantile], [observed], tau)[0]).toBeCloseTo(loss, 12);
  });

  it('leaves out what is not known', () => {
    expect(weightedMean([1, NaN, 3])).toBe(2);
    expect(weightedMean([NaN])).toBeNaN();
    expect(totalOf([1, 0, 1], [2, 5, 1])).toBe(3);
  });

  it('bins what was said beside what came', () => {
    expect(reliabilityBins([0.1, 0.15, 0.9, 1], [0, 1, 1, 1], 5)).toEqual([
      { from: 0, to: 0.2, count: 2, said: 0.125, came: 0.5 },
      { from: 0.8, to: 1, count: 2, said: 0.95, came: 1 },
    ]);
  });
});

describe('clusterBootstrap', () => {
  const clusters = [0, 0, 1, 2, 2, 2];

  it('draws whole clusters, repeatably', () => {
    const draw = () => clusterBootstrap(clusters, 50, chanceOf(3), (weights) => Float64Array.from(weights));
    const draws = draw();
    expect(draws).toEqual(draw());
    for (const weights of draws) {
      expect(weights[0]).toBe(weights[1]);
      expect(weights[3]).toBe(weights[5]);
      expect(weights[0]! + weights[2]! + weights[3]!).toBe(3);
    }
  });

  it('covers a true mean about as often as it says', () => {
    const chance = chanceOf(11);
    const covered = Array.from({ length: 200 }, () => {
      const means = Array.from({ length: 30 }, () => chance.normal());
      const values = means.flatMap((mean) => Array.from({ length: 5 }, () => mean + 0.3 * chance.normal()));
      const of = values.map((_, i) => Math.floor(i / 5));
      const draws = clusterBootstrap(of, 200, chance, (weights) => [weightedMean(values, weights)]);
      const { low, high } = intervalOf(
        weightedMean(values),
        draws.map((row) => row[0]!),
      );
      return Number(low! <= 0 && high! >= 0);
    });
    // 95 % less what the percentile method loses at 30 clusters; items drawn one by one would cover 60 %.
    expect(totalOf(covered) / 200).toBeGreaterThan(0.87);
  });
});

describe('fitLogistic', () => {
  it('is the prior without labels, and the data with many', () => {
    const prior = { mean: [-1, 0.5], precision: [1, 1] };
    expect([...fitLogistic(new Float64Array(0), [], prior)]).toEqual([-1, 0.5]);
    const chance = chanceOf(5);
    const xs = Array.from({ length: 20_000 }, () => chance.normal());
    const labels = xs.map((x) => Number(chance.unit() < sigmoid(-2 + 1.5 * x)));
    const rows = Float64Array.from(xs.flatMap((x) => [1, x]));
    const weights = fitLogistic(rows, labels, prior);
    expect(Math.abs(weights[0]! + 2)).toBeLessThan(0.1);
    expect(Math.abs(weights[1]! - 1.5)).toBeLessThan(0.1);
    expect(logit(weights, rows, 2)).toBeCloseTo(weights[0]! + weights[1]! * xs[1]!, 9);
  });

  it('stays finite where the labels part without error', () => {
    const rows = Float64Array.from([1, -1, 1, -2, 1, 1, 1, 2]);
    const weights = fitLogistic(rows, [0, 0, 1, 1], { mean: [0, 0], precision: [0.01, 0.01] });
    expect(weights.every(Number.isFinite)).toBe(true);
    expect(weights[1]!).toBeGreaterThan(1);
  });
});
