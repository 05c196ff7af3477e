import type { RollUp } from '../../../server/core/liveView.ts';
import type { Replay } from '../api.ts';
import { codeOf, conditionOf, isLow } from '../condition.ts';

/** The past day, decoded: `steps` frames of `rows` values. */
export interface ReplayDay {
  gridVersion: number;
  startMs: number;
  stepMs: number;
  steps: number;
  rows: number;
  condition: Uint8Array;
  worstDeciV: Uint16Array;
}

const NO_CONDITION = 255;
const NO_VOLTAGE = 65_535;

/** @throws RangeError when the columns are not as long as the answer says: a faulty server must not draw a false day. */
export function decodeReplay(replay: Replay): ReplayDay {
  const condition = bytesOf(replay.conditionBase64);
  const voltage = bytesOf(replay.worstDeciVBase64);
  const cells = replay.steps * replay.rows;
  if (condition.length !== cells || voltage.length !== cells * 2) {
    throw new RangeError(`a replay of ${replay.steps} × ${replay.rows} with ${condition.length} conditions`);
  }
  const view = new DataView(voltage.buffer);
  const worstDeciV = Uint16Array.from({ length: cells }, (_, i) => view.getUint16(i * 2, true));
  const { gridVersion, startMs, stepMs, steps, rows } = replay;
  return { gridVersion, startMs, stepMs, steps, rows, condition, worstDeciV };
}

/** One frame as live columns have it (load is not replayed: NaN). */
export function replayFrame(
  day: ReplayDay,
  step: number,
  noDataCode: number,
): { condition: Uint8Array; worstV: Float32Array; loadPct: Float32Array } {
  const from = Math.max(0, Math.min(day.steps - 1, step)) * day.rows;
  const condition = day.condition.slice(from, from + day.rows);
  condition.forEach((code, row) => {
    if (code === NO_CONDITION) condition[row] = noDataCode;
  });
  const worstV = Float32Array.from(day.worstDeciV.subarray(from, from + day.rows), (deciV) =>
    deciV === NO_VOLTAGE ? NaN : deciV / 10,
  );
  return { condition, worstV, loadPct: new Float32Array(day.rows).fill(NaN) };
}

/**
 * Sums over groups of transformers (areas, feeders) at a replayed moment, for which the server keeps none.
 *
 * @param group the group of each row, as an index below `groups`
 */
export function rollUpsOf(
  frame: { condition: Uint8Array; worstV: Float32Array },
  group: readonly number[],
  groups: number,
  customers: readonly number[],
): RollUp[] {
  const sums = Array.from({ length: groups }, emptyRollUp);
  frame.condition.forEach((code, row) => {
    const sum = sums[group[row]!];
    if (sum === undefined) return;
    const condition = conditionOf(code);
    const homes = customers[row]!;
    sum.transformers += 1;
    sum.customers += homes;
    sum.byCondition[code] = (sum.byCondition[code] ?? 0) + 1;
    if (isLow(condition)) sum.customersLow += homes;
    if (condition === 'outage') sum.customersOut += homes;
    if (code > codeOf(sum.worst)) sum.worst = condition;
    const volts = frame.worstV[row]!;
    if (!Number.isNaN(volts) && (sum.worstV === null || volts < sum.worstV)) sum.worstV = volts;
  });
  return sums;
}

function emptyRollUp(): RollUp {
  return {
    transformers: 0,
    customers: 0,
    byCondition: [0, 0, 0, 0, 0, 0, 0, 0],
    customersLow: 0,
    customersOut: 0,
    worst: 'normal',
    worstV: null,
  };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  return Uint8Array.from({ length: binary.length }, (_, i) => binary.charCodeAt(i));
}
