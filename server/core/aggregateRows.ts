import { HOUR_LOADS, LOADS, type DAY_LAYOUT, type WINDOW_LAYOUT } from './aggregateLayout.ts';
import type { Limits } from './limits.ts';
import { MEAN_INTERVAL_MS, type DailySummary, type VoltageMean } from './summary.ts';
import type { Table } from './table.ts';

/** Whose points they are. */
export interface PointNames {
  limitsOf(p: number): Limits;
  transformerId(p: number): string;
  point(p: number): string;
}

/** The mean of the open window of a point. */
export function meanRow(windows: Table<typeof WINDOW_LAYOUT>, p: number, owner: PointNames): VoltageMean {
  const { tick, count, flags, voltages, squares, minV, maxV, loads, loadSums } = windows.columns;
  const { nominalV } = owner.limitsOf(p);
  const at = 3 * p;
  const from = p * LOADS;
  return {
    transformerId: owner.transformerId(p),
    point: owner.point(p),
    tsMs: tick[p]! * MEAN_INTERVAL_MS,
    uaV: rootMeanSquare(squares[at]!, voltages[at]!, nominalV),
    ubV: rootMeanSquare(squares[at + 1]!, voltages[at + 1]!, nominalV),
    ucV: rootMeanSquare(squares[at + 2]!, voltages[at + 2]!, nominalV),
    uaMinV: rounded(minV[at]!),
    ubMinV: rounded(minV[at + 1]!),
    ucMinV: rounded(minV[at + 2]!),
    uaMaxV: rounded(maxV[at]!),
    ubMaxV: rounded(maxV[at + 1]!),
    ucMaxV: rounded(maxV[at + 2]!),
    iaA: quotient(loadSums[from]!, loads[from]!),
    ibA: quotient(loadSums[from + 1]!, loads[from + 1]!),
    icA: quotient(loadSums[from + 2]!, loads[from + 2]!),
    pKw: quotient(loadSums[from + 3]!, loads[from + 3]!),
    qKvar: quotient(loadSums[from + 4]!, loads[from + 4]!),
    count: count[p]!,
    flags: flags[p]!,
  };
}

/** The summary of a day that begins at `dayMs`. */
export function dailyRow(
  days: Table<typeof DAY_LAYOUT>,
  p: number,
  dayMs: number,
  owner: PointNames,
): DailySummary {
  const day = days.columns;
  const { nominalV } = owner.limitsOf(p);
  const at = 3 * p;
  const load = HOUR_LOADS * p;
  return {
    transformerId: owner.transformerId(p),
    point: owner.point(p),
    dayMs,
    uaMinHourV: rounded(day.minHourV[at]!),
    ubMinHourV: rounded(day.minHourV[at + 1]!),
    ucMinHourV: rounded(day.minHourV[at + 2]!),
    uaMeanV: rootMeanSquare(day.squares[at]!, day.voltages[at]!, nominalV),
    ubMeanV: rootMeanSquare(day.squares[at + 1]!, day.voltages[at + 1]!, nominalV),
    ucMeanV: rootMeanSquare(day.squares[at + 2]!, day.voltages[at + 2]!, nominalV),
    uaMaxV: rounded(day.maxV[at]!),
    ubMaxV: rounded(day.maxV[at + 1]!),
    ucMaxV: rounded(day.maxV[at + 2]!),
    lowHours: day.lowHours[p]!,
    validHours: day.validHours[p]!,
    iaMaxHourA: rounded(day.maxHourLoads[load]!),
    ibMaxHourA: rounded(day.maxHourLoads[load + 1]!),
    icMaxHourA: rounded(day.maxHourLoads[load + 2]!),
    pMaxHourKw: rounded(day.maxHourLoads[load + 3]!),
    pMeanKw: quotient(day.powerSums[2 * p]!, day.powers[2 * p]!),
    qMeanKvar: quotient(day.powerSums[2 * p + 1]!, day.powers[2 * p + 1]!),
    monitoredMin: day.monitoredS[p]! / 60,
    qualifiedMin: day.qualifiedS[p]! / 60,
    count: day.count[p]!,
    outageCount: day.outageCount[p]!,
  };
}
/** From sums of (u/nominal)² − 1. */
export function rootMeanSquare(squares: number, count: number, nominalV: number): number {
  return count === 0 ? NaN : rounded(nominalV * Math.sqrt(Math.max(0, 1 + squares / count)));
}

function quotient(sum: number, count: number): number {
  return count === 0 ? NaN : rounded(sum / count);
}

/** To 0.1 mV: what 4-byte numbers hold of a voltage, without their binary tail. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
