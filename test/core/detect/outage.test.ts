import { describe, expect, it } from 'vitest';
import { READING_FLAG } from '../../../server/core/reading.ts';
import { readingAt, START_MS, Timeline } from '../timeline.ts';

describe('outage', () => {
  it('is no supply on every measured phase, at once, and never low voltage', () => {
    const timeline = new Timeline().at(0, 220).at(15, 0);
    expect(timeline.shows).toBe('outage');
    expect(timeline.at(30, 220).lines).toEqual([
      '@30 outage raised severe from 15',
      '@45 outage cleared recovery from 30',
    ]);
    expect(timeline.shows).toBe('normal');
  });

  it.each([
    {
      name: '21.9 V is under 0.1 pu',
      volts: [21.9, 21.9, 21.9],
      expected: ['@15 outage raised severe from 0'],
    },
    { name: 'one phase alone measured', volts: [0, NaN, NaN], expected: ['@15 outage raised severe from 0'] },
    {
      name: 'one phase lost is a lost phase',
      volts: [220, 0, 220],
      expected: ['@15 phase-loss/b raised severe from 0'],
    },
  ])('$name', ({ volts, expected }) => {
    expect(new Timeline().at(0, volts[0]!, volts[1], volts[2]).lines).toEqual(expected);
  });

  it('ends low voltage as an outage, not as a recovery, and low voltage starts anew after it', () => {
    const lines = new Timeline().hold(0, 60, 195, 220, 220).at(60, 0).hold(75, 135, 195, 220, 220).lines;
    expect(lines).toEqual([
      '@60 under-voltage/a raised mild from 0',
      '@75 under-voltage/a cleared outage from 60',
      '@75 outage raised severe from 60',
      '@90 outage cleared recovery from 75',
      '@135 under-voltage/a raised mild from 75',
    ]);
  });

  it('ends a running delay without a word', () => {
    expect(new Timeline().hold(0, 45, 195).at(45, 0).hold(60, 75, 195).lines).toEqual([
      '@60 outage raised severe from 45',
      '@75 outage cleared recovery from 60',
    ]);
  });

  it('turns a lost phase into an outage when the others go too', () => {
    expect(new Timeline().at(0, 220, 0, 220).at(15, 0).lines).toEqual([
      '@15 phase-loss/b raised severe from 0',
      '@30 outage raised severe from 15',
      '@30 phase-loss/b cleared outage from 15',
    ]);
  });

  it('flags the reading, so that statistics leave it out', () => {
    const { engine } = new Timeline();
    const reading = readingAt(0, { uaV: 0, ubV: 3, ucV: 0 });
    engine.step(reading, START_MS);
    expect(reading.flags & READING_FLAG.outage).toBe(READING_FLAG.outage);
  });
});
