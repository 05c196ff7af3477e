import { noiseAt } from '../noise.ts';
import { P_VOLTAGE_EXPONENT, Q_VOLTAGE_EXPONENT } from '../physics/load.ts';
import { lvLineOhm } from '../physics/network.ts';
import { RATED_SECONDARY_V, tapRatio } from '../physics/transformer.ts';
import { hash32 } from '../random.ts';
import { hourIndex } from './loadYears.ts';
import { solveFeederYears } from './feederYears.ts';
import type { SeasonAxis } from './seasonAxis.ts';
import type { SeasonGrid, SeasonLife, TransformerState } from './seasonGrid.ts';

/** What happens at one transformer, hour by hour: means, before any device looks at them. */
export interface OutletYears {
  uaV: Float32Array;
  ubV: Float32Array;
  ucV: Float32Array;
  iaA: Float32Array;
  ibA: Float32Array;
  icA: Float32Array;
  pKw: Float32Array;
  qKvar: Float32Array;
  /** Lowest phase at the end of the longest line, metered or not. */
  minTailV: Float32Array;
}

/** What comes in: source at the high-voltage terminals, pu of 10 kV, and load at nominal voltage. */
export interface OutletInput {
  sourcePu: Float32Array;
  pKw: Float32Array;
  qKvar: Float32Array;
}

const NOMINAL_V = 220;
const PHASE_SHARE_MIN = 0.2;
const PHASE_WANDER = 0.05;
/** Bias is stated at half load; it shrinks as more homes are in use (domain.md §3). */
const BIAS_AT_LOAD = 0.5;
/** Power factor of single-phase customers at the end of a line. */
const TAIL_COS = 0.95;
const TAIL_SIN = 0.31;

/** Source and load of a transformer, from the feeders that it hangs on. */
export function outletInput(grid: SeasonGrid, index: number, axis: SeasonAxis): OutletInput {
  const { homes } = grid.lives[index]!;
  const sourcePu = new Float32Array(axis.hours);
  let input: OutletInput | null = null;
  for (const [h, home] of homes.entries()) {
    const from = hourIndex(axis, home.fromMs);
    const to = h + 1 < homes.length ? hourIndex(axis, homes[h + 1]!.fromMs) : axis.hours;
    if (from === to) continue;
    const { busPu, dropPu, loads } = solveFeederYears(grid, home.feeder, axis);
    const drop = dropPu.get(index)!;
    for (let i = from; i < to; i++) sourcePu[i] = busPu[i]! - drop[i]!;
    input = { sourcePu, ...loads.get(index)! };
  }
  return input ?? { sourcePu, pKw: sourcePu, qKvar: sourcePu };
}

/**
 * Outlet and line end: U = U_10kV/k − (R·P + X·Q)/U per phase − neutral displacement; load follows voltage (P ∝ U^0.7,
 * Q ∝ U²), by one estimate and one correction.
 */
export function outletYears(
  grid: SeasonGrid,
  life: SeasonLife,
  axis: SeasonAxis,
  input: OutletInput,
): OutletYears {
  const column = (): Float32Array => new Float32Array(axis.hours);
  const out: OutletYears = {
    uaV: column(),
    ubV: column(),
    ucV: column(),
    iaA: column(),
    ibA: column(),
    icA: column(),
    pKw: column(),
    qKvar: column(),
    minTailV: column(),
  };
  for (const [s, state] of life.states.entries()) {
    const from = hourIndex(axis, state.fromMs);
    const to = s + 1 < life.states.length ? hourIndex(axis, life.states[s + 1]!.fromMs) : axis.hours;
    if (from < to) solveState(grid, life.channel, state, axis.firstHour, input, from, to, out);
  }
  return out;
}

function solveState(
  grid: SeasonGrid,
  channel: number,
  state: TransformerState,
  firstHour: number,
  input: OutletInput,
  from: number,
  to: number,
  out: OutletYears,
): void {
  const { fast } = grid.memory;
  const { rOhm, xOhm } = state.impedance;
  const { neutralOhm, capacityKva } = state;
  const [biasA, biasB, biasC] = state.phaseBias;
  const [offsetA, offsetB] = [hash32(channel, 11), hash32(channel, 12)];
  const noLoadV = RATED_SECONDARY_V / tapRatio(state.tapPosition, 2.5);
  const lineOhm = lvLineOhm(
    { conductorMm2: state.lineConductorMm2, lengthM: state.lineLengthM, loadShare: state.lineLoadShare },
    TAIL_COS,
    TAIL_SIN,
  );
  for (let i = from; i < to; i++) {
    const hour = firstHour + i;
    const sourceV = noLoadV * input.sourcePu[i]!;
    const pKw = input.pKw[i]!;
    const qKvar = input.qKvar[i]!;
    const biasing = Math.max(
      0.7,
      Math.min(1.5, Math.sqrt(BIAS_AT_LOAD / (Math.abs(pKw) / capacityKva + 0.05))),
    );
    const wanderA = PHASE_WANDER * noiseAt(fast, offsetA, hour, 0.5);
    const wanderB = PHASE_WANDER * noiseAt(fast, offsetB, hour, 0.5);
    const a = Math.max(PHASE_SHARE_MIN, 1 + biasA * biasing + wanderA);
    const b = Math.max(PHASE_SHARE_MIN, 1 + biasB * biasing + wanderB);
    const c = Math.max(PHASE_SHARE_MIN, 1 + biasC * biasing - wanderA - wanderB);
    const third = 1000 / (a + b + c);
    // Estimate with the load at rated voltage, then correct once with the load at the estimate.
    const v0 = sourceV - ((rOhm * pKw + xOhm * qKvar) * 1000) / (3 * sourceV);
    const deviation = v0 / NOMINAL_V - 1;
    const p = pKw * (1 + P_VOLTAGE_EXPONENT * deviation);
    const q = qKvar * (1 + Q_VOLTAGE_EXPONENT * deviation);
    const dropPerShare = ((rOhm * p + xOhm * q) * third) / v0;
    const ampsPerShare = (Math.sqrt(p * p + q * q) * third) / v0;
    const ia = ampsPerShare * a;
    const ib = ampsPerShare * b;
    const ic = ampsPerShare * c;
    const mean = (ia + ib + ic) / 3;
    const ua = sourceV - dropPerShare * a - neutralOhm * 1.5 * (ia - mean);
    const ub = sourceV - dropPerShare * b - neutralOhm * 1.5 * (ib - mean);
    const uc = sourceV - dropPerShare * c - neutralOhm * 1.5 * (ic - mean);
    out.uaV[i] = ua;
    out.ubV[i] = ub;
    out.ucV[i] = uc;
    out.iaA[i] = ia;
    out.ibA[i] = ib;
    out.icA[i] = ic;
    out.pKw[i] = p;
    out.qKvar[i] = q;
    // Out on its phase and back on the neutral, where the other phases take part of it away: 2·I − (the others' mean).
    out.minTailV[i] = Math.min(
      ua - lineOhm * (2.5 * ia - 1.5 * mean),
      ub - lineOhm * (2.5 * ib - 1.5 * mean),
      uc - lineOhm * (2.5 * ic - 1.5 * mean),
    );
  }
}
