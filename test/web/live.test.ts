import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CONDITIONS } from '../../server/core/condition.ts';
import type { MapDelta } from '../../server/core/liveView.ts';
import {
  CONDITION_ORDER,
  conditionOf,
  countLow,
  countWhere,
  needsAttention,
} from '../../web/lib/condition.ts';
import { applyDelta, fromSnapshot } from '../../web/lib/state/liveReducer.ts';
import { rollUp, snapshot } from './fixtures.ts';

function delta(change: Partial<MapDelta> = {}): MapDelta {
  return {
    gridVersion: 4,
    tsMs: 1_753_000_801_000,
    row: [],
    condition: [],
    worstV: [],
    loadPct: [],
    readingMs: [],
    areas: [],
    feeders: [],
    totals: { ...rollUp(), completenessPct: 98 },
    ...change,
  };
}

test('the codes of these pages are those of the server', () => {
  expect(CONDITION_ORDER).toEqual(CONDITIONS);
  expect(conditionOf(99)).toBe('no-data');
});

test('counts of a roll-up', () => {
  const byCondition = [10, 1, 2, 3, 4, 5, 6, 7];
  expect(countLow(byCondition)).toBe(3 + 5 + 6);
  expect(countWhere(byCondition, needsAttention)).toBe(3 + 4 + 5 + 6 + 7);
});

describe('a snapshot', () => {
  test('becomes columns in which "not measured" is NaN', () => {
    const { grid, columns } = fromSnapshot(snapshot());
    expect([...columns.condition]).toEqual([0, 5, 3]);
    expect(columns.worstV[1]).toBeCloseTo(184.2, 3);
    expect(columns.loadPct[2]).toBeNaN();
    expect(columns.tsMs[2]).toBeNaN();
    expect(grid.rowOf.get('TQ-2')).toBe(1);
  });
});

describe('a delta', () => {
  test('changes the rows it names and keeps the others', () => {
    const picture = fromSnapshot(snapshot());
    const next = applyDelta(
      picture,
      delta({ row: [2], condition: [7], worstV: [null], loadPct: [12], readingMs: [1_753_000_800_500] }),
    );
    expect([...picture.columns.condition]).toEqual([0, 5, 7]);
    expect(picture.columns.worstV[2]).toBeNaN();
    expect(picture.columns.loadPct[2]).toBe(12);
    expect(next?.totals.completenessPct).toBe(98);
  });

  test('puts new roll-ups into a new array, so that what did not change stays the same object', () => {
    const picture = fromSnapshot(snapshot());
    const changed = rollUp({ worst: 'serious-low', customersLow: 54 });
    const next = applyDelta(picture, delta({ areas: [{ index: 1, rollUp: changed }] }));
    expect(next?.areas).toEqual([picture.areas[0], changed]);
    expect(next?.areas).not.toBe(picture.areas);
    expect(next?.feeders).toBe(picture.feeders);
  });

  test('of another registry asks for the snapshot again', () => {
    expect(applyDelta(fromSnapshot(snapshot()), delta({ gridVersion: 5 }))).toBeNull();
  });

  test('with rows that do not exist changes nothing else', () => {
    const picture = fromSnapshot(snapshot());
    applyDelta(
      picture,
      delta({ row: [-1, 3], condition: [6, 6], worstV: [1, 1], loadPct: [1, 1], readingMs: [1, 1] }),
    );
    expect([...picture.columns.condition]).toEqual([0, 5, 3]);
  });

  test('any run of deltas ends where the last word about each row says', () => {
    const change = fc.record({
      row: fc.nat(2),
      condition: fc.nat(7),
      volts: fc.option(fc.integer({ min: 0, max: 300 })),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const picture = fromSnapshot(snapshot());
        const expected = [0, 5, 3];
        for (const { row, condition, volts } of changes) {
          expected[row] = condition;
          applyDelta(
            picture,
            delta({
              row: [row],
              condition: [condition],
              worstV: [volts],
              loadPct: [null],
              readingMs: [null],
            }),
          );
        }
        expect([...picture.columns.condition]).toEqual(expected);
      }),
    );
  });
});
