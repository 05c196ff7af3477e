import { describe, expect, it } from 'vitest';
import { Timeline } from '../timeline.ts';

/** Phases for 2½ hours. */
const held = (...volts: number[]): string[] =>
  new Timeline().hold(0, 150, volts[0]!, volts[1], volts[2]).linesOf('voltage-unbalance');

describe('voltage unbalance', () => {
  it.each([
    { name: 'equal phases', volts: [220, 220, 220], expected: [] },
    { name: '2 % is within the limit', volts: [224.4, 217.8, 217.8], expected: [] },
    {
      name: 'mild above 2 % after two hours',
      volts: [224.6, 217.8, 217.8],
      expected: ['@120 voltage-unbalance raised mild from 0'],
    },
    {
      name: 'downward as well',
      volts: [215.4, 222.2, 222.2],
      expected: ['@120 voltage-unbalance raised mild from 0'],
    },
    {
      name: 'serious above 4 %',
      volts: [229, 215.5, 215.5],
      expected: ['@120 voltage-unbalance raised serious from 0'],
    },
    { name: 'a lost phase is no unbalance', volts: [225, 225, 0], expected: [] },
    { name: 'two measured phases tell nothing', volts: [230, 210, NaN], expected: [] },
  ])('$name', ({ volts, expected }) => {
    expect(held(...volts)).toEqual(expected);
  });

  it('estimates negative sequence of 3 % as 2.6 to 3 %, whatever its angle', () => {
    for (let degrees = 0; degrees < 360; degrees += 5) {
      const volts = [0, 1, 2].map((phase) => {
        // Positive sequence lags by 120° a phase, negative sequence leads by it.
        const angle = (2 * Math.PI * phase) / 3;
        const turned = angle * 2 + (degrees * Math.PI) / 180;
        return 220 * Math.hypot(1 + 0.03 * Math.cos(turned), 0.03 * Math.sin(turned));
      });
      expect(held(...volts), `${degrees}°`).toEqual(['@120 voltage-unbalance raised mild from 0']);
    }
  });

  it('shows "watch" when it is raised, and ends inside the deadband', () => {
    const timeline = new Timeline().hold(0, 105, 226, 217.8, 217.8);
    expect(timeline.shows).toBe('normal');
    expect(timeline.hold(105, 120, 226, 217.8, 217.8).shows).toBe('watch');
    timeline.at(120, 224, 217.8, 217.8).at(135, 223, 217.8, 217.8);
    expect(timeline.lines.slice(1)).toEqual(['@150 voltage-unbalance cleared recovery from 135']);
  });
});
