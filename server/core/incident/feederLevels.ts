import type { Transformer } from '../grid.ts';
import type { EvidenceView } from './evidenceView.ts';

/** How one transformer stands today beside its own yesterday. */
export interface Level {
  id: string;
  /** Lowest phase now, line ends included, V; NaN when silent or without supply. */
  lowV: number;
  /** What it has on quiet hours, and on the worst ones, of the past day before this trouble, V; NaN unknown. */
  quietV: number;
  worstV: number;
  /** Under the lower limit now. */
  isLow: boolean;
  isOut: boolean;
  isSilent: boolean;
}

const STEP_MS = 900_000;
const STEPS = 96;
/** The last two hours are the trouble itself. */
const SKIPPED_STEPS = 8;
/** Fewer quarters of an hour say nothing of a day. */
const STEPS_MIN = 8;
const QUIET_RANK = 0.85;
const WORST_RANK = 0.05;
/** Lower limit as a share of nominal (GB/T 12325), for neighbours whose own limit nobody told. */
export const LOW_PU = 0.9;
const OUT_PU = 0.1;
/** Half a voltage is a lost phase, none an outage: neither is a usual level. */
const USUAL_PU = 0.7;

export function levelOf(t: Transformer, view: EvidenceView): Level {
  const now = view.now(t.id);
  const lowV = now === null ? NaN : least(now.uaV, now.ubV, now.ucV, now.lowestTailV);
  const isSilent = now === null || !now.hasData;
  const isOut = !isSilent && greatest(now.uaV, now.ubV, now.ucV) < OUT_PU * t.nominalV;
  const day = pastDay(t, view);
  return {
    id: t.id,
    lowV: isSilent || isOut ? NaN : lowV,
    quietV: day.length < STEPS_MIN ? NaN : day[Math.floor(QUIET_RANK * day.length)]!,
    worstV: day.length < STEPS_MIN ? NaN : day[Math.floor(WORST_RANK * day.length)]!,
    isLow: !isSilent && !isOut && lowV < LOW_PU * t.nominalV,
    isOut,
    isSilent,
  };
}

/** Voltages of the past day, lowest first. */
function pastDay(t: Transformer, view: EvidenceView): Float64Array {
  const values = new Float64Array(STEPS);
  let count = 0;
  for (let step = SKIPPED_STEPS; step < STEPS; step++) {
    const voltageV = view.beforeV(t.id, view.nowMs - step * STEP_MS);
    if (voltageV >= USUAL_PU * t.nominalV) values[count++] = voltageV;
  }
  return values.subarray(0, count).sort();
}

export function least(...values: number[]): number {
  let low = NaN;
  for (const value of values) if (value < low || Number.isNaN(low)) low = value;
  return low;
}

function greatest(...values: number[]): number {
  return -least(...values.map((value) => -value));
}

export function median(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return known.length === 0 ? NaN : known[Math.floor(known.length / 2)]!;
}

/** Spearman's rank correlation; NaN of fewer than five pairs, or when one side does not vary. */
export function rankCorrelation(pairs: readonly (readonly [number, number])[]): number {
  if (pairs.length < 5) return NaN;
  const a = ranks(pairs.map(([x]) => x));
  const b = ranks(pairs.map(([, y]) => y));
  const mean = (pairs.length - 1) / 2;
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < pairs.length; i++) {
    ab += (a[i]! - mean) * (b[i]! - mean);
    aa += (a[i]! - mean) ** 2;
    bb += (b[i]! - mean) ** 2;
  }
  return aa === 0 || bb === 0 ? NaN : ab / Math.sqrt(aa * bb);
}

/** Equal values share the mean of their ranks. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const out: number[] = [];
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let k = from; k <= to; k++) out[order[k]!] = (from + to) / 2;
    from = to + 1;
  }
  return out;
}
