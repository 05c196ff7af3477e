import type { Cause, SimGrid, SimTransformer, TailMeter } from './simGrid.ts';
import { sectionDropPu, type LvConductorMm2 } from './physics/network.ts';
import { RATED_SECONDARY_V, neutralShiftOhm, tapRatio } from './physics/transformer.ts';

/** Choices of the people who built the grid: taps set for quiet nights, and the troubles that Peakvolt is to find. */

/** A quiet night, for the setting of taps: load as a share of peak, voltage that the outlet must not pass. */
const NIGHT_LOAD_SHARE = 0.25;
const NIGHT_CEILING_V = 232.6;

/** Sets each tap as high as its quiet nights allow (GB/T 12325: at most 235.4 V). */
export function setTaps(grid: SimGrid): void {
  for (const feeder of grid.feeders) {
    const drops = nightDropsPu(grid, feeder.nodes, feeder.sections);
    for (const [node, index] of feeder.nodes.entries()) {
      const t = grid.transformers[index]!;
      const sourceV = RATED_SECONDARY_V * (feeder.busKv / 10 - drops[node]!);
      t.tapPosition = 1;
      while (
        t.tapPosition < t.tapCount &&
        sourceV / tapRatio(t.tapPosition + 1, t.tapStepPct) <= NIGHT_CEILING_V
      ) {
        t.tapPosition++;
      }
    }
  }
}

function nightDropsPu(
  grid: SimGrid,
  nodes: readonly number[],
  sections: SimGrid['feeders'][number]['sections'],
): number[] {
  const flowMw = nodes.map((index) => {
    const t = grid.transformers[index]!;
    return (t.capacityKva * t.peakPu * NIGHT_LOAD_SHARE) / 1000;
  });
  for (let node = nodes.length - 1; node >= 0; node--) {
    const parent = sections[node]!.parent;
    if (parent >= 0) flowMw[parent]! += flowMw[node]!;
  }
  const drops: number[] = [];
  for (const [node, section] of sections.entries()) {
    const upstream = section.parent < 0 ? 0 : drops[section.parent]!;
    drops.push(upstream + sectionDropPu(section, flowMw[node]!, 0.3 * flowMw[node]!));
  }
  return drops;
}

interface Trouble {
  cause: Exclude<Cause, 'none' | 'feeder'>;
  /** Low for the first time in the summer after the reference summer. */
  entrant: boolean;
  /** Built at the ends of weak feeders (true) or of sound ones (false). */
  weak: boolean;
  /** Among a county's 400 transformers; scaled with the size of the grid. */
  countPer400: number;
}

const TROUBLES: readonly Trouble[] = [
  { cause: 'overload', entrant: false, weak: true, countPer400: 5 },
  { cause: 'overload', entrant: true, weak: true, countPer400: 3 },
  { cause: 'tap', entrant: false, weak: true, countPer400: 2 },
  { cause: 'unbalance', entrant: false, weak: false, countPer400: 4 },
  { cause: 'lv-line', entrant: false, weak: false, countPer400: 5 },
];
/** Every so many transformers have a line-end meter although nothing is wrong with them. */
const TAIL_EVERY = 16;

/** Builds troubles into villages far out on country feeders, where voltage has least to spare, and hangs up tail meters. */
export function designTroubles(grid: SimGrid): void {
  const villages = grid.transformers
    .filter(
      (t) => grid.feeders[t.feeder]!.plan.rural && (t.kind === 'rural' || t.kind === 'mixed') && t.pvKw === 0,
    )
    .sort((a, b) => relativeDistance(grid, b) - relativeDistance(grid, a) || a.id.localeCompare(b.id));
  const onWeak = villages.filter((t) => grid.feeders[t.feeder]!.plan.far === 'JKLYJ-70');
  const onSound = villages.filter((t) => grid.feeders[t.feeder]!.plan.far !== 'JKLYJ-70');
  for (const { cause, entrant, weak, countPer400 } of TROUBLES) {
    const count = Math.round((countPer400 * grid.transformers.length) / 400);
    for (let i = 0; i < count; i++) {
      const t = (weak ? onWeak : onSound).shift();
      if (t) apply(grid, t, cause, entrant, i % countPer400);
    }
  }
  for (const [i, t] of grid.transformers.entries()) {
    if (t.tails.length === 0 && i % TAIL_EVERY === 5) {
      t.tails.push(tailMeter(t, grid.feeders[t.feeder]!.plan.rural ? 70 : 120, 0.25));
    }
  }
}

/** Distance from the substation in trunk lengths. */
function relativeDistance(grid: SimGrid, t: SimTransformer): number {
  return t.distanceKm / grid.feeders[t.feeder]!.plan.trunkKm;
}

function apply(grid: SimGrid, t: SimTransformer, cause: Cause, entrant: boolean, i: number): void {
  t.designCause = cause;
  if (cause === 'overload') {
    t.peakPu = entrant ? 0.85 : 1.08 + 0.05 * i;
    t.growth = 0.06;
    if (!entrant) t.curingPu = 0.4 + 0.12 * i;
    // Next spring, after the reference summer: low for the first time in the summer that follows.
    if (entrant) t.growthStep = { atMs: grid.referenceMs + 270 * 86_400_000, share: 0.45 + 0.1 * i };
  } else if (cause === 'tap') {
    t.tapPosition = Math.max(1, t.tapPosition - 3);
    t.peakPu = 1.05;
    t.curingPu = 0.3;
    fewCoolers(t);
  } else if (cause === 'unbalance') {
    t.vectorGroup = 'Yyn0';
    t.neutralOhm = neutralShiftOhm(t.impedance, 'Yyn0');
    t.peakPu = 0.95 + 0.05 * i;
    if (i === 0) t.curingPu = 0.5;
    fewCoolers(t);
    t.phaseBias = i % 2 === 0 ? [0.55, -0.15, -0.4] : [-0.35, 0.55, -0.2];
  } else {
    t.lvRadiusM = 620 + 60 * i;
    t.peakPu = 0.75;
    fewCoolers(t);
    if (i < 2) t.curingPu = 0.5;
    t.tails.push(tailMeter(t, 50, 0.3));
  }
}

/** Stoves, workshops and electric heating rather than air conditioners: evenings are heavy all year, winter included. */
function fewCoolers(t: SimTransformer): void {
  t.coolingFactor = 0.5;
  t.heatingFactor = 1.4;
}

/** A low-voltage line with a meter at its end; the id of the meter follows from the transformer's. */
function tailMeter(t: SimTransformer, conductorMm2: LvConductorMm2, loadShare: number): TailMeter {
  const point = `tail-M${t.id.slice(2)}${t.tails.length + 1}`;
  return { point, line: { conductorMm2, lengthM: t.lvRadiusM, loadShare } };
}
