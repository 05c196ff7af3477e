import { describe, expect, it } from 'vitest';
import type { Reading } from '../../../server/core/reading.ts';
import { Timeline } from '../timeline.ts';

/** Load rates of a 100 kVA transformer, a quarter of an hour each. */
function carry(
  loadPcts: readonly number[],
  over: (kva: number) => Partial<Reading> = (pKw) => ({ pKw, qKvar: 0 }),
): Timeline {
  const timeline = new Timeline();
  loadPcts.forEach((pct, i) => timeline.at(15 * i, 220, 220, 220, over(pct)));
  return timeline;
}
const times = (count: number, pct: number): number[] => Array.from({ length: count }, () => pct);

describe('overload', () => {
  it.each([
    { name: '80 % is not heavy', loads: times(12, 80), expected: [] },
    { name: 'heavy after two hours', loads: times(12, 81), expected: ['@120 overload raised mild from 0'] },
    { name: 'not before', loads: times(7, 95), expected: [] },
    { name: '100 % is heavy', loads: times(12, 100), expected: ['@120 overload raised mild from 0'] },
    {
      name: 'overload after two hours',
      loads: times(12, 101),
      expected: ['@120 overload raised serious from 0'],
    },
    {
      name: 'two hours of heavy load with one of overload in it are heavy load',
      loads: [...times(4, 90), ...times(4, 110), ...times(4, 90)],
      expected: ['@120 overload raised mild from 0'],
    },
    {
      name: 'heavy load becomes overload, and less again, deadband included',
      loads: [...times(8, 90), ...times(8, 110), ...times(2, 96), ...times(2, 95), ...times(2, 70)],
      expected: [
        '@120 overload raised mild from 0',
        '@240 overload changed serious from 120',
        '@285 overload changed mild from 270',
        '@315 overload cleared recovery from 300',
      ],
    },
  ])('$name', ({ loads, expected }) => {
    expect(carry(loads).lines).toEqual(expected);
  });

  it('counts reactive power, and currents where power is not measured', () => {
    expect(carry(times(12, 90), () => ({ pKw: 72, qKvar: 54 })).lines).toHaveLength(1);
    const amperes = (kva: number): number => (kva * 1000) / 220 / 3;
    const byCurrent = (kva: number): Partial<Reading> => ({
      iaA: amperes(kva),
      ibA: amperes(kva),
      icA: amperes(kva),
    });
    expect(carry(times(12, 101), byCurrent).lines).toEqual(['@120 overload raised serious from 0']);
    expect(carry(times(12, 79), byCurrent).lines).toEqual([]);
  });

  it('shows at most "watch", and that only when it is raised', () => {
    expect(carry(times(4, 120)).shows).toBe('normal');
    expect(carry(times(12, 120)).shows).toBe('watch');
  });

  it('is judged at the outlet alone', () => {
    const loads = times(12, 120);
    expect(carry(loads, (pKw) => ({ pKw, point: 'tail-1' })).lines).toEqual([]);
  });

  it('ends with the supply', () => {
    const timeline = carry(times(8, 90)).at(120, 0, 0, 0, { pKw: 0 });
    expect(timeline.lines).toContain('@135 overload cleared outage from 120');
  });
});
