import type { SimTransformer } from './simGrid.ts';
import { noiseAt } from './noise.ts';
import { P_VOLTAGE_EXPONENT, Q_VOLTAGE_EXPONENT } from './physics/load.ts';
import { lvLineOhm } from './physics/network.ts';
import { RATED_SECONDARY_V, tapRatio } from './physics/transformer.ts';
import { hash32 } from './random.ts';
import type { NominalLoad, Simulation, TimeAxis } from './solver.ts';
import type { GridEvent } from './scenarios/scenario.ts';

/** What the meters of one transformer see over time. Powers and currents are those at the actual voltage. */
export interface OutletSeries {
  uaV: Float64Array;
  ubV: Float64Array;
  ucV: Float64Array;
  iaA: Float64Array;
  ibA: Float64Array;
  icA: Float64Array;
  pKw: Float64Array;
  qKvar: Float64Array;
  tails: { point: string; uaV: Float64Array; ubV: Float64Array; ucV: Float64Array }[];
}

const NOMINAL_V = 220;
/** A phase carries at least this share of its third, whatever the noise says. */
const PHASE_SHARE_MIN = 0.2;
const PHASE_WANDER = 0.07;
/** Bias is stated at half load; it shrinks as more homes are in use (domain.md §3: .37 median, .19 in the top decile). */
const BIAS_AT_LOAD = 0.5;
/** Readings are the mean of an interval: what is left of flicker and meter error, V peak to peak. */
const FAST_NOISE_V = 0.6;
/** What a phase shows when its 10 kV fuse is gone: fed backwards through the others (domain.md §3). */
const LOST_PHASE_SHARE = 0.5;
/** Power factor of single-phase customers at the end of a line. */
const TAIL_COS = 0.95;
const TAIL_SIN = 0.31;

/**
 * Outlet and line ends of one transformer: U = U_10kV/k − (R·P + X·Q)/U per phase − neutral displacement; load follows
 * voltage (P ∝ U^0.7, Q ∝ U²), by one estimate and one correction.
 */
export function outletSeries(
  sim: Simulation,
  axis: TimeAxis,
  t: SimTransformer,
  load: NominalLoad,
  busPu: Float64Array,
  dropPu: Float64Array,
  events: readonly GridEvent[],
): OutletSeries {
  const n = axis.timesMs.length;
  const column = (): Float64Array => new Float64Array(n);
  const out: OutletSeries = {
    uaV: column(),
    ubV: column(),
    ucV: column(),
    iaA: column(),
    ibA: column(),
    icA: column(),
    pKw: column(),
    qKvar: column(),
    tails: t.tails.map((tail) => ({ point: tail.point, uaV: column(), ubV: column(), ucV: column() })),
  };
  const solve = phaseSolver(sim, axis, t, events);
  const noLoadV = RATED_SECONDARY_V / tapRatio(t.tapPosition, t.tapStepPct);
  const tailOhm = t.tails.map((tail) => lvLineOhm(tail.line, TAIL_COS, TAIL_SIN));
  for (let i = 0; i < n; i++) {
    const s = solve(i, noLoadV * (busPu[i]! - dropPu[i]!), load.pKw[i]!, load.qKvar[i]!);
    const noise = hash32(t.channel, axis.minute[i]!);
    out.uaV[i] = s.ua + fastNoiseV(noise);
    out.ubV[i] = s.ub + fastNoiseV(noise >>> 10);
    out.ucV[i] = s.uc + fastNoiseV(noise >>> 20);
    out.iaA[i] = s.ia;
    out.ibA[i] = s.ib;
    out.icA[i] = s.ic;
    out.pKw[i] = s.p;
    out.qKvar[i] = s.q;
    for (let k = 0; k < tailOhm.length; k++) {
      const z = tailOhm[k]!;
      const tail = out.tails[k]!;
      // Out on its phase and back on the neutral, where the other phases take part of it away.
      tail.uaV[i] = out.uaV[i]! - z * (2 * s.ia - (s.ib + s.ic) / 2);
      tail.ubV[i] = out.ubV[i]! - z * (2 * s.ib - (s.ia + s.ic) / 2);
      tail.ucV[i] = out.ucV[i]! - z * (2 * s.ic - (s.ia + s.ib) / 2);
    }
  }
  for (const event of events) applyEvent(axis, out, event);
  return out;
}

