import { SUBSTATIONS, TOWNS } from './gridNames.ts';
import type { LoadKind } from './physics/load.ts';
import type { MvConductor, Section } from './physics/network.ts';
import type { Random } from './random.ts';

/** What sort of feeder it is, and where it runs; one plan for each of the ten feeders of a county. */
export interface FeederPlan {
  /** Index into SUBSTATIONS. */
  substation: number;
  /** Trunk length, and the point it runs towards (km from the county seat). */
  trunkKm: number;
  eastKm: number;
  northKm: number;
  /** Conductor of the first and the second half of the trunk, and of laterals. */
  near: MvConductor;
  far: MvConductor;
  lateral: MvConductor;
  lateralStepKm: number;
  /** Kinds to draw from; a kind named twice is twice as likely. */
  kinds: readonly LoadKind[];
  capacitiesKva: readonly number[];
  /** Peak load as a share of capacity, from and to. */
  peakPu: readonly [number, number];
  rural: boolean;
}

const TOWN_KVA = [200, 250, 315, 400, 500, 630] as const;
const VILLAGE_KVA = [100, 100, 160, 200, 200, 250] as const;
const VILLAGE_KINDS = ['rural', 'rural', 'rural', 'rural', 'rural', 'rural', 'mixed', 'irrigation'] as const;

function townPlan(eastKm: number, northKm: number, kinds: readonly LoadKind[]): FeederPlan {
  return {
    substation: 0,
    trunkKm: 4.2,
    eastKm,
    northKm,
    near: 'JKLYJ-240',
    far: 'JKLYJ-240',
    lateral: 'JKLYJ-120',
    lateralStepKm: 0.22,
    kinds,
    capacitiesKva: TOWN_KVA,
    peakPu: [0.22, 0.45],
    rural: false,
  };
}

function villagePlan(
  substation: number,
  trunkKm: number,
  eastKm: number,
  northKm: number,
  weak: boolean,
): FeederPlan {
  return {
    substation,
    trunkKm,
    eastKm,
    northKm,
    near: 'JKLYJ-120',
    far: weak ? 'JKLYJ-70' : 'JKLYJ-120',
    lateral: 'LGJ-50',
    lateralStepKm: 0.5,
    kinds: VILLAGE_KINDS,
    capacitiesKva: VILLAGE_KVA,
    peakPu: [0.35, 0.7],
    rural: true,
  };
}

/** In the order of FEEDER_NAMES: three in the county seat, works, a small town, five in the country (two of them weak). */
export const FEEDER_PLANS: readonly FeederPlan[] = [
  townPlan(-2, 0.5, ['residential', 'residential', 'residential', 'commercial', 'mixed']),
  townPlan(-0.5, 3, ['residential', 'residential', 'commercial', 'mixed']),
  townPlan(0, -3, ['residential', 'residential', 'residential', 'mixed']),
  { ...townPlan(9.5, 1.5, ['industrial', 'industrial', 'commercial', 'mixed']), substation: 2, trunkKm: 5.5 },
  {
    ...townPlan(10.5, 5.5, ['residential', 'mixed', 'rural', 'commercial']),
    substation: 2,
    trunkKm: 7,
    far: 'JKLYJ-120',
    capacitiesKva: [160, 200, 250, 315, 400],
  },
  villagePlan(0, 10, 3.5, -10.5, false),
  villagePlan(1, 9, -13, -5.5, false),
  villagePlan(1, 15, -16, 4, true),
  villagePlan(1, 16, -9.5, 13, true),
  villagePlan(2, 11, 6, 15, false),
];

export interface PlacedNode {
  section: Section;
  eastKm: number;
  northKm: number;
  /** Line length from the substation, km. */
  distanceKm: number;
}

const TRUNK_SHARE = 0.6;
const LATERAL_NODES_MAX = 4;

interface Walker {
  node: number;
  eastKm: number;
  northKm: number;
  distanceKm: number;
  headingRad: number;
}

/** Lays `count` transformers along a feeder: a trunk that wanders towards its goal, with short laterals to the sides. */
export function layFeeder(plan: FeederPlan, count: number, random: Random): PlacedNode[] {
  const start = SUBSTATIONS[plan.substation]!;
  const headingTo = (from: Walker): number =>
    Math.atan2(plan.northKm - from.northKm, plan.eastKm - from.eastKm);
  const trunk: Walker = {
    node: -1,
    eastKm: start.eastKm,
    northKm: start.northKm,
    distanceKm: 0,
    headingRad: 0,
  };
  trunk.headingRad = headingTo(trunk);
  const stepKm = plan.trunkKm / Math.max(1, count * TRUNK_SHARE);
  const nodes: PlacedNode[] = [];
  let lateral: Walker | null = null;
  let lateralLeft = 0;
  while (nodes.length < count) {
    const onLateral: boolean = lateral !== null && lateralLeft > 0;
    const walker: Walker = onLateral ? lateral! : trunk;
    const lengthKm = (onLateral ? plan.lateralStepKm : stepKm) * random.between(0.6, 1.4);
    const near = trunk.distanceKm < plan.trunkKm / 2;
    walker.headingRad += random.normal() * 0.25;
    if (!onLateral && trunk.distanceKm < plan.trunkKm * 0.8) {
      walker.headingRad += 0.35 * Math.sin(headingTo(walker) - walker.headingRad);
    }
    walker.eastKm += Math.cos(walker.headingRad) * lengthKm * 0.92; // poles wind: a line is longer than its chord
    walker.northKm += Math.sin(walker.headingRad) * lengthKm * 0.92;
    walker.distanceKm += lengthKm;
    const conductor = onLateral ? plan.lateral : near ? plan.near : plan.far;
    nodes.push({
      section: { parent: walker.node, lengthKm, conductor },
      eastKm: walker.eastKm,
      northKm: walker.northKm,
      distanceKm: walker.distanceKm,
    });
    walker.node = nodes.length - 1;
    if (onLateral) lateralLeft--;
    else if (random.unit() < 0.3) {
      lateralLeft = 1 + random.below(LATERAL_NODES_MAX);
      const side = random.unit() < 0.5 ? 1 : -1;
      lateral = { ...trunk, headingRad: trunk.headingRad + side * random.between(0.9, 1.6) };
    }
  }
  return nodes;
}

/** Index of the town nearest to a place: the supply area of what stands there. */
export function nearestTown(eastKm: number, northKm: number): number {
  let best = 0;
  for (let i = 1; i < TOWNS.length; i++) {
    if (townDistanceKm(i, eastKm, northKm) < townDistanceKm(best, eastKm, northKm)) best = i;
  }
  return best;
}

function townDistanceKm(town: number, eastKm: number, northKm: number): number {
  return Math.hypot(TOWNS[town]!.eastKm - eastKm, TOWNS[town]!.northKm - northKm);
}
