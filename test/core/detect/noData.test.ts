import { describe, expect, it } from 'vitest';
import { Timeline } from '../timeline.ts';

describe('no data', () => {
  it('is said after twice the interval that the device declares, and taken back with the next reading', () => {
    const timeline = new Timeline(15).tick(0).at(0, 220).tick(45);
    expect(timeline.lines).toEqual([]);
    timeline.tick(46);
    expect(timeline.shows).toBe('no-data');
    timeline.tick(47).at(45, 220);
    expect(timeline.lines).toEqual([
      '@46 no-data raised mild from 15',
      '@60 no-data cleared recovery from 45',
    ]);
    expect(timeline.shows).toBe('normal');
  });

  it('learns the interval of a device that does not declare it', () => {
    const timeline = new Timeline(5).tick(0);
    for (let minute = 0; minute < 30; minute += 5) timeline.at(minute, 220, 220, 220, { intervalS: NaN });
    // The last came at minute 30: two intervals of five minutes.
    expect(timeline.tick(40).lines).toEqual([]);
    expect(timeline.tick(41).lines).toEqual(['@41 no-data raised mild from 30']);
  });

  it('gives a device that sends each second at least a minute', () => {
    const timeline = new Timeline(1).tick(0).at(0, 220, 220, 220, { intervalS: 1 });
    expect(timeline.tick(2).lines).toEqual([]);
    expect(timeline.tick(2.1).lines).toEqual(['@2.1 no-data raised mild from 0.016666666666666666']);
  });

  it('leaves a raised condition raised', () => {
    const timeline = new Timeline().tick(0).at(0, 170, 220, 220).tick(100);
    expect(timeline.shows).toBe('severe-low');
    expect(timeline.lines).toEqual([
      '@15 under-voltage/a raised severe from 0',
      '@100 no-data raised mild from 15',
    ]);
  });

  it('counts silence from the first tick after a restart: we were away, not they', () => {
    const timeline = new Timeline().tick(0).at(0, 220).restart().tick(600).tick(630);
    expect(timeline.lines).toEqual([]);
    expect(timeline.tick(631).lines).toEqual(['@631 no-data raised mild from 15']);
  });

  it.each([
    ['a restart', (t: Timeline) => t.restart()],
    ['another process that took over', (t: Timeline) => t.restartGrace()],
  ])('counts silence from the first tick after %s, and what was raised stays', (_, away) => {
    const timeline = away(new Timeline().tick(0).at(0, 170, 220, 220).tick(15))
      .tick(600)
      .tick(630);
    expect(timeline.lines).toEqual(['@15 under-voltage/a raised severe from 0']);
    expect(timeline.tick(631).lines.slice(1)).toEqual(['@631 no-data raised mild from 15']);
    expect(timeline.shows).toBe('severe-low');
  });

  it('shows a transformer that never sent anything as without data', () => {
    expect(new Timeline().tick(0).shows).toBe('no-data');
  });
});
