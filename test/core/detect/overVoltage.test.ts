import { describe, expect, it } from 'vitest';
import { Timeline } from '../timeline.ts';

describe('over-voltage', () => {
  it.each([
    { name: 'exactly 235.4 V is not high', voltageV: 235.4, expected: [] },
    { name: 'mild after an hour', voltageV: 235.5, expected: ['@60 over-voltage/a raised mild from 0'] },
    { name: '242.0 V is still mild', voltageV: 242, expected: ['@60 over-voltage/a raised mild from 0'] },
    {
      name: 'serious after a quarter',
      voltageV: 242.1,
      expected: ['@15 over-voltage/a raised serious from 0'],
    },
    { name: 'severe at once', voltageV: 253.1, expected: ['@15 over-voltage/a raised severe from 0'] },
  ])('$name', ({ voltageV, expected }) => {
    expect(new Timeline().hold(0, 120, voltageV, 220, 220).linesOf('over-voltage')).toEqual(expected);
  });

  it('shows "watch" while the delay runs, then over-voltage', () => {
    const timeline = new Timeline().hold(0, 45, 220, 236, 220);
    expect(timeline.shows).toBe('watch');
    expect(timeline.hold(45, 60, 220, 236, 220).shows).toBe('over-voltage');
  });

  it('ends below the deadband, after the off-delay', () => {
    const lines = new Timeline()
      .hold(0, 60, 236, 220, 220)
      .at(60, 233.5, 220, 220)
      .at(75, 233.4, 220, 220).lines;
    expect(lines).toEqual([
      '@60 over-voltage/a raised mild from 0',
      '@90 over-voltage/a cleared recovery from 75',
    ]);
  });

  it('ends with the supply', () => {
    expect(new Timeline().at(0, 254, 220, 220).at(15, 0).lines).toEqual([
      '@15 over-voltage/a raised severe from 0',
      '@30 outage raised severe from 15',
      '@30 over-voltage/a cleared outage from 15',
    ]);
  });

  it('leaves low voltage of another phase alone', () => {
    const timeline = new Timeline().at(0, 250, 170, 220);
    expect(timeline.lines).toContain('@15 over-voltage/a raised serious from 0');
    expect(timeline.lines).toContain('@15 under-voltage/b raised severe from 0');
    expect(timeline.shows).toBe('severe-low');
  });
});
