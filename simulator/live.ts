import type { NativeReading } from '../server/ingest/payload.ts';
import { hash32 } from './random.ts';
import { openSimulation, solveFeeder, timeAxis, type Simulation } from './solver.ts';
import type { SimGrid, SimTransformer } from './simGrid.ts';
import type { OutletSeries } from './outlet.ts';
import type { Scenario } from './scenarios/scenario.ts';

/** One reading on its way from a device. */
export interface DeviceMessage {
  transformer: SimTransformer;
  reading: NativeReading;
}

/** Readings of every point for the interval [tsMs, tsMs + stepMs): the same values that history holds for it. */
export function liveReadings(
  grid: SimGrid,
  tsMs: number,
  stepMs: number,
  scenario: Scenario,
): DeviceMessage[] {
  return readInterval(openSimulation(grid, scenario), tsMs, stepMs);
}

/** {@link liveReadings} for a simulation that is kept open: weather memory is then worked out once a day. */
export function readInterval(sim: Simulation, tsMs: number, stepMs: number): DeviceMessage[] {
  const axis = timeAxis(sim, Float64Array.of(tsMs + stepMs / 2));
  const messages: DeviceMessage[] = [];
  for (let feeder = 0; feeder < sim.grid.feeders.length; feeder++) {
    for (const { transformer, series } of solveFeeder(sim, axis, feeder)) {
      const solved = series();
      messages.push({ transformer, reading: outletReading(transformer, solved, tsMs, stepMs) });
      for (const tail of solved.tails) {
        const u = voltages(tail);
        messages.push({ transformer, reading: { ...head(transformer, tsMs, stepMs), u, pt: tail.point } });
      }
    }
  }
  return messages;
}

function head(
  t: SimTransformer,
  tsMs: number,
  stepMs: number,
): Pick<NativeReading, 'v' | 'id' | 'ts' | 'int' | 'agg' | 'seq'> {
  return {
    v: 1,
    id: t.id,
    ts: tsMs,
    int: stepMs / 1000,
    agg: 'mean',
    seq: Math.floor(tsMs / stepMs) % SEQ_WRAP,
  };
}

const SEQ_WRAP = 2 ** 31;
/** How far below its mean a phase dips within an interval, V at most in quiet operation. */
const DIP_V = 3;

function outletReading(t: SimTransformer, s: OutletSeries, tsMs: number, stepMs: number): NativeReading {
  const u = voltages(s);
  const [a, b, c] = [s.iaA[0]!, s.ibA[0]!, s.icA[0]!];
  const noise = hash32(t.channel, Math.floor(tsMs / 1000), 5);
  const dip = (mean: number, bits: number): number =>
    mean === 0 ? 0 : tenth(mean - 0.3 - ((bits & 1023) / 1023) ** 2 * DIP_V);
  return {
    ...head(t, tsMs, stepMs),
    u,
    umin: { a: dip(u.a, noise), b: dip(u.b, noise >>> 10), c: dip(u.c, noise >>> 20) },
    // |Ia + a²·Ib + a·Ic| of currents at one power factor: what flows back on the neutral.
    i: {
      a: tenth(a),
      b: tenth(b),
      c: tenth(c),
      n: tenth(Math.sqrt(Math.max(0, a * a + b * b + c * c - a * b - b * c - a * c))),
    },
    p: tenth(s.pKw[0]!),
    q: tenth(s.qKvar[0]!),
  };
}

function voltages(s: Pick<OutletSeries, 'uaV' | 'ubV' | 'ucV'>): { a: number; b: number; c: number } {
  return { a: tenth(s.uaV[0]!), b: tenth(s.ubV[0]!), c: tenth(s.ucV[0]!) };
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
