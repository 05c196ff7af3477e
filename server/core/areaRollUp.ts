import { CONDITION_CODE, CONDITIONS } from './condition.ts';
import type { RollUp } from './liveView.ts';

const LOW_CODES: ReadonlySet<number> = new Set([
  CONDITION_CODE['mild-low'],
  CONDITION_CODE['serious-low'],
  CONDITION_CODE['severe-low'],
]);

/** Sums over groups of transformers (areas, feeders, all), kept up with each change instead of counted again. */
export class AreaRollUp {
  readonly groups: number;
  readonly #lowSharePct: number;
  #transformers: Uint32Array;
  #customers: Float64Array;
  #customersLow: Float64Array;
  #customersOut: Float64Array;
  #byCondition: Uint32Array;

  /** `lowSharePct`: share of a group's customers behind low voltage, %, from which it is a low-voltage area; absent: none ever is. */
  constructor(groups: number, lowSharePct = Infinity) {
    this.groups = groups;
    this.#lowSharePct = lowSharePct;
    this.#transformers = new Uint32Array(groups);
    this.#customers = new Float64Array(groups);
    this.#customersLow = new Float64Array(groups);
    this.#customersOut = new Float64Array(groups);
    this.#byCondition = new Uint32Array(groups * CONDITIONS.length);
  }

  /** A transformer joins a group. */
  add(group: number, code: number, customers: number): void {
    this.#transformers[group]! += 1;
    this.#customers[group]! += customers;
    this.#count(group, code, customers, 1);
  }

  /** A transformer of the group shows another condition. */
  move(group: number, from: number, to: number, customers: number): void {
    this.#count(group, from, customers, -1);
    this.#count(group, to, customers, 1);
  }

  /** Sums of a group; the lowest voltage is the caller's, a minimum cannot be kept by adding. */
  rollUp(group: number, worstV: number): RollUp {
    const at = group * CONDITIONS.length;
    const customers = this.#customers[group]!;
    const customersLow = this.#customersLow[group]!;
    const isLowArea = customersLow > 0 && 100 * customersLow >= this.#lowSharePct * customers;
    const byCondition = [...this.#byCondition.subarray(at, at + CONDITIONS.length)];
    return {
      transformers: this.#transformers[group]!,
      customers,
      byCondition,
      customersLow,
      customersOut: this.#customersOut[group]!,
      worst:
        CONDITIONS[
          Math.max(
            0,
            byCondition.findLastIndex((count) => count > 0),
          )
        ]!,
      ...(isLowArea ? { isLowArea } : {}),
      worstV: worstV < Infinity ? worstV : null,
    };
  }

  #count(group: number, code: number, customers: number, sign: 1 | -1): void {
    this.#byCondition[group * CONDITIONS.length + code]! += sign;
    if (LOW_CODES.has(code)) this.#customersLow[group]! += sign * customers;
    if (code === CONDITION_CODE.outage) this.#customersOut[group]! += sign * customers;
  }
}

/** Whether a group would look the same. */
export function isSameRollUp(a: RollUp, b: RollUp): boolean {
  return (
    a.worstV === b.worstV &&
    a.transformers === b.transformers &&
    a.customers === b.customers &&
    a.customersLow === b.customersLow &&
    a.customersOut === b.customersOut &&
    a.byCondition.every((count, code) => count === b.byCondition[code])
  );
}
