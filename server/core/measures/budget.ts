import { kindsOf } from './combine.ts';
import type { MeasureKind, MeasureOutcome, MeasurePart } from './finding.ts';

/**
 * The best use of so many crews or so much money: which measures avoid most customer-hours of low voltage. What two
 * measures avoid at one transformer is what the better of them avoids, so the total is a monotone submodular function
 * of the set, and greedy choice with its online bound applies (Nemhauser, Wolsey & Fisher 1978; Leskovec et al. 2007,
 * "Cost-effective outbreak detection in networks", §3.2).
 */

export interface BudgetItem {
  /** Unique: the transformer, or `feeder:` and the feeder. */
  id: string;
  kind: MeasureKind;
  /** Of both where it is a pair. */
  cost: number;
  detail: MeasureOutcome['detail'];
  second?: MeasurePart;
  /** Measures that crews carry out: two for a pair. */
  works: number;
  covers: readonly { transformerId: string; avoidedCustomerHours: number }[];
}

/** One transformer of a run, as far as a budget is concerned. */
export interface BudgetRow {
  transformerId: string;
  feederId: string;
  customers: number;
  expectedLowHours: number;
  measures: readonly Pick<
    MeasureOutcome,
    'kind' | 'detail' | 'cost' | 'second' | 'avoidedCustomerHours' | 'suffices'
  >[];
  recommended: number | null;
}

export interface Budget {
  /** Measures that crews can carry out before the season; null: any number. */
  crews: number | null;
  money: number | null;
}

export interface BudgetStep {
  item: BudgetItem;
  /** What it avoids beyond those before it, customer-hours. */
  gain: number;
  /** Running totals. */
  cost: number;
  works: number;
  avoided: number;
  /** Avoided part of all expected customer-hours, %: "the first 30 cover 82 %". */
  coveredPct: number;
}

export interface BudgetPlan {
  steps: readonly BudgetStep[];
  cost: number;
  avoided: number;
  /** All customer-hours that are expected without any measure. */
  expected: number;
  /** No set within the budget avoids more than this; `avoided / optimumAtMost` is what the plan is worth at least. */
  optimumAtMost: number;
}

/**
 * One item a transformer (the measure or pair recommended; where none suffices, the one that avoids most for its cost), and
 * one a feeder for a feeder measure, which covers all its transformers and costs once. A pair with a feeder measure in it is
 * no item: for one transformer alone nobody works on the feeder.
 */
export function budgetItems(rows: readonly BudgetRow[]): BudgetItem[] {
  const own = rows.flatMap((row): BudgetItem[] => {
    const measure = ownMeasure(row);
    if (measure === null || !(measure.avoidedCustomerHours > 0)) return [];
    const { transformerId } = row;
    const { kind, cost, detail, second, avoidedCustomerHours } = measure;
    const pair = second === undefined ? {} : { second };
    const covers = [{ transformerId, avoidedCustomerHours }];
    return [{ id: transformerId, kind, cost, detail, ...pair, works: kindsOf(measure).length, covers }];
  });
  const byFeeder = Map.groupBy(
    rows.flatMap(({ transformerId, feederId, measures }) =>
      measures
        .filter((one) => kindsOf(one).join() === 'feeder' && one.avoidedCustomerHours > 0)
        .map((measure) => ({ transformerId, feederId, measure })),
    ),
    ({ feederId }) => feederId,
  );
  const feeders = [...byFeeder].map(([feederId, parts]): BudgetItem => ({
    id: `feeder:${feederId}`,
    kind: 'feeder',
    cost: Math.max(...parts.map(({ measure }) => measure.cost)),
    detail: { feeder: feederId, transformers: parts.length },
    works: 1,
    covers: parts.map(({ transformerId, measure }) => ({
      transformerId,
      avoidedCustomerHours: measure.avoidedCustomerHours,
    })),
  }));
  return [...own, ...feeders];
}

function ownMeasure({ measures, recommended }: BudgetRow): BudgetRow['measures'][number] | null {
  const chosen = recommended === null ? undefined : measures[recommended];
  const isOwn = (measure: BudgetRow['measures'][number]) => !kindsOf(measure).includes('feeder');
  if (chosen !== undefined && isOwn(chosen)) return chosen;
  const worth = (measure: BudgetRow['measures'][number]) =>
    measure.avoidedCustomerHours / Math.max(1, measure.cost);
  return measures
    .filter(isOwn)
    .reduce<BudgetRow['measures'][number] | null>(
      (best, measure) => (best === null || worth(measure) > worth(best) ? measure : best),
      null,
    );
}

