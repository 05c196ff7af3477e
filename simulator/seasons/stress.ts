import { neutralShiftOhm } from '../physics/transformer.ts';
import type { Random } from '../random.ts';
import { LOW_V } from '../truth.ts';
import { hardMoments, momentSourcePu, momentV, quietNight, type Moment } from './designMoments.ts';
import type { SeasonCause, SeasonGrid } from './seasonGrid.ts';

/**
 * Brings some transformers to the edge of low voltage, each by a cause of its own: a margin is drawn, and the cause is
 * turned up until a hard evening of the reference year meets it. So a grid of any seed has some low transformers, many
 * nearly low, and most far from it.
 */

/** Share of the transformers brought near the edge in each season, before chance; margin above the limit, V. */
const STRESSED = { summer: 0.12, winter: 0.04 } as const;
const MARGIN_MEAN_V = 1.5;
const MARGIN_SIGMA_V = 4.5;
/** Share of country feeders that are too long for what they carry. */
const WEAK_FEEDERS = 0.14;
const SOUND_MARGIN_V = [5, 15] as const;
/** Margin of the last but so many transformers of such a feeder. */
const WEAK_NODE = 3;
/** Turned up as far as it goes, a cause that leaves more than this is taken back. */
const MISSED_V = 6;
/** Candidates are the weaker part of the grid. */
const CANDIDATES = 0.55;

type Stress = Exclude<SeasonCause, 'none' | 'feeder'>;
const CAUSES: readonly Stress[] = [
  'overload',
  'overload',
  'overload',
  'tap',
  'tap',
  'unbalance',
  'unbalance',
  'lv-line',
  'lv-line',
  'seasonal',
];

/** Sets taps by quiet nights, as crews do: by eye. */
export function setSeasonTaps(grid: SeasonGrid, random: Random): void {
  const night = quietNight(grid);
  const source = momentSourcePu(grid, night);
  for (const [i, t] of grid.transformers.entries()) {
    const ceilingV = random.between(226.5, 232.5);
    const state = grid.lives[i]!.states[0]!;
    for (state.tapPosition = 1; state.tapPosition < t.tapCount; state.tapPosition++) {
      const raised = { ...state, tapPosition: state.tapPosition + 1 };
      if (momentV(grid, i, raised, source[i]!, night, false) > ceilingV) break;
    }
  }
}

/** Makes feeders as long as they can be: some country feeders so that their ends are at the edge, the others with more to spare. */
export function measureFeeders(grid: SeasonGrid, random: Random): void {
  const moments = hardMoments(grid).slice(0, 3);
  for (const feeder of grid.feeders) {
    const weak = feeder.rural && random.unit() < WEAK_FEEDERS;
    const targetV = LOW_V + (weak ? 5 + 2.5 * random.normal() : random.between(...SOUND_MARGIN_V));
    const { nodes, sections } = feeder.layouts[0]!;
    const lengths = sections.map((s) => s.lengthKm);
    const alone = { ...grid, feeders: [feeder] };
    const weakestV = (factor: number): number => {
      for (const [n, section] of sections.entries()) section.lengthKm = lengths[n]! * factor;
      const sources = moments.map((m) => momentSourcePu(alone, m));
      const lowest = nodes
        .map((i) => Math.min(...sources.map((s, m) => designV(grid, i, s[i]!, moments[m]!))))
        .sort((a, b) => a - b);
      return lowest[Math.min(WEAK_NODE, lowest.length - 1)]!;
    };
    if (weak) bisect(weakestV, 0.5, 3, targetV);
    else if (weakestV(1) < targetV) bisect(weakestV, 0.3, 1, targetV);
    if (weak) for (const i of nodes) grid.lives[i]!.designCause = 'feeder';
  }
}

function designV(grid: SeasonGrid, i: number, sourcePu: number, moment: Moment): number {
  return momentV(grid, i, grid.lives[i]!.states[0]!, sourcePu, moment, false);
}

interface SourcedMoment extends Moment {
  sourcePu: Float64Array;
}

export function stressTransformers(grid: SeasonGrid, random: Random): void {
  const moments: SourcedMoment[] = hardMoments(grid).map((moment) => ({
    ...moment,
    sourcePu: momentSourcePu(grid, moment),
  }));
  const worstV = grid.transformers.map((_, i) =>
    Math.min(...moments.map((moment) => designV(grid, i, moment.sourcePu[i]!, moment))),
  );
  const order = [...grid.transformers.keys()]
    .filter((i) => ['rural', 'mixed', 'residential'].includes(grid.transformers[i]!.kind))
    .filter((i) => grid.lives[i]!.load.pvKw === 0 && grid.lives[i]!.designCause === 'none')
    .sort((a, b) => worstV[a]! - worstV[b]! || a - b);
  const pool = order.slice(0, Math.ceil(order.length * CANDIDATES));
  for (const season of ['summer', 'winter'] as const) {
    const wanted = Math.round(STRESSED[season] * grid.transformers.length * random.between(0.85, 1.15));
    for (let done = 0; done < wanted && pool.length > 0;) {
      const [i] = pool.splice(random.below(pool.length), 1) as [number];
      const targetV = LOW_V + MARGIN_MEAN_V + MARGIN_SIGMA_V * Math.max(-1.6, random.normal());
      const first = random.below(CAUSES.length);
      for (let tried = 0; tried < CAUSES.length; tried += 2) {
        const cause = CAUSES[(first + tried) % CAUSES.length]!;
        if (
          !stressed(
            grid,
            i,
            cause,
            moments.filter((m) => m.season === season),
            targetV,
            random,
          )
        )
          continue;
        done++;
        break;
      }
    }
  }
}

