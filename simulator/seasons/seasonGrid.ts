import type { LoadKind } from '../physics/load.ts';
import type { LvConductorMm2, Section } from '../physics/network.ts';
import type { Impedance } from '../physics/transformer.ts';
import type { Cause } from '../simGrid.ts';
import type { Season } from './season.ts';
import type { SeasonMemory } from './seasonMemory.ts';
import type { StationWeather } from './weatherYears.ts';

/** A grid that lives for years: what is registered of it, what really happens to it, and what its devices get wrong. */

/** One transformer as the registry has it. */
export interface SeasonTransformer {
  id: string;
  name: string;
  feederId: string;
  areaId: string;
  kind: LoadKind;
  capacityKva: number;
  ukPct: number;
  /** 1 is the highest primary rating, so the lowest secondary voltage; 3 of 5 is nominal. */
  tapPosition: number;
  tapStepPct: number;
  tapCount: number;
  customers: number;
  importantCustomers: number;
  lvRadiusM: number;
  hasTailMeter: boolean;
  weatherStationId: string;
  lon: number;
  lat: number;
}

/** Fields of the registry that work on a transformer changes. */
export type RegistryChange = Partial<
  Pick<SeasonTransformer, 'tapPosition' | 'capacityKva' | 'ukPct' | 'feederId'>
>;

export type WorkKind =
  | 'tap'
  | 'capacity'
  | 'rebalance'
  | 'reconductor'
  | 'capacitors'
  | 'new-point'
  | 'feeder-reconductor'
  | 'transfer';

/** Work on one transformer, known to the registry. */
export interface RegistryEvent {
  tsMs: number;
  transformerId: string;
  kind: WorkKind;
  /** What the registry says from then on; empty for work that no nameplate shows. */
  changed: RegistryChange;
}

/** What nobody wrote down: the truth behind what a forecast has to find out by itself. */
export interface HiddenEvent {
  tsMs: number;
  /** Null for an event of a whole feeder or part of it. */
  transformerId: string | null;
  feederId: string;
  kind: 'tap' | 'useless-work' | 'transfer' | 'source-level' | LoadShock['kind'];
  /** Positions of a tap, transformers transferred, pu of a source level, factor or share of load of a shock. */
  amount: number;
}

/** What a transformer is from `fromMs` on. */
export interface TransformerState {
  fromMs: number;
  tapPosition: number;
  capacityKva: number;
  impedance: Impedance;
  /** Ω of neutral displacement. */
  neutralOhm: number;
  /** What each phase carries above its third, shares of a third. */
  phaseBias: readonly [number, number, number];
  lineConductorMm2: LvConductorMm2;
  lineLengthM: number;
  /** Share of the current that the line to the last customer carries. */
  lineLoadShare: number;
  /** Share of the reactive power that capacitors take away. */
  compensation: number;
  /** Share of the customers that are still fed from here. */
  loadShare: number;
}

/** A lump of growth. */
export interface LoadShock {
  kind: 'chargers' | 'air-conditioners' | 'electric-heating' | 'new-houses' | 'closure' | 'rooftop-pv';
  atMs: number;
  /** Chargers: peak, share of the reference peak. PV: rating, share of capacity. Others: factor on their part of the load. */
  amount: number;
}

/** How load at one place behaves. */
export interface LoadHabits {
  /** Hot evening of the reference summer, kW. */
  peakKw: number;
  growthPerYear: number;
  coolingFactor: number;
  heatingFactor: number;
  /** Load at the height of Spring Festival, multiple of an ordinary day. */
  festivalFactor: number;
  /** Share of an office's day in the shape of the day. */
  daytimeShare: number;
  /** 0–2: homes cool from 24, 25 or 26 °C. */
  comfort: number;
  /** Autumn kilns, share of peak. */
  curingPu: number;
  /** Irrigation pumps beside the homes, share of peak. */
  pumpingPu: number;
  pvKw: number;
  noiseSigma: number;
  shocks: LoadShock[];
}

/** What a device gets wrong, none of which is in the truth. */
export interface DeviceFaults {
  /** Volts that each phase reads too high. */
  offsetV: readonly [number, number, number];
  /** Spans without any reading, [fromMs, toMs). */
  missing: readonly (readonly [number, number])[];
  /** Chance of a gap of some hours on a day. */
  gapPerDay: number;
}

/** The other side of a transformer: everything that the registry does not say. */
export interface SeasonLife {
  channel: number;
  station: number;
  /** Kilometres of 10 kV line from the substation. */
  distanceKm: number;
  /** Feeders that it hangs on, by time, the first from −∞. */
  homes: { fromMs: number; feeder: number }[];
  /** By time, the first from −∞. */
  states: TransformerState[];
  load: LoadHabits;
  faults: DeviceFaults;
  noLoadKw: number;
  /** Built in to make it go low, `none` for most. */
  designCause: SeasonCause;
}

/** Why a transformer goes low. */
export type SeasonCause = Cause | 'seasonal';

/** A 10 kV line between changes of it: `nodes[i]`, a transformer, stands at the end of `sections[i]`. */
export interface FeederLayout {
  fromMs: number;
  sections: readonly Section[];
  nodes: readonly number[];
}

export interface SeasonFeeder {
  id: string;
  name: string;
  substation: number;
  substationId: string;
  substationName: string;
  /** What the substation holds, kV. */
  busKv: number;
  /** Steps of that level, pu, each from its date on. */
  levelSteps: { fromMs: number; pu: number }[];
  rural: boolean;
  channel: number;
  /** Transformers at the beginning of history. */
  members: number[];
  /** By time, the first from −∞. */
  layouts: FeederLayout[];
}

export interface SeasonGrid {
  seed: number;
  org: string;
  /** History in [fromMs, toMs): whole local days. */
  fromMs: number;
  toMs: number;
  /** Weather is known from here, years before the history. */
  weatherFromMs: number;
  /** Goes before simulated weather, at every station; null: all weather is simulated. */
  measuredWeather: StationWeather | null;
  /** The season that a forecast has not seen; it ends at `toMs`. */
  season: Season;
  stations: string[];
  areas: { id: string; name: string }[];
  feeders: SeasonFeeder[];
  /** As registered at the beginning of history; {@link registeredAt} has later times. */
  transformers: SeasonTransformer[];
  /** By transformer. */
  lives: SeasonLife[];
  /** Recorded work, ascending. */
  events: RegistryEvent[];
  /** What the registry does not know, ascending. */
  hiddenEvents: HiddenEvent[];
  /** Growth counts from here. */
  referenceMs: number;
  /** Worked out before and kept: never part of a value. */
  memory: SeasonMemory;
}
