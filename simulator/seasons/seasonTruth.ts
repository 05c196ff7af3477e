import { LOW_V } from '../truth.ts';
import { solveFeederYears } from './feederYears.ts';
import { outageHours } from './hourly.ts';
import { outletInput, outletYears, type OutletInput } from './outletYears.ts';
import type { Season } from './season.ts';
import { seasonAxis, type SeasonAxis } from './seasonAxis.ts';
import type { SeasonCause, SeasonGrid, SeasonLife } from './seasonGrid.ts';
import { stateAfter, type Work } from './works.ts';

/** What a season really was at one transformer: from the physics, nothing of it from a device. Outages are masked. */
export interface SeasonTruth {
  transformerId: string;
  /** Some 1-hour mean of a measured point (outlet, and line end where it has a meter) was under the limit. */
  low: boolean;
  lowHours: number;
  /** Lowest 1-hour mean of any phase of a measured point, V. */
  minHourV: number;
  outletMinV: number;
  /** End of the longest line, metered or not. */
  tailMinV: number;
  /** Highest 1-hour mean of any phase at the outlet, V. */
  maxHourV: number;
  /** Highest 1-hour mean of the load, % of capacity. */
  peakLoadPct: number;
  /** Why it was low; `none` when it was not. */
  cause: SeasonCause;
}

export function seasonTruth(grid: SeasonGrid, season: Season): SeasonTruth[] {
  const axis = seasonAxis(grid, season.fromMs, season.toMs);
  return grid.transformers.map((_, i) => truthOf(grid, i, axis, grid.lives[i]!, outletInput(grid, i, axis)));
}

function truthOf(
  grid: SeasonGrid,
  i: number,
  axis: SeasonAxis,
  life: SeasonLife,
  input: OutletInput,
): SeasonTruth {
  const { id, hasTailMeter } = grid.transformers[i]!;
  const out = outletYears(grid, life, axis, input);
  const masked = new Set(outageHours(grid, i, axis));
  const truth: SeasonTruth = {
    transformerId: id,
    low: false,
    lowHours: 0,
    minHourV: Infinity,
    outletMinV: Infinity,
    tailMinV: Infinity,
    maxHourV: -Infinity,
    peakLoadPct: 0,
    cause: 'none',
  };
  let peakKva = 0;
  for (let h = 0; h < axis.hours; h++) {
    if (masked.has(h)) continue;
    const [a, b, c] = [out.uaV[h]!, out.ubV[h]!, out.ucV[h]!];
    const outletV = Math.min(a, b, c);
    const measuredV = hasTailMeter ? Math.min(outletV, out.minTailV[h]!) : outletV;
    if (measuredV < LOW_V) truth.lowHours++;
    truth.minHourV = Math.min(truth.minHourV, measuredV);
    truth.outletMinV = Math.min(truth.outletMinV, outletV);
    truth.tailMinV = Math.min(truth.tailMinV, out.minTailV[h]!);
    truth.maxHourV = Math.max(truth.maxHourV, a, b, c);
    peakKva = Math.max(peakKva, Math.hypot(out.pKw[h]!, out.qKvar[h]!));
  }
  truth.peakLoadPct = (100 * peakKva) / life.states.findLast((s) => s.fromMs <= axis.fromMs)!.capacityKva;
  truth.low = truth.lowHours > 0;
  if (truth.low) truth.cause = causeOf(life, truth);
  return truth;
}

const OVERLOADED_PCT = 105;

/** What was built in; else what grew. */
function causeOf(life: SeasonLife, truth: SeasonTruth): SeasonCause {
  if (life.designCause !== 'none') return life.designCause;
  if (truth.outletMinV >= LOW_V) return 'lv-line';
  return truth.peakLoadPct > OVERLOADED_PCT ? 'overload' : 'feeder';
}

/** A measure before a season: work on the transformer, or on its feeder. */
export type Measure = { kind: Work['kind']; amount?: number } | { kind: 'feeder'; dropScale: number };

/** What the season would have been, had the measures been carried out before it. */
export function counterfactual(
  grid: SeasonGrid,
  season: Season,
  transformer: number,
  ...measures: readonly Measure[]
): SeasonTruth {
  const axis = seasonAxis(grid, season.fromMs, season.toMs);
  const life = grid.lives[transformer]!;
  const given = outletInput(grid, transformer, axis);
  const input = measures.reduce(
    (before, measure) =>
      measure.kind === 'feeder'
        ? { ...before, sourcePu: relieved(grid, life, season, axis, before.sourcePu, measure.dropScale) }
        : before,
    given,
  );
  const works = measures.flatMap((measure) => (measure.kind === 'feeder' ? [] : [measure]));
  if (works.length === 0) return truthOf(grid, transformer, axis, life, input);
  const { tapCount } = grid.transformers[transformer]!;
  const before = life.states.findLast((s) => s.fromMs <= season.fromMs)!;
  const after = works.reduce((state, { kind, amount }) => stateAfter(state, kind, amount, tapCount), before);
  const pScale = after.loadShare / before.loadShare;
  const qScale = (pScale * (1 - after.compensation)) / (1 - before.compensation);
  return truthOf(
    grid,
    transformer,
    axis,
    { ...life, states: [{ ...after, fromMs: -Infinity }] },
    {
      sourcePu: input.sourcePu,
      pKw: input.pKw.map((p) => p * pScale),
      qKvar: input.qKvar.map((q) => q * qScale),
    },
  );
}

/** Source of a transformer whose feeder drops only that share of what it does. */
function relieved(
  grid: SeasonGrid,
  life: SeasonLife,
  season: Season,
  axis: SeasonAxis,
  sourcePu: OutletInput['sourcePu'],
  dropScale: number,
): OutletInput['sourcePu'] {
  const home = life.homes.findLast((h) => h.fromMs <= season.fromMs)!;
  const { busPu } = solveFeederYears(grid, home.feeder, axis);
  return sourcePu.map((pu, h) => busPu[h]! - dropScale * (busPu[h]! - pu));
}
