import { describe, expect, it } from 'vitest';
import { Timeline } from '../timeline.ts';

/** Phases and load of a 100 kVA transformer for an hour. */
function hold(volts: readonly number[], pKw: number, point = 'outlet'): string[] {
  const timeline = new Timeline();
  for (let minute = 0; minute < 60; minute += 15) {
    timeline.at(minute, volts[0]!, volts[1], volts[2], { pKw, qKvar: 0, point });
  }
  return timeline.lines.filter((line) => line.includes('open-neutral'));
}

describe('open neutral', () => {
  it.each([
    { name: 'no more than 22 V apart', volts: [231, 209, 228], pKw: 20, expected: [] },
    {
      name: 'far apart at low load',
      volts: [231, 208.9, 228],
      pKw: 20,
      expected: ['@15 open-neutral raised serious from 0'],
    },
    { name: 'far apart under load: unbalance does that', volts: [231, 200, 228], pKw: 70, expected: [] },
    { name: 'far apart at an unknown load', volts: [231, 200, 228], pKw: NaN, expected: [] },
    {
      name: 'twice as far, one phase over the limit, whatever the load',
      volts: [245, 200, 228],
      pKw: 90,
      expected: ['@15 open-neutral raised severe from 0'],
    },
    {
      name: 'twice as far, no phase over the limit: load can do that',
      volts: [235, 185, 228],
      pKw: 90,
      expected: [],
    },
    { name: 'an open phase of the 10 kV side', volts: [115, 115, 230], pKw: 10, expected: [] },
    { name: 'a lost phase', volts: [240, 0, 240], pKw: 10, expected: [] },
    { name: 'two phases measured', volts: [250, 190, NaN], pKw: 10, expected: [] },
  ])('$name', ({ volts, pKw, expected }) => {
    expect(hold(volts, pKw)).toEqual(expected);
  });

  it('is found at a line end, where the load is not known, by its second sign', () => {
    expect(hold([231, 200, 228], 20, 'tail-1')).toEqual([]);
    expect(hold([245, 200, 228], 20, 'tail-1')).toEqual(['@15 open-neutral raised severe from 0']);
  });

  it('stays raised when the load rises, and ends when the phases are together again', () => {
    const timeline = new Timeline()
      .at(0, 231, 205, 228, { pKw: 20 })
      .at(15, 231, 205, 228, { pKw: 80 })
      .at(30, 225, 210, 222, { pKw: 80 });
    expect(timeline.lines).toEqual([
      '@15 open-neutral raised serious from 0',
      '@45 open-neutral cleared recovery from 30',
    ]);
  });
});