/** Customer-hours that are expected without any measure. */
export function expectedCustomerHours(rows: readonly BudgetRow[]): number {
  return rows.reduce((sum, row) => {
    const hours = row.customers * row.expectedLowHours;
    return Number.isFinite(hours) ? sum + hours : sum;
  }, 0);
}

/**
 * Takes by gain for each unit of cost, for each work of a crew, and by gain alone, and keeps the best plan. Where nothing
 * limits, the order is what is asked for: what pays most comes first.
 */
export function planBudget(items: readonly BudgetItem[], budget: Budget, expected: number): BudgetPlan {
  const plans = [
    greedy(items, budget, (gain, { cost }) => gain / Math.max(1, cost), expected),
    greedy(items, budget, (gain, { works }) => gain / works, expected),
    greedy(items, budget, (gain) => gain, expected),
  ];
  const isOpen = budget.crews === null && budget.money === null;
  const best = plans.reduce((a, b) => (!isOpen && b.avoided > a.avoided ? b : a));
  return { ...best, optimumAtMost: Math.min(...plans.map((plan) => plan.optimumAtMost)) };
}

/** What an item adds to what is covered already. */
function gainOf({ covers }: BudgetItem, covered: ReadonlyMap<string, number>): number {
  return covers.reduce(
    (sum, { transformerId, avoidedCustomerHours }) =>
      sum + Math.max(0, avoidedCustomerHours - (covered.get(transformerId) ?? 0)),
    0,
  );
}

function greedy(
  items: readonly BudgetItem[],
  budget: Budget,
  worth: (gain: number, item: BudgetItem) => number,
  expected: number,
): BudgetPlan {
  const covered = new Map<string, number>();
  const steps: BudgetStep[] = [];
  let cost = 0;
  let works = 0;
  let avoided = 0;
  let optimumAtMost = boundOf(items, covered, budget);
  // Gains only ever fall, so an item that leads with its gain of now leads for good (Minoux 1978).
  const queue = items
    .map((item) => ({ item, gain: gainOf(item, covered) }))
    .toSorted((a, b) => worth(b.gain, b.item) - worth(a.gain, a.item));
  while (queue.length > 0 && works < (budget.crews ?? Infinity)) {
    const first = queue.shift()!;
    if (works + first.item.works > (budget.crews ?? Infinity)) continue;
    if (cost + first.item.cost > (budget.money ?? Infinity)) continue;
    const gain = gainOf(first.item, covered);
    if (gain <= 0) continue;
    if (gain < first.gain) {
      insert(queue, { item: first.item, gain }, (one) => worth(one.gain, one.item));
      continue;
    }
    for (const { transformerId, avoidedCustomerHours } of first.item.covers) {
      covered.set(transformerId, Math.max(avoidedCustomerHours, covered.get(transformerId) ?? 0));
    }
    cost += first.item.cost;
    works += first.item.works;
    avoided += gain;
    steps.push({
      item: first.item,
      gain,
      cost,
      works,
      avoided,
      coveredPct: expected > 0 ? (100 * avoided) / expected : 0,
    });
  }
  optimumAtMost = Math.min(optimumAtMost, avoided + boundOf(items, covered, budget));
  return { steps, cost, avoided, expected, optimumAtMost: Math.max(avoided, optimumAtMost) };
}

/**
 * Upper bound of what any set within the budget adds to what is covered: items taken as if they did not overlap, and in
 * parts.
 */
function boundOf(
  items: readonly BudgetItem[],
  covered: ReadonlyMap<string, number>,
  { crews, money }: Budget,
): number {
  const gains = items.map((item) => ({ cost: item.cost, works: item.works, gain: gainOf(item, covered) }));
  const all = gains.reduce((sum, { gain }) => sum + gain, 0);
  const byCrews = inParts(gains, ({ works }) => works, crews ?? Infinity);
  const byMoney = inParts(gains, ({ cost }) => cost, money ?? Infinity);
  return Math.min(all, byCrews, byMoney);
}

/** The most that fits into so much of one thing, the last item in part. */
function inParts<T extends { gain: number }>(
  gains: readonly T[],
  takes: (one: T) => number,
  whole: number,
): number {
  const worth = (one: T) => one.gain / Math.max(Number.EPSILON, takes(one));
  let left = whole;
  let sum = 0;
  for (const one of gains.toSorted((a, b) => worth(b) - worth(a))) {
    const need = takes(one);
    if (left <= 0 && need > 0) continue;
    sum += one.gain * (need > left ? left / need : 1);
    left -= need;
  }
  return sum;
}

function insert<T>(queue: T[], one: T, keyOf: (item: T) => number): void {
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyOf(queue[middle]!) >= keyOf(one)) low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, one);
}
