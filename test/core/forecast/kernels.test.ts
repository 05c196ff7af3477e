import { describe, expect, it } from 'vitest';
import { chanceOf } from '../../../server/core/forecast/chance.ts';
import { takeOutSteps } from '../../../server/core/forecast/levelSteps.ts';
import { Ridge } from '../../../server/core/forecast/ridge.ts';

describe('ridge regression', () => {
  const prior = { mean: Float64Array.of(1, 2), sd: Float64Array.of(1, 0.5) };

  it('is the prior where there is no data', () => {
    const out = new Float64Array(2);
    new Ridge(2).solve(prior, 1, 1, out);
    expect([...out]).toEqual([1, 2]);
  });

  it('is the line where there is much, and between the two where there is little', () => {
    const chance = chanceOf(7);
    const fit = (rows: number): number => {
      const ridge = new Ridge(2);
      const out = new Float64Array(2);
      for (let i = 0; i < rows; i++) {
        const x = chance.normal();
        ridge.add(Float64Array.of(1, x), 0, 4 + 5 * x + chance.normal(), 1);
      }
      ridge.solve(prior, 1, 1, out);
      return out[1]!;
    };
    expect(fit(20_000)).toBeCloseTo(5, 1);
    expect(fit(4)).toBeGreaterThan(2);
    expect(fit(4)).toBeLessThan(5);
  });
});

describe('level steps', () => {
  const noise = (seed: number, days: number): Float64Array => {
    const chance = chanceOf(seed);
    return Float64Array.from({ length: days }, () => chance.normal() * 0.8);
  };

  it.each([1, 2, 3, 4, 5])('are none in noise of seed %i', (seed) => {
    expect(takeOutSteps(noise(seed, 700), 700, 3.2, [])).toEqual([]);
  });

  it('are found to a few days, and taken out', () => {
    const left = noise(9, 700).map((value, d) => value + (d >= 400 ? 5.8 : 0));
    const [step, ...others] = takeOutSteps(left, 700, 3.2, []);
    expect(others).toEqual([]);
    expect(Math.abs(step!.day - 400)).toBeLessThan(4);
    expect(step!.stepV).toBeCloseTo(5.8, 0);
    expect(Math.abs(left.subarray(0, 400).reduce((sum, value) => sum + value, 0) / 400 - 5.8)).toBeLessThan(
      0.6,
    );
  });

  it('may be smaller where the registry knows of a change', () => {
    const left = (): Float64Array => noise(11, 300).map((value, d) => value + (d >= 150 ? 2.4 : 0));
    expect(takeOutSteps(left(), 300, 3.2, [])).toEqual([]);
    expect(takeOutSteps(left(), 300, 3.2, [150])).toHaveLength(1);
  });
});
