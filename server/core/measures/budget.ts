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

type Worth = (gain: number, item: BudgetItem) => number;

/** What it gives for each unit of what is short. */
const WORTH: Record<keyof Budget, Worth> = {
  money: (gain, { cost }) => gain / Math.max(1, cost),
  crews: (gain, { works }) => gain / works,
};

/**
 * A planner of the same items for any budget. It takes by gain for each unit of cost, for each work of a crew, and by gain
 * alone, and keeps the best plan. Where nothing limits, the order is what is asked for: what pays most comes first.
 *
 * @param expected customer-hours that are expected without any measure
 */
export function budgetPlanner(
  items: readonly BudgetItem[],
  expected: number,
): (budget: Budget) => BudgetPlan {
  const rules = [WORTH.money, WORTH.crews, (gain: number) => gain].map((worth) => ({
    worth,
    queue: queueOf(items, worth),
  }));
  return (budget) => {
    const plans = rules.map(({ queue, worth }) => greedy(queue, budget, worth));
    const isOpen = budget.crews === null && budget.money === null;
    const best = plans.reduce((a, b) => (!isOpen && b.avoided > a.avoided ? b : a));
    return planOf(items, best, budget, expected);
  };
}

/** All that avoid anything, those first that pay most for each unit of what is short. */
export function payingOrder(
  items: readonly BudgetItem[],
  by: keyof Budget,
  expected: number,
): readonly BudgetStep[] {
  return stepsOf(greedy(queueOf(items, WORTH[by]), { crews: null, money: null }, WORTH[by]), expected);
}

function planOf(items: readonly BudgetItem[], taken: Taken, budget: Budget, expected: number): BudgetPlan {
  const { cost, avoided, covered } = taken;
  const fromHere = avoided + boundOf(items, covered, budget);
  const optimumAtMost = Math.max(avoided, Math.min(fromHere, boundOf(items, new Map(), budget)));
  return { steps: stepsOf(taken, expected), cost, avoided, expected, optimumAtMost };
}

function stepsOf({ steps }: Taken, expected: number): readonly BudgetStep[] {
  return steps.map((step) => ({
    ...step,
    coveredPct: expected > 0 ? (100 * step.avoided) / expected : 0,
  }));
}

/** What an item adds to what is covered already. */
function gainOf({ covers }: BudgetItem, covered: ReadonlyMap<string, number>): number {
  return covers.reduce(
    (sum, { transformerId, avoidedCustomerHours }) =>
      sum + Math.max(0, avoidedCustomerHours - (covered.get(transformerId) ?? 0)),
    0,
  );
}

interface Taken {
  steps: readonly Omit<BudgetStep, 'coveredPct'>[];
  cost: number;
  avoided: number;
  /** Customer-hours avoided by transformer. */
  covered: ReadonlyMap<string, number>;
}

function greedy(ordered: readonly Queued[], budget: Budget, worth: Worth): Taken {
  const covered = new Map<string, number>();
  const steps: Taken['steps'][number][] = [];
  const crews = budget.crews ?? Infinity;
  const money = budget.money ?? Infinity;
  let cost = 0;
  let works = 0;
  let avoided = 0;
  // Gains only ever fall, so an item that leads with its gain of now leads for good (Minoux 1978).
  const queue = [...ordered];
  for (let at = 0; at < queue.length && works < crews; at++) {
    const first = queue[at]!;
    const { item } = first;
    if (works + item.works > crews || cost + item.cost > money) continue;
    const gain = gainOf(item, covered);
    if (gain <= 0) continue;
    if (gain < first.gain) {
      insert(queue, at + 1, { item, gain, worth: worth(gain, item) });
      continue;
    }
    for (const { transformerId, avoidedCustomerHours } of item.covers) {
      covered.set(transformerId, Math.max(avoidedCustomerHours, covered.get(transformerId) ?? 0));
    }
    cost += item.cost;
    works += item.works;
    avoided += gain;
    steps.push({ item, gain, cost, works, avoided });
  }
  return { steps, cost, avoided, covered };
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
  const gains = items
    .map((item) => ({ cost: item.cost, works: item.works, gain: gainOf(item, covered) }))
    .filter(({ gain }) => gain > 0);
  const all = gains.reduce((sum, { gain }) => sum + gain, 0);
  const byCrews = crews === null ? all : inParts(gains, ({ works }) => works, crews);
  const byMoney = money === null ? all : inParts(gains, ({ cost }) => cost, money);
  return Math.min(all, byCrews, byMoney);
}

/** The most that fits into so much of one thing, the last item in part. */
function inParts<T extends { gain: number }>(
  gains: readonly T[],
  takes: (one: T) => number,
  whole: number,
): number {
  const parts = gains
    .map((one) => ({ gain: one.gain, need: takes(one) }))
    .map(({ gain, need }) => ({ gain, need, worth: gain / Math.max(Number.EPSILON, need) }))
    .toSorted((a, b) => b.worth - a.worth);
  let left = whole;
  let sum = 0;
  for (const { gain, need } of parts) {
    if (left <= 0 && need > 0) break;
    sum += gain * (need > left ? left / need : 1);
    left -= need;
  }
  return sum;
}

/** An item with what it added when it was looked at last. */
interface Queued {
  item: BudgetItem;
  gain: number;
  worth: number;
}

function queueOf(items: readonly BudgetItem[], worth: Worth): readonly Queued[] {
  const none = new Map<string, number>();
  return items
    .map((item) => ({ item, gain: gainOf(item, none) }))
    .map(({ item, gain }) => ({ item, gain, worth: worth(gain, item) }))
    .toSorted((a, b) => b.worth - a.worth);
}

/** Keeps what stands from `from` on in order. */
function insert(queue: Queued[], from: number, one: Queued): void {
  let low = from;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (queue[middle]!.worth >= one.worth) low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, one);
}
