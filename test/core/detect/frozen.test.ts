import { describe, expect, it } from 'vitest';
import { Timeline } from '../timeline.ts';

describe('frozen values', () => {
  it('are a condition after three hours of the flag, shown as "watch", and end with the first other value', () => {
    // Flagged from minute 60 on: four repeats and an hour.
    const timeline = new Timeline().hold(0, 225, 221.3, 220.4, 219.8);
    expect(timeline.shows).toBe('normal');
    timeline.hold(225, 240, 221.3, 220.4, 219.8);
    expect(timeline.shows).toBe('watch');
    expect(timeline.at(240, 221.4, 220.4, 219.8).lines).toEqual([
      '@240 frozen raised mild from 60',
      '@255 frozen cleared recovery from 240',
    ]);
  });

  it('are no outage', () => {
    expect(new Timeline().hold(0, 300, 0).lines).toEqual(['@15 outage raised severe from 0']);
  });

  it('may be told at once', () => {
    const lines = new Timeline(15, { detection: { frozenDelayS: 0 } }).hold(0, 75, 220).lines;
    expect(lines).toEqual(['@75 frozen raised mild from 60']);
  });
});
