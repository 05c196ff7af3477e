import type { GridModel } from '../grid.ts';

/** An area by the share of its customers behind low voltage (低电压台区 of an area). */
export interface AreaShare {
  areaId: string;
  customers: number;
  lowCustomers: number;
  sharePct: number;
  /** The share has reached the limit: a low-voltage area. */
  isLow: boolean;
}

/**
 * Every area with the share of its customers behind transformers that are low; `sharePct` is the limit, %, from which an
 * area is a low-voltage area. An area without customers is none.
 */
export function lowVoltageAreas(
  model: GridModel,
  isLow: (transformerId: string) => boolean,
  sharePct: number,
): AreaShare[] {
  const sums = new Map(model.areas.map(({ id }) => [id, { customers: 0, lowCustomers: 0 }]));
  for (const { id, areaId, customers } of model.transformers) {
    const sum = sums.get(areaId);
    if (sum === undefined) continue;
    sum.customers += customers;
    if (isLow(id)) sum.lowCustomers += customers;
  }
  return [...sums].map(([areaId, { customers, lowCustomers }]) => {
    const share = customers === 0 ? 0 : (100 * lowCustomers) / customers;
    return { areaId, customers, lowCustomers, sharePct: share, isLow: customers > 0 && share >= sharePct };
  });
}
