import type { Replay } from '../api.ts';

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

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  return Uint8Array.from({ length: binary.length }, (_, i) => binary.charCodeAt(i));
}