/** Turns one cause up until the season's hardest moment is at the target; false, and nothing changed, when it cannot. */
function stressed(
  grid: SeasonGrid,
  i: number,
  cause: Stress,
  moments: readonly SourcedMoment[],
  targetV: number,
  random: Random,
): boolean {
  const life = grid.lives[i]!;
  const before = { load: { ...life.load }, state: { ...life.states[0]! } };
  const atTail = cause === 'lv-line';
  const { season } = moments[0]!;
  const lowestV = (x: number): number => {
    turn(x);
    return Math.min(...moments.map((m) => momentV(grid, i, life.states[0]!, m.sourcePu[i]!, m, atTail)));
  };
  prepare(grid, i, cause, season, random);
  const { turn, from, to } = screw(grid, i, cause, season, random);
  if (lowestV(from) > targetV && bisect(lowestV, from, to, targetV) < targetV + MISSED_V) {
    life.designCause = cause;
    if (atTail) grid.transformers[i]!.hasTailMeter = random.unit() < 0.9;
    return true;
  }
  life.load = before.load;
  life.states[0] = before.state;
  return false;
}

/** What goes with a cause whatever its degree. */
function prepare(
  grid: SeasonGrid,
  i: number,
  cause: Stress,
  season: 'summer' | 'winter',
  random: Random,
): void {
  const { load, states } = grid.lives[i]!;
  const state = states[0]!;
  if (season === 'winter') {
    load.heatingFactor = random.between(1.5, 2.4);
    load.coolingFactor *= 0.5;
  }
  if (cause === 'tap') state.tapPosition = Math.max(1, state.tapPosition - 2 - random.below(2));
  if (cause === 'unbalance') {
    if (random.unit() < 0.6) state.neutralOhm = neutralShiftOhm(state.impedance, 'Yyn0');
    load.peakKw = state.capacityKva * random.between(0.55, 0.95);
  }
  if (cause === 'lv-line') {
    state.lineConductorMm2 = random.pick([35, 50]);
    state.lineLoadShare = random.between(0.3, 0.5);
    load.peakKw = Math.max(load.peakKw, state.capacityKva * random.between(0.4, 0.7));
  }
}

interface Screw {
  turn(x: number): void;
  from: number;
  to: number;
}

function screw(
  grid: SeasonGrid,
  i: number,
  cause: Stress,
  season: 'summer' | 'winter',
  random: Random,
): Screw {
  const { load, states } = grid.lives[i]!;
  const state = states[0]!;
  const peak = (x: number): void => void (load.peakKw = x * state.capacityKva);
  switch (cause) {
    case 'overload':
      return { turn: peak, from: 0.6, to: 1.7 };
    case 'tap':
      return { turn: peak, from: 0.3, to: 1.05 };
    case 'unbalance': {
      const towards = random.pick([
        [1, -0.3, -0.7],
        [-0.6, 1, -0.4],
        [-0.5, -0.5, 1],
      ] as const);
      const turn = (x: number): void =>
        void (state.phaseBias = [towards[0] * x, towards[1] * x, towards[2] * x]);
      return { turn, from: 0.15, to: 0.85 };
    }
    case 'lv-line':
      return { turn: (x) => void (state.lineLengthM = x), from: 300, to: 1100 };
    case 'seasonal':
      if (season === 'summer') return { turn: (x) => void (load.pumpingPu = x), from: 0.05, to: 1.1 };
      return random.unit() < 0.7
        ? { turn: (x) => void (load.festivalFactor = x), from: 1.3, to: 3 }
        : { turn: (x) => void (load.curingPu = x), from: 0.1, to: 1 };
  }
}

/** Turns x up until the falling `valueAt` meets the target, or as far as it goes; leaves it there and returns the value. */
function bisect(valueAt: (x: number) => number, from: number, to: number, target: number): number {
  let [low, high] = [from, to];
  if (valueAt(to) > target) return valueAt(to);
  for (let step = 0; step < 20; step++) {
    const middle = (low + high) / 2;
    if (valueAt(middle) > target) low = middle;
    else high = middle;
  }
  return valueAt(high);
}
