import type { BudgetItem } from '../../../server/core/measures/budget.ts';

/** A tap that avoids so many customer-hours at each of these transformers. */
export function budgetItem(id: string, cost: number, covers: Record<string, number>, works = 1): BudgetItem {
  return {
    id,
    kind: 'tap',
    cost,
    detail: {},
    works,
    covers: Object.entries(covers).map(([transformerId, avoidedCustomerHours]) => ({
      transformerId,
      avoidedCustomerHours,
    })),
  };
}
