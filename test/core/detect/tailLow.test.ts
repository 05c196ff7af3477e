import { describe, expect, it } from 'vitest';
import { Timeline } from '../timeline.ts';

/** Outlet and line end, each quarter of an hour. */
function pair(outletVs: readonly number[], tailVs: readonly number[]): Timeline {
  const timeline = new Timeline();
  tailVs.forEach((tailV, i) => {
    if (outletVs[i] !== undefined) timeline.at(15 * i, outletVs[i]!);
    timeline.at(15 * i, tailV, NaN, NaN, { point: 'tail-7' });
  });
  return timeline;
}
const five = (voltageV: number): number[] => Array.from({ length: 5 }, () => voltageV);

describe('tail low', () => {
  it('is a low line end while the outlet is well, beside its under-voltage', () => {
    const timeline = pair(five(225), five(195));
    expect(timeline.lines).toEqual([
      '@60 under-voltage/a raised mild from 0',
      '@60 tail-low raised mild from 0',
    ]);
    expect(timeline.shows).toBe('mild-low');
  });

  it.each([
    { name: 'the outlet is low too', outlet: five(195) },
    { name: 'the outlet is hardly over its limit', outlet: five(199.9) },
    { name: 'nobody measures the outlet', outlet: [] },
    { name: 'the outlet was last heard before', outlet: [225] },
  ])('is not when $name', ({ outlet }) => {
    expect(pair(outlet, five(195)).linesOf('tail-low')).toEqual([]);
  });

  it('ends when the outlet becomes low, while the under-voltage goes on', () => {
    const lines = pair([...five(225), 197.9], [...five(195), 180]).linesOf('tail-low');
    expect(lines).toEqual(['@60 tail-low raised mild from 0', '@90 tail-low cleared recovery from 75']);
  });

  it('is not of another point than a line end', () => {
    const timeline = new Timeline();
    for (let minute = 0; minute < 75; minute += 15) {
      timeline.at(minute, 225).at(minute, 195, NaN, NaN, { point: 'kitchen' });
    }
    expect(timeline.linesOf('tail-low')).toEqual([]);
  });
});
