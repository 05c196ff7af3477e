import { describe, expect, it } from 'vitest';
import { Timeline } from '../timeline.ts';

/** Currents and load of a 100 kVA transformer for 2½ hours. */
function held(amperes: readonly number[], pKw: number): Timeline {
  const [iaA, ibA, icA] = amperes as [number, number, number];
  const timeline = new Timeline();
  for (let minute = 0; minute < 150; minute += 15) {
    timeline.at(minute, 220, 220, 220, { iaA, ibA, icA, pKw, qKvar: 0 });
  }
  return timeline;
}

describe('current unbalance', () => {
  it.each([
    { name: '25 % is within the limit', amperes: [100, 75, 90], pKw: 70, expected: [] },
    {
      name: 'above 25 % for two hours of load',
      amperes: [100, 74, 90],
      pKw: 70,
      expected: ['@120 current-unbalance raised mild from 0'],
    },
    { name: 'not at a load rate of 60 %', amperes: [150, 50, 60], pKw: 60, expected: [] },
    {
      name: 'a phase without load',
      amperes: [150, 0, 140],
      pKw: 70,
      expected: ['@120 current-unbalance raised mild from 0'],
    },
    { name: 'nothing flows', amperes: [0, 0, 0], pKw: 70, expected: [] },
    { name: 'a phase that is not measured', amperes: [150, 50, NaN], pKw: 70, expected: [] },
    { name: 'an unknown load', amperes: [NaN, NaN, NaN], pKw: NaN, expected: [] },
  ])('$name', ({ amperes, pKw, expected }) => {
    expect(held(amperes, pKw).lines).toEqual(expected);
  });

  it('shows at most "watch", and ends when the load goes', () => {
    const timeline = held([100, 60, 90], 70);
    expect(timeline.shows).toBe('watch');
    const light = { iaA: 50, ibA: 30, icA: 45, qKvar: 0 };
    timeline.at(150, 220, 220, 220, { ...light, pKw: 56 }).at(165, 220, 220, 220, { ...light, pKw: 54 });
    expect(timeline.lines.slice(1)).toEqual(['@180 current-unbalance cleared recovery from 165']);
  });
});
