import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HistoryPoints } from '../../../server/pipeline/imports/historyPoints.ts';
import { SeenTimes } from '../../../server/pipeline/imports/seenTimes.ts';

describe('times seen', () => {
  test('agrees with a set, whatever the order', () => {
    const times = fc.array(
      fc.oneof(
        fc.integer({ min: 0, max: 40 }).map((n) => n * 900),
        fc.integer({ min: 0, max: 36_000 }),
      ),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(times, (given) => {
        const seen = new SeenTimes();
        const set = new Set<number>();
        for (const time of given) {
          expect(seen.add(time)).toBe(!set.has(time));
          set.add(time);
        }
        expect(seen.size).toBeLessThanOrEqual(set.size);
        for (const time of set) expect(seen.add(time)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['oldest first', (i: number) => i],
    ['newest first', (i: number) => -i],
  ])('a regular series of any length is one run: %s', (_, order) => {
    const seen = new SeenTimes();
    for (let i = 0; i < 100_000; i++) seen.add(order(i) * 900_000);
    expect(seen.size).toBe(1);
    expect(seen.add(order(77_777) * 900_000)).toBe(false);
  });

  test('beyond its bound, duplicates are no longer told, and it says so', () => {
    const points = new HistoryPoints(2);
    for (const tsMs of [0, 10, 25]) expect(points.add('T', 'outlet', tsMs)).toBe(true);
    expect(points.exact).toBe(true);
    expect(points.add('T', 'outlet', 0)).toBe(true);
    expect(points.exact).toBe(false);
    expect(points.all().map(({ span }) => span)).toEqual([{ fromMs: 0, toMs: 25 }]);
  });
});