/** Ten bits of a hash, centred. */
function fastNoiseV(bits: number): number {
  return ((bits & 1023) / 1023 - 0.5) * FAST_NOISE_V;
}

interface Phases {
  ua: number;
  ub: number;
  uc: number;
  ia: number;
  ib: number;
  ic: number;
  p: number;
  q: number;
}

type PhaseSolver = (i: number, sourceV: number, pKw: number, qKvar: number) => Phases;

/** One object is filled again and again: this runs millions of times. */
function phaseSolver(
  sim: Simulation,
  axis: TimeAxis,
  t: SimTransformer,
  events: readonly GridEvent[],
): PhaseSolver {
  const s: Phases = { ua: 0, ub: 0, uc: 0, ia: 0, ib: 0, ic: 0, p: 0, q: 0 };
  const pool = sim.grid.noise.load;
  const { rOhm, xOhm } = t.impedance;
  const neutrals = events.filter((e) => e.kind === 'bad-neutral');
  const [biasA, biasB, biasC] = t.phaseBias;
  const offsetA = hash32(t.channel, 11);
  const offsetB = hash32(t.channel, 12);
  return (i, sourceV, pKw, qKvar) => {
    let neutralOhm = t.neutralOhm;
    for (const e of neutrals) {
      if (axis.timesMs[i]! >= e.fromMs && axis.timesMs[i]! < e.toMs) neutralOhm += e.amount;
    }
    const knot = axis.knot[i]!;
    const fraction = axis.fraction[i]!;
    const loading = Math.abs(pKw) / t.capacityKva;
    const biasing = Math.max(0.7, Math.min(1.5, Math.sqrt(BIAS_AT_LOAD / (loading + 0.05))));
    const wanderA = PHASE_WANDER * noiseAt(pool, offsetA, knot, fraction);
    const wanderB = PHASE_WANDER * noiseAt(pool, offsetB, knot, fraction);
    const a = Math.max(PHASE_SHARE_MIN, 1 + biasA * biasing + wanderA);
    const b = Math.max(PHASE_SHARE_MIN, 1 + biasB * biasing + wanderB);
    const c = Math.max(PHASE_SHARE_MIN, 1 + biasC * biasing - wanderA - wanderB);
    const third = 1000 / (a + b + c);
    // Estimate with the load at rated voltage, then correct once with the load at the estimate.
    const v0 = sourceV - ((rOhm * pKw + xOhm * qKvar) * 1000) / (3 * sourceV);
    const deviation = v0 / NOMINAL_V - 1;
    s.p = pKw * (1 + P_VOLTAGE_EXPONENT * deviation);
    s.q = qKvar * (1 + Q_VOLTAGE_EXPONENT * deviation);
    const dropPerShare = (rOhm * s.p + xOhm * s.q) * third;
    const ampsPerShare = Math.sqrt(s.p * s.p + s.q * s.q) * third;
    s.ia = (ampsPerShare * a) / v0;
    s.ib = (ampsPerShare * b) / v0;
    s.ic = (ampsPerShare * c) / v0;
    s.ua = sourceV - (dropPerShare * a) / v0 - neutralOhm * (s.ia - (s.ib + s.ic) / 2);
    s.ub = sourceV - (dropPerShare * b) / v0 - neutralOhm * (s.ib - (s.ia + s.ic) / 2);
    s.uc = sourceV - (dropPerShare * c) / v0 - neutralOhm * (s.ic - (s.ia + s.ib) / 2);
    return s;
  };
}

function applyEvent(axis: TimeAxis, out: OutletSeries, event: GridEvent): void {
  if (event.kind !== 'outage' && event.kind !== 'lost-phase') return;
  const voltages = [out, ...out.tails].map((m) => [m.uaV, m.ubV, m.ucV] as const);
  const currents = [out.iaA, out.ibA, out.icA] as const;
  for (let i = 0; i < axis.timesMs.length; i++) {
    if (axis.timesMs[i]! < event.fromMs || axis.timesMs[i]! >= event.toMs) continue;
    if (event.kind === 'outage') {
      for (const u of voltages) u[0][i] = u[1][i] = u[2][i] = 0;
      for (const current of currents) current[i] = 0;
      out.pKw[i] = out.qKvar[i] = 0;
    } else {
      const phase = event.amount as 0 | 1 | 2;
      for (const u of voltages) u[phase][i]! *= LOST_PHASE_SHARE;
      currents[phase][i]! *= LOST_PHASE_SHARE;
    }
  }
}
