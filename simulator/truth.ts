import { HOUR_MS } from './calendar.ts';
import { feederEvents } from './events.ts';
import type { Cause, SimGrid, SimTransformer } from './simGrid.ts';
import type { OutletSeries } from './outlet.ts';
import { openScenario, type GridEvent, type Scenario } from './scenarios/scenario.ts';
import { openSimulation, solveFeeder, timeAxis } from './solver.ts';

/** What really happened to a transformer, known because it was made: the measure of detection and forecast. */
export interface TransformerTruth {
  transformerId: string;
  /** Lowest hour of each phase at the outlet, V, outages and lost phases masked; NaN without a valid hour. */
  uaMinV: number;
  ubMinV: number;
  ucMinV: number;
  /** Hours with some phase of the outlet under {@link LOW_V}. */
  lowHours: number;
  /** The same at the worst line-end meter; NaN and 0 where there is none. */
  tailMinV: number;
  tailLowHours: number;
  /** Why it went low, `none` when it did not: what was built in, else the feeder. */
  cause: Cause;
}

/** Lower limit of a 220 V supply, GB/T 12325-2008: −10 %. */
export const LOW_V = 198;
/** Hours solved at once. */
const BLOCK_HOURS = 2200;

/** Truth by transformer over the hours of [fromMs, toMs): the values of an hourly history before rounding and gaps. */
export function groundTruth(
  grid: SimGrid,
  fromMs: number,
  toMs: number,
  scenario: Scenario = openScenario('normal', grid, fromMs),
): TransformerTruth[] {
  const sim = openSimulation(grid, scenario);
  const truths = grid.transformers.map(unknownTruth);
  for (let blockMs = fromMs; blockMs < toMs; blockMs += BLOCK_HOURS * HOUR_MS) {
    const hours = Math.min(BLOCK_HOURS, Math.ceil((toMs - blockMs) / HOUR_MS));
    const axis = timeAxis(
      sim,
      Float64Array.from({ length: hours }, (_, i) => blockMs + (i + 0.5) * HOUR_MS),
    );
    for (const [f, feeder] of grid.feeders.entries()) {
      const events = feederEvents(grid, scenario, f, blockMs, blockMs + hours * HOUR_MS);
      for (const [node, solved] of solveFeeder(sim, axis, f).entries()) {
        const index = feeder.nodes[node]!;
        const masked = events.filter((e) => e.kind === 'lost-phase' && e.transformer === index);
        gather(truths[index]!, solved.series(), axis.timesMs, masked);
      }
    }
  }
  for (const [i, truth] of truths.entries()) truth.cause = causeOf(grid.transformers[i]!, truth);
  return truths;
}

function unknownTruth(t: SimTransformer): TransformerTruth {
  return {
    transformerId: t.id,
    uaMinV: NaN,
    ubMinV: NaN,
    ucMinV: NaN,
    lowHours: 0,
    tailMinV: NaN,
    tailLowHours: 0,
    cause: 'none',
  };
}

function gather(
  truth: TransformerTruth,
  s: OutletSeries,
  timesMs: Float64Array,
  masked: readonly GridEvent[],
): void {
  for (let i = 0; i < timesMs.length; i++) {
    if (s.uaV[i] === 0 && s.ubV[i] === 0 && s.ucV[i] === 0) continue;
    if (masked.some((e) => timesMs[i]! >= e.fromMs && timesMs[i]! < e.toMs)) continue;
    truth.uaMinV = lower(truth.uaMinV, s.uaV[i]!);
    truth.ubMinV = lower(truth.ubMinV, s.ubV[i]!);
    truth.ucMinV = lower(truth.ucMinV, s.ucV[i]!);
    if (Math.min(s.uaV[i]!, s.ubV[i]!, s.ucV[i]!) < LOW_V) truth.lowHours++;
    let tailV = NaN;
    for (const tail of s.tails) tailV = lower(tailV, Math.min(tail.uaV[i]!, tail.ubV[i]!, tail.ucV[i]!));
    truth.tailMinV = lower(truth.tailMinV, tailV);
    if (tailV < LOW_V) truth.tailLowHours++;
  }
}

/** The lower of two, where NaN is none yet. */
function lower(a: number, b: number): number {
  return b < a || Number.isNaN(a) ? b : a;
}

function causeOf(t: SimTransformer, truth: TransformerTruth): Cause {
  if (truth.lowHours === 0 && truth.tailLowHours === 0) return 'none';
  if (t.designCause !== 'none') return t.designCause;
  return truth.lowHours > 0 ? 'feeder' : 'lv-line';
}
