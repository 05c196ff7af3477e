import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  budgetItems,
  budgetPlanner,
  expectedCustomerHours,
  type BudgetRow,
} from '../../../server/core/measures/budget.ts';
import { budgetItem as item } from './budgetItem.ts';

function measure(
  kind: 'tap' | 'capacity' | 'feeder',
  cost: number,
  avoidedCustomerHours: number,
  suffices = true,
) {
  return { kind, cost, avoidedCustomerHours, suffices, detail: {} };
}

function row(transformerId: string, feederId: string, measures: BudgetRow['measures']): BudgetRow {
  const recommended = measures.findIndex(({ suffices }) => suffices);
  return {
    transformerId,
    feederId,
    customers: 10,
    expectedLowHours: 20,
    measures,
    recommended: recommended < 0 ? null : recommended,
  };
}

describe('budgetItems', () => {
  it('takes the recommended measure, else the best for its cost, and a feeder measure once', () => {
    const items = budgetItems([
      row('T1', 'F1', [measure('tap', 100, 50), measure('feeder', 9_000, 60)]),
      row('T2', 'F1', [
        measure('tap', 100, 20, false),
        measure('capacity', 1_000, 90, false),
        measure('feeder', 9_000, 80),
      ]),
      row('T3', 'F2', [measure('tap', 100, 0)]),
      row('T4', 'F2', []),
    ]);
    expect(items).toMatchObject([
      { id: 'T1', kind: 'tap', covers: [{ transformerId: 'T1', avoidedCustomerHours: 50 }] },
      { id: 'T2', kind: 'tap', covers: [{ avoidedCustomerHours: 20 }] },
      { id: 'feeder:F1', cost: 9_000, covers: [{ transformerId: 'T1' }, { transformerId: 'T2' }] },
    ]);
  });
});

describe('pairs in a budget', () => {
  const pair = (kind: 'tap' | 'capacity', other: 'rebalance' | 'feeder', cost: number, hours: number) => ({
    ...measure(kind, cost, hours),
    second: { kind: other, detail: {}, cost: cost - 100 },
  });

  it('cost what both cost and take two works', () => {
    const [item1] = budgetItems([
      row('T1', 'F1', [measure('tap', 100, 20, false), pair('tap', 'rebalance', 500, 80)]),
    ]);
    expect(item1).toMatchObject({ id: 'T1', cost: 500, works: 2, second: { kind: 'rebalance', cost: 400 } });
  });

  it('leave the feeder to all of its transformers', () => {
    const items = budgetItems([
      row('T1', 'F1', [
        measure('tap', 100, 20, false),
        measure('feeder', 9_000, 60, false),
        pair('tap', 'feeder', 9_100, 90),
      ]),
    ]);
    expect(items.map(({ id, kind, cost, works }) => [id, kind, cost, works])).toEqual([
      ['T1', 'tap', 100, 1],
      ['feeder:F1', 'feeder', 9_000, 1],
    ]);
    expect(items.every((one) => one.second === undefined)).toBe(true);
  });

  it('take two of the crews, and only where there are two', () => {
    const items = [item('A', 10, { A: 100 }, 2), item('B', 10, { B: 60 }), item('C', 10, { C: 55 })];
    const two = budgetPlanner(items, 300)({ crews: 2, money: null });
    expect(two.steps.map((step) => [step.item.id, step.works])).toEqual([
      ['B', 1],
      ['C', 2],
    ]);
    const one = budgetPlanner(items, 300)({ crews: 1, money: null });
    expect(one.steps.map((step) => step.item.id)).toEqual(['B']);
    expect(one.optimumAtMost).toBe(60);
    const three = budgetPlanner(items, 300)({ crews: 3, money: null });
    expect(three.steps.at(-1)!.works).toBeLessThanOrEqual(3);
    expect(three.avoided).toBe(160);
  });
});

