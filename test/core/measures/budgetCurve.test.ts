import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetPlanner, type BudgetItem } from '../../../server/core/measures/budget.ts';
import { budgetCurve } from '../../../server/core/measures/budgetCurve.ts';
import { budgetItem as item } from './budgetItem.ts';

/** Cheap ones of little, one dear one of much. */
const items = [
  item('A', 1_000, { A: 30 }),
  item('B', 1_000, { B: 20 }),
  item('C', 60_000, { C: 100 }),
  item('D', 5_000, { D: 50 }, 2),
];

/** What every subset takes and avoids. */
function subsets(all: readonly BudgetItem[]) {
  return Array.from({ length: 1 << all.length }, (_, mask) => {
    const set = all.filter((_, i) => (mask >> i) & 1);
    const best = new Map<string, number>();
    for (const { transformerId, avoidedCustomerHours } of set.flatMap(({ covers }) => covers)) {
      best.set(transformerId, Math.max(avoidedCustomerHours, best.get(transformerId) ?? 0));
    }
    return {
      crews: set.reduce((sum, { works }) => sum + works, 0),
      money: set.reduce((sum, { cost }) => sum + cost, 0),
      avoided: [...best.values()].reduce((sum, value) => sum + value, 0),
    };
  });
}

const chosen = (points: ReturnType<typeof budgetCurve>) =>
  points.map(({ limit, steps }) => [limit, steps.map((step) => step.item.id).join('')]);

describe('budgetCurve', () => {
  it('gives few crews the dear one that avoids most, and lists by gain per work', () => {
    expect(chosen(budgetCurve(items, 'crews', 400))).toEqual([
      [1, 'C'],
      [2, 'CA'],
      [3, 'CAB'],
      // The pair avoids more than another two, each work of it less than A does.
      [4, 'CAD'],
      [5, 'CADB'],
    ]);
  });

  it('gives little money what avoids most for it, in round amounts until nothing more is to be gained', () => {
    const points = budgetCurve(items, 'money', 400);
    expect(chosen(points).slice(0, 2)).toEqual([
      [1_000, 'A'],
      [1_200, 'A'],
    ]);
    expect(points.map(({ limit }) => limit)).toContain(25_000);
    // 60,000 buy the dear one or the three others: the others give the 60,000 as much.
    expect(chosen(points).at(-3)).toEqual([50_000, 'ABD']);
    expect(chosen(points).at(-1)).toEqual([80_000, 'ABDC']);
    expect(points.at(-1)!.steps.at(-1)).toMatchObject({ cost: 67_000, avoided: 200, coveredPct: 50 });
  });

  it('leaves out what a measure of the feeder makes needless', () => {
    const overlapping = [item('A', 10, { A: 50 }), item('feeder:F', 100, { A: 60, B: 60 })];
    expect(chosen(budgetCurve(overlapping, 'crews', 200))).toEqual([[1, 'feeder:F']]);
  });

  it('has no points where nothing helps, and takes what costs nothing', () => {
    expect(budgetCurve([], 'money', 100)).toEqual([]);
    expect(chosen(budgetCurve([item('A', 0, { A: 5 })], 'money', 10))).toEqual([[1, 'A']]);
  });

  it('offers every number of few works, and round ones of many up to all', () => {
    const many = Array.from({ length: 47 }, (_, i) => item(`I${i}`, 100, { [`T${i}`]: 1 + i }));
    const limits = budgetCurve(many, 'crews', 10_000).map(({ limit }) => limit);
    expect(limits).toEqual([...Array.from({ length: 20 }, (_, i) => i + 1), 25, 30, 40, 47]);
  });

  it('never avoids less for more, keeps its limit, is as good as the plan of the limit and no subset beats its bound', () => {
    const cover = fc.dictionary(fc.constantFrom('A', 'B', 'C', 'D', 'E'), fc.integer({ min: 1, max: 50 }), {
      minKeys: 1,
      maxKeys: 3,
    });
    const some = fc.array(
      fc.record({ cost: fc.integer({ min: 0, max: 300 }), cover, works: fc.integer({ min: 1, max: 2 }) }),
      { maxLength: 7 },
    );
    fc.assert(
      fc.property(some, fc.constantFrom('crews' as const, 'money' as const), (drawn, by) => {
        const all = drawn.map(({ cost, cover: covers, works }, i) => item(`I${i}`, cost, covers, works));
        const planFor = budgetPlanner(all, 1_000);
        let before = 0;
        let boundBefore = 0;
        const sets = subsets(all);
        const most = planFor({ crews: null, money: null }).avoided;
        for (const { limit, steps, optimumAtMost } of budgetCurve(all, by, 1_000)) {
          const { avoided, cost, works } = steps.at(-1) ?? { avoided: 0, cost: 0, works: 0 };
          expect(by === 'crews' ? works : cost).toBeLessThanOrEqual(limit);
          expect(avoided).toBeGreaterThanOrEqual(before);
          expect(avoided).toBeGreaterThanOrEqual(
            planFor({ crews: null, money: null, [by]: limit }).avoided - 1e-9,
          );
          const optimum = Math.max(...sets.filter((set) => set[by] <= limit).map((set) => set.avoided));
          expect(optimumAtMost).toBeGreaterThanOrEqual(optimum - 1e-9);
          expect(optimumAtMost).toBeGreaterThanOrEqual(boundBefore);
          expect(optimumAtMost).toBeLessThanOrEqual(most + 1e-9);
          before = avoided;
          boundBefore = optimumAtMost;
        }
        expect(before).toBeCloseTo(most);
      }),
    );
  });
});
