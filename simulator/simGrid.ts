import type { FeederPlan } from './feederPlan.ts';
import type { Noise } from './noise.ts';
import type { LoadKind } from './physics/load.ts';
import type { LvLine, Section } from './physics/network.ts';
import type { Impedance } from './physics/transformer.ts';
import type { WeatherSource } from './physics/weather.ts';

/** The simulated grid as data: what buildGrid makes and everything else reads. */

/** Why a transformer goes low. */
export type Cause = 'none' | 'tap' | 'overload' | 'unbalance' | 'feeder' | 'lv-line';

export interface TailMeter {
  /** Measuring point, `tail-<meterId>`. */
  point: string;
  line: LvLine;
}

export interface SimTransformer {
  id: string;
  name: string;
  nameEn: string;
  area: number;
  feeder: number;
  lon: number;
  lat: number;
  /** Line length from the substation, km. */
  distanceKm: number;
  capacityKva: number;
  ukPct: number;
  noLoadKw: number;
  loadLossKw: number;
  impedance: Impedance;
  vectorGroup: 'Dyn11' | 'Yyn0';
  neutralOhm: number;
  tapPosition: number;
  tapStepPct: number;
  tapCount: number;
  kind: LoadKind;
  customers: number;
  importantCustomers: number;
  lvRadiusM: number;
  station: number;
  /** Load of a hot evening in the reference summer, share of capacity. */
  peakPu: number;
  /** Per year of the reference load. */
  growth: number;
  /** One lump of growth: a charging station, a new row of houses. */
  growthStep: { atMs: number; share: number } | null;
  coolingFactor: number;
  heatingFactor: number;
  /** Drying kilns of late autumn (mushrooms, tea seed, bamboo shoots), pu of peak; most villages have none. */
  curingPu: number;
  noiseSigma: number;
  /** What each phase carries above its third, in shares of a third; sums to 0. */
  phaseBias: [number, number, number];
  pvKw: number;
  tails: TailMeter[];
  /** What was built into it on purpose. */
  designCause: Cause;
  /** Noise channel: a number of its own, from its id. */
  channel: number;
}

export interface SimFeeder {
  id: string;
  name: string;
  nameEn: string;
  substation: number;
  plan: FeederPlan;
  /** By node; `nodes[i]` is the index of the transformer at the end of `sections[i]`. */
  sections: Section[];
  nodes: number[];
  /** What the tap changer of the substation holds, kV. */
  busKv: number;
  channel: number;
}

export interface SimPlace {
  id: string;
  name: string;
  nameEn: string;
}

export interface SimGrid {
  seed: number;
  org: string;
  areas: SimPlace[];
  substations: SimPlace[];
  stations: string[];
  feeders: SimFeeder[];
  transformers: SimTransformer[];
  /** Growth counts from here. */
  referenceMs: number;
  noise: Noise;
  weather: WeatherSource;
}
