import type { Condition } from '../../server/core/condition.ts';

/** Conditions by code, calm to urgent: the same order as the server's list (a test holds them together). */
export const CONDITION_ORDER = [
  'normal',
  'watch',
  'no-data',
  'mild-low',
  'over-voltage',
  'serious-low',
  'severe-low',
  'outage',
] as const satisfies readonly Condition[];

/** What the code of a snapshot column means; a code from a newer server than these pages reads as no data. */
export function conditionOf(code: number): Condition {
  return CONDITION_ORDER[code] ?? 'no-data';
}

export function codeOf(condition: Condition): number {
  return CONDITION_ORDER.indexOf(condition);
}

/** Mild, serious or severe low voltage. */
export function isLow(condition: Condition): boolean {
  return condition === 'mild-low' || condition === 'serious-low' || condition === 'severe-low';
}

/** What the list beside the map shows: all that a person may have to act on. */
export function needsAttention(condition: Condition): boolean {
  return isLow(condition) || condition === 'over-voltage' || condition === 'outage';
}

/** Transformers of a roll-up that are low now. */
export function countLow(byCondition: readonly number[]): number {
  return countWhere(byCondition, isLow);
}

/** Transformers of a roll-up whose condition passes. */
export function countWhere(
  byCondition: readonly number[],
  passes: (condition: Condition) => boolean,
): number {
  let count = 0;
  byCondition.forEach((n, code) => {
    if (passes(conditionOf(code))) count += n;
  });
  return count;
}
