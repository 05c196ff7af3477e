import { budgetPlanner, payingOrder, type Budget, type BudgetItem, type BudgetStep } from './budget.ts';

/** What so much of one thing buys. */
export interface BudgetPoint {
  /** Works, or money in the currency of the costs. */
  limit: number;
  /** In the order in which they pay for what is short; the last of them has the totals. */
  steps: readonly BudgetStep[];
  /** No set within the limit avoids more customer-hours than this. */
  optimumAtMost: number;
}

/** So many works can be chosen one by one; beyond them, and of money, round numbers do. */
const EACH_WORK_TO = 20;
const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

/**
 * The plans for growing limits, until nothing more is to be gained. Sets for two limits need not contain one another: what
 * does not fit into the smaller may be the best of the larger. A limit that buys more never avoids less.
 *
 * @param by what is short: works of crews, or money
 * @param expected customer-hours that are expected without any measure
 */
export function budgetCurve(
  items: readonly BudgetItem[],
  by: keyof Budget,
  expected: number,
): readonly BudgetPoint[] {
  const last = payingOrder(items, by, expected).at(-1);
  if (last === undefined) return [];
  const planFor = budgetPlanner(items, expected);
  const points: BudgetPoint[] = [];
  let best: readonly BudgetStep[] = [];
  let avoided = 0;
  for (const limit of by === 'crews' ? workLimits(last.works) : moneyLimits(items, last.cost)) {
    const plan = planFor({ crews: null, money: null, [by]: limit });
    if (plan.avoided > avoided) {
      avoided = plan.avoided;
      const chosen = plan.steps.map(({ item }) => item);
      best = payingOrder(chosen, by, expected);
    }
    points.push({ limit, steps: best, optimumAtMost: plan.optimumAtMost });
    if (avoided >= last.avoided * (1 - 1e-9)) break;
  }
  return withBounds(points, last.avoided);
}

/** What no set within a larger limit exceeds, none within a smaller does, and none what all measures avoid. */
function withBounds(points: readonly BudgetPoint[], all: number): readonly BudgetPoint[] {
  let atMost = all;
  return points
    .toReversed()
    .map((point) => {
      atMost = Math.min(atMost, point.optimumAtMost);
      return { ...point, optimumAtMost: Math.max(atMost, point.steps.at(-1)?.avoided ?? 0) };
    })
    .toReversed();
}

function workLimits(most: number): readonly number[] {
  const each = Array.from({ length: Math.min(most, EACH_WORK_TO) }, (_, i) => i + 1);
  return most <= EACH_WORK_TO
    ? each
    : [...each, ...roundNumbers(EACH_WORK_TO, most).filter((n) => n > EACH_WORK_TO && n < most), most];
}

/** From what buys the cheapest to what buys all. */
function moneyLimits(items: readonly BudgetItem[], most: number): readonly number[] {
  return roundNumbers(Math.max(1, Math.min(...items.map(({ cost }) => cost))), Math.max(1, most));
}

/** Ten a decade, the first at or over `least`, the last at or over `most`. */
function roundNumbers(least: number, most: number): readonly number[] {
  const numbers: number[] = [];
  for (let decade = 10 ** Math.floor(Math.log10(least)); ; decade *= 10) {
    for (const digits of ROUND) {
      const n = Math.round(digits * decade);
      if (n >= least) numbers.push(n);
      if (n >= most) return numbers;
    }
  }
}
