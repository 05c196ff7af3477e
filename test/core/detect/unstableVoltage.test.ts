import { describe, expect, it } from 'vitest';
import { Timeline } from '../timeline.ts';

/** Voltages of all phases, one reading after the other; 220 V nominal: a blow is more than 8.8 V. */
function run(intervalMin: number, volts: readonly number[]): Timeline {
  const timeline = new Timeline(intervalMin);
  volts.forEach((voltageV, i) => timeline.at(i * intervalMin, voltageV));
  return timeline;
}

describe('unstable voltage', () => {
  it('is four steps within an hour', () => {
    expect(run(15, [225, 215, 225, 215]).lines).toEqual([]);
    expect(run(15, [225, 215, 225, 215, 225]).lines).toEqual(['@75 unstable-voltage raised mild from 15']);
    expect(run(15, [225, 216.2, 225, 216.2, 225]).lines).toEqual([]);
  });

  it('is not four steps in more than an hour, counted from the first', () => {
    const spread = Array.from({ length: 120 }, (_, i) => (i % 40 < 20 ? 225 : 215));
    expect(run(1, spread).lines).toEqual([]);
  });

  it('counts falls within an interval too: a motor that starts', () => {
    const timeline = new Timeline(15);
    for (let minute = 0; minute < 60; minute += 15) {
      timeline.at(minute, 222, 222, 222, { uaMinV: 221, ubMinV: 213, ucMinV: 221 });
    }
    expect(timeline.lines).toEqual(['@60 unstable-voltage raised mild from 0']);
  });

  it('shows nothing while it counts, "watch" when it is raised, and ends after a quiet hour', () => {
    const timeline = run(15, [225, 215, 225, 215]);
    expect(timeline.shows).toBe('normal');
    expect(timeline.at(60, 225).shows).toBe('watch');
    timeline.hold(75, 120, 225);
    expect(timeline.shows).toBe('watch');
    timeline.hold(120, 135, 225);
    expect(timeline.lines.slice(1)).toEqual(['@135 unstable-voltage cleared recovery from 75']);
    expect(timeline.shows).toBe('normal');
  });

  it('lasts as long as blows come within the hour', () => {
    const timeline = run(15, [225, 215, 225, 215, 225, 225, 225, 215, 215, 215]);
    expect(timeline.lines).toEqual(['@75 unstable-voltage raised mild from 15']);
  });

  it('takes supply that goes and comes back for no step, nor what lies behind a hole', () => {
    expect(run(15, [225, 0, 225, 0, 225, 0, 225]).linesOf('unstable-voltage')).toEqual([]);
    const timeline = new Timeline(5);
    for (let i = 0; i < 12; i++) timeline.at(i * 25, i % 2 === 0 ? 225 : 210);
    expect(timeline.lines).toEqual([]);
  });

  it('counts on after a restart', () => {
    const lines = run(15, [225, 215, 225, 215]).restart().at(60, 225).lines;
    expect(lines).toEqual(['@75 unstable-voltage raised mild from 15']);
  });
});