describe('budgetPlanner', () => {
  const items = [
    item('A', 10, { A: 60 }),
    item('B', 10, { B: 30 }),
    item('C', 40, { C: 65 }),
    item('D', 5, { D: 5 }),
  ];

  it('fills crews by what is avoided, and says what they cover', () => {
    const plan = budgetPlanner(items, 200)({ crews: 2, money: null });
    expect(plan.steps.map((step) => step.item.id)).toEqual(['C', 'A']);
    expect(plan.steps.map((step) => step.coveredPct)).toEqual([32.5, 62.5]);
    expect(plan).toMatchObject({ avoided: 125, cost: 50, expected: 200, optimumAtMost: 125 });
  });

  it('fills money by what is avoided for it', () => {
    const plan = budgetPlanner(items, 200)({ crews: null, money: 25 });
    expect(plan.steps.map((step) => step.item.id)).toEqual(['A', 'B', 'D']);
    expect(plan.optimumAtMost).toBeGreaterThanOrEqual(plan.avoided);
  });

  it('keeps both limits', () => {
    const plan = budgetPlanner(items, 200)({ crews: 2, money: 25 });
    expect(plan.steps.map((step) => step.item.id)).toEqual(['A', 'B']);
  });

  it('does not count twice what a feeder measure and a tap both avoid', () => {
    const overlapping = [item('A', 1, { A: 50 }), item('feeder:F', 2, { A: 60, B: 60 })];
    const plan = budgetPlanner(overlapping, 200)({ crews: 2, money: null });
    expect(plan.steps.map((step) => [step.item.id, step.gain])).toEqual([['feeder:F', 120]]);
    expect(plan.optimumAtMost).toBe(120);
  });

  it('has nothing to do without items', () => {
    expect(budgetPlanner([], 0)({ crews: 3, money: null })).toMatchObject({
      steps: [],
      avoided: 0,
      optimumAtMost: 0,
    });
    expect(
      expectedCustomerHours([row('T1', 'F1', []), { ...row('T2', 'F1', []), expectedLowHours: NaN }]),
    ).toBe(200);
  });

  it('is never beaten by more than its bound says (every subset tried)', () => {
    const cover = fc.dictionary(fc.constantFrom('A', 'B', 'C', 'D', 'E'), fc.integer({ min: 1, max: 50 }), {
      minKeys: 1,
      maxKeys: 3,
    });
    const some = fc.array(
      fc.record({
        cost: fc.integer({ min: 1, max: 30 }),
        cover,
        works: fc.integer({ min: 1, max: 2 }),
      }),
      { maxLength: 8 },
    );
    const limits = fc.record({
      crews: fc.option(fc.integer({ min: 0, max: 5 })),
      money: fc.option(fc.integer({ min: 0, max: 80 })),
    });
    fc.assert(
      fc.property(some, limits, (drawn, budget) => {
        const all = drawn.map(({ cost, cover: covers, works }, i) => item(`I${i}`, cost, covers, works));
        const plan = budgetPlanner(all, 1_000)(budget);
        let optimum = 0;
        for (let mask = 0; mask < 1 << all.length; mask++) {
          const set = all.filter((_, i) => (mask >> i) & 1);
          if (set.reduce((sum, { works }) => sum + works, 0) > (budget.crews ?? Infinity)) continue;
          if (set.reduce((sum, { cost }) => sum + cost, 0) > (budget.money ?? Infinity)) continue;
          const best = new Map<string, number>();
          for (const { transformerId, avoidedCustomerHours } of set.flatMap(({ covers }) => covers)) {
            best.set(transformerId, Math.max(avoidedCustomerHours, best.get(transformerId) ?? 0));
          }
          optimum = Math.max(
            optimum,
            [...best.values()].reduce((sum, value) => sum + value, 0),
          );
        }
        expect(plan.avoided).toBeLessThanOrEqual(optimum + 1e-9);
        expect(plan.optimumAtMost).toBeGreaterThanOrEqual(optimum - 1e-9);
        expect(plan.cost).toBeLessThanOrEqual(budget.money ?? Infinity);
        expect(plan.steps.at(-1)?.works ?? 0).toBeLessThanOrEqual(budget.crews ?? Infinity);
      }),
    );
  });
});
