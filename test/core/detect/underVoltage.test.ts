import { describe, expect, it } from 'vitest';
import { Timeline } from '../timeline.ts';

describe('under-voltage: severity and delay', () => {
  it.each([
    { name: 'exactly 198.0 V is not low', voltageV: 198, expected: [] },
    {
      name: 'mild after four 15-minute points',
      voltageV: 197.9,
      expected: ['@60 under-voltage/a raised mild from 0'],
    },
    {
      name: '187.0 V is still mild',
      voltageV: 187,
      expected: ['@60 under-voltage/a raised mild from 0'],
    },
    {
      name: 'serious after one',
      voltageV: 186.9,
      expected: ['@15 under-voltage/a raised serious from 0'],
    },
    {
      name: '176.0 V is still serious',
      voltageV: 176,
      expected: ['@15 under-voltage/a raised serious from 0'],
    },
    { name: 'severe at once', voltageV: 175.9, expected: ['@15 under-voltage/a raised severe from 0'] },
    { name: '22.0 V (0.1 pu) is low', voltageV: 22, expected: ['@15 under-voltage/a raised severe from 0'] },
  ])('$name', ({ voltageV, expected }) => {
    expect(new Timeline().hold(0, 120, voltageV, 220, 220).linesOf('under-voltage')).toEqual(expected);
  });

  it('waits by event time when readings are short', () => {
    const lines = new Timeline(1).hold(0, 70, 220, 195, 220).lines;
    expect(lines).toEqual(['@60 under-voltage/b raised mild from 0']);
  });

  it('finds severe voltage within a minute and serious voltage within fifteen', () => {
    expect(new Timeline(1).hold(0, 20, 220, 220, 170).lines).toEqual([
      '@1 under-voltage/c raised severe from 0',
    ]);
    expect(new Timeline(1).hold(0, 20, 220, 220, 180).lines).toEqual([
      '@15 under-voltage/c raised serious from 0',
    ]);
  });

  it('judges each phase by itself', () => {
    const lines = new Timeline().hold(0, 15, 170, 180, 220).hold(15, 30, 220, 180, 220).lines;
    expect(lines).toEqual([
      '@15 under-voltage/a raised severe from 0',
      '@15 under-voltage/b raised serious from 0',
      '@30 under-voltage/a cleared recovery from 15',
    ]);
  });

  it('says when it gets worse and when it gets better', () => {
    const lines = new Timeline().hold(0, 60, 195, 220, 220).at(60, 170, 220, 220).at(75, 195, 220, 220).lines;
    expect(lines).toEqual([
      '@60 under-voltage/a raised mild from 0',
      '@75 under-voltage/a changed severe from 60',
      '@90 under-voltage/a changed mild from 75',
    ]);
  });
});

describe('under-voltage: deadband and delays', () => {
  it('does not chatter around the limit', () => {
    const timeline = new Timeline().hold(0, 60, 197.9);
    for (let minute = 60; minute < 600; minute += 30) {
      timeline.at(minute, 199.9, 220, 220).at(minute + 15, 197.9, 220, 220);
    }
    expect(timeline.lines.filter((line) => line.includes('/a'))).toEqual([
      '@60 under-voltage/a raised mild from 0',
    ]);
  });

  it('clears exactly at the end of the deadband', () => {
    const lines = new Timeline()
      .hold(0, 60, 197, 220, 220)
      .at(60, 199.9, 220, 220)
      .at(75, 200, 220, 220).lines;
    expect(lines).toEqual([
      '@60 under-voltage/a raised mild from 0',
      '@90 under-voltage/a cleared recovery from 75',
    ]);
  });

  it('starts the on-delay again when the voltage comes back for one reading', () => {
    const lines = new Timeline()
      .hold(0, 45, 195, 220, 220)
      .at(45, 199, 220, 220)
      .hold(60, 120, 195, 220, 220)
      .linesOf('under-voltage');
    expect(lines).toEqual(['@120 under-voltage/a raised mild from 60']);
  });

  it('starts the off-delay again when the voltage falls back into the deadband', () => {
    const lines = new Timeline(1)
      .hold(0, 60, 195, 220, 220)
      .hold(60, 70, 205, 220, 220)
      .at(70, 199, 220, 220)
      .hold(71, 90, 205, 220, 220).lines;
    expect(lines).toEqual([
      '@60 under-voltage/a raised mild from 0',
      '@86 under-voltage/a cleared recovery from 71',
    ]);
  });

  it('starts the on-delay again over two missing readings, not over one', () => {
    const one = new Timeline().hold(0, 30, 195, 220, 220).hold(45, 60, 195, 220, 220);
    expect(one.lines).toEqual(['@60 under-voltage/a raised mild from 0']);
    const two = new Timeline().hold(0, 30, 195, 220, 220).hold(60, 120, 195, 220, 220);
    expect(two.lines).toEqual(['@120 under-voltage/a raised mild from 60']);
  });

  it('keeps what is raised over a gap', () => {
    const lines = new Timeline().hold(0, 60, 195, 220, 220).hold(600, 660, 195, 220, 220).lines;
    expect(lines).toEqual(['@60 under-voltage/a raised mild from 0']);
  });

  it('leaves a phase alone that is not measured', () => {
    const lines = new Timeline().hold(0, 60, 195, NaN, NaN).hold(60, 120, NaN, 220, 220).lines;
    expect(lines).toEqual(['@60 under-voltage/a raised mild from 0']);
  });
});

describe('under-voltage: what the map shows', () => {
  it.each([
    { voltageV: 200, shows: 'normal' },
    { voltageV: 199.9, shows: 'watch' },
    { voltageV: 195, shows: 'watch' },
    { voltageV: 180, shows: 'serious-low' },
    { voltageV: 170, shows: 'severe-low' },
    { voltageV: 235.4, shows: 'normal' },
    { voltageV: 235.5, shows: 'watch' },
  ])('$voltageV V for one reading: $shows', ({ voltageV, shows }) => {
    expect(new Timeline().at(0, voltageV, 220, 220).shows).toBe(shows);
  });

  it('shows mild low once the on-delay is over, since it began', () => {
    const timeline = new Timeline().hold(0, 60, 195);
    expect(timeline.shows).toBe('mild-low');
    expect(timeline.engine.transformerLive('T1')!.sinceMs).toBe(Date.UTC(2026, 6, 1));
  });
});
