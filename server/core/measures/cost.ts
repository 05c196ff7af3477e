import type { Transformer } from '../grid.ts';

/**
 * What measures cost, all configurable. The defaults are rough estimates of Chinese rural works including labour and outage
 * [L]; a utility puts its own framework prices here. They order measures; they are not a quotation.
 */
export interface MeasureCosts {
  /** What the numbers are in. */
  currency: string;
  /** Crew, switching and outage notice for one off-circuit tap change. */
  tap: number;
  rebalance: number;
  capacitorsFixed: number;
  capacitorsPerKvar: number;
  /** LV line of one feeder out of the outlet, per metre of radius. */
  reconductorPerM: number;
  /** Unit and exchange by capacity, kVA. */
  capacityByKva: Readonly<Record<number, number>>;
  /** New transformer point: unit, poles, 10 kV branch. */
  newPoint: number;
  /** Line regulator or reconductored section of a 10 kV feeder. */
  feeder: number;
}

export const MEASURE_COSTS: Readonly<MeasureCosts> = Object.freeze({
  currency: 'CNY',
  tap: 1_500,
  rebalance: 4_000,
  capacitorsFixed: 5_000,
  capacitorsPerKvar: 120,
  reconductorPerM: 160,
  capacityByKva: Object.freeze({
    50: 25_000,
    100: 35_000,
    200: 52_000,
    315: 68_000,
    400: 80_000,
    630: 110_000,
    800: 135_000,
    1000: 160_000,
  }),
  newPoint: 280_000,
  feeder: 900_000,
});

/** Units that are bought (GB/T 6451 series; domain.md §3), ascending. */
export function standardKva(costs: MeasureCosts): number[] {
  return Object.keys(costs.capacityByKva)
    .map(Number)
    .toSorted((a, b) => a - b);
}

/** Radius to reckon with where none is registered: the design radius of a rural zone (domain.md §1). */
const RADIUS_M = 500;

export function reconductorCost({ lvRadiusM }: Transformer, costs: MeasureCosts): number {
  return costs.reconductorPerM * (lvRadiusM ?? RADIUS_M);
}
