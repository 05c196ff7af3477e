import { FEEDER_PLANS, layFeeder, nearestTown, type PlacedNode } from './feederPlan.ts';
import {
  COUNTY,
  ESTATES,
  FEEDER_NAMES,
  MARKETS,
  SUBSTATIONS,
  TOWNS,
  VILLAGES,
  WORKS,
  type Place,
} from './gridNames.ts';
import { setTaps, designTroubles } from './gridDesign.ts';
import { buildNoise } from './noise.ts';
import type { LoadKind } from './physics/load.ts';
import { nameplate, neutralShiftOhm, shortCircuitImpedance } from './physics/transformer.ts';
import { syntheticWeather, type WeatherSource } from './physics/weather.ts';
import type { SimFeeder, SimGrid, SimPlace, SimTransformer } from './simGrid.ts';
import { hashText, seededRandom, type Random } from './random.ts';

export interface GridOptions {
  transformers?: number;
  /** Default one for each 40 transformers, at least ten: one of each sort. */
  feeders?: number;
  seed?: number;
  /** Summer in which peak loads hold; default 15 July 2026. */
  referenceMs?: number;
  /** Default: made from the seed. */
  weather?: WeatherSource;
}

export const DEMO_SEED = 7;
const REFERENCE_MS = Date.UTC(2026, 6, 15);
const TRANSFORMERS_PER_FEEDER = 40;
export const TRANSFORMERS_MAX = 200_000;
/** The fictional county seat; a further county of the same make lies every {@link COUNTY_KM} to the east. */
const SEAT_LON = 119.4;
const SEAT_LAT = 30.2;
const KM_PER_DEG_LAT = 111.32;
const COUNTY_KM = 40;
const COUNTIES_PER_ROW = 16;

/**
 * A county's grid: substations, ten sorts of feeder, transformers along them, some with trouble built in. The same options
 * give the same grid to the last digit; a larger one repeats the county eastwards.
 *
 * @throws RangeError when the counts are out of bounds.
 */
export function buildGrid(options: GridOptions = {}): SimGrid {
  const grid = layGrid(options);
  setTaps(grid);
  designTroubles(grid);
  return grid;
}

/**
 * The same before anybody has set a tap or spoilt anything.
 *
 * @throws RangeError when the counts are out of bounds.
 */
export function layGrid(options: GridOptions): SimGrid {
  const { transformers = 400, seed = DEMO_SEED, referenceMs = REFERENCE_MS } = options;
  const sorts = FEEDER_PLANS.length;
  const feeders =
    options.feeders ??
    Math.max(Math.min(sorts, transformers), Math.round(transformers / TRANSFORMERS_PER_FEEDER));
  if (!(transformers >= 1 && transformers <= TRANSFORMERS_MAX)) {
    throw new RangeError(`transformers must be 1 to ${TRANSFORMERS_MAX}`);
  }
  if (!(feeders >= 1 && feeders <= transformers))
    throw new RangeError('feeders must be 1 to the number of transformers');
  const counties = Math.ceil(feeders / sorts);
  const noise = buildNoise(seed);
  const grid: SimGrid = {
    seed,
    org: COUNTY.org,
    areas: repeat(TOWNS, counties, 'A'),
    substations: repeat(SUBSTATIONS, counties, 'S'),
    stations: ['WS1', 'WS2', 'WS3'],
    feeders: [],
    transformers: [],
    referenceMs,
    noise,
    weather: options.weather ?? syntheticWeather(seed, noise.weather),
  };
  const names = new Namer();
  for (let f = 0; f < feeders; f++) {
    const count = Math.floor(((f + 1) * transformers) / feeders) - Math.floor((f * transformers) / feeders);
    addFeeder(grid, f, count, names);
  }
  return grid;
}

function repeat(places: readonly Place[], counties: number, prefix: string): SimPlace[] {
  return Array.from({ length: places.length * counties }, (_, i) => {
    const place = places[i % places.length]!;
    const county = Math.floor(i / places.length);
    return { id: `${prefix}${pad(i + 1, 2)}`, ...suffixed(place, county) };
  });
}

function suffixed(place: Place, county: number): { name: string; nameEn: string } {
  return county === 0
    ? { name: place.zh, nameEn: place.en }
    : { name: `${place.zh}（${county + 1}）`, nameEn: `${place.en} (${county + 1})` };
}

const pad = (n: number, digits: number): string => String(n).padStart(digits, '0');

/** Numbers the transformers of one village or street: 1号, 2号 … */
class Namer {
  readonly #counts = new Map<string, number>();

  number(county: number, zh: string): number {
    const key = `${county}/${zh}`;
    const next = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, next);
    return next;
  }
}

function addFeeder(grid: SimGrid, f: number, count: number, names: Namer): void {
  const sort = f % FEEDER_PLANS.length;
  const county = Math.floor(f / FEEDER_PLANS.length);
  const plan = FEEDER_PLANS[sort]!;
  const id = `F${pad(f + 1, 2)}`;
  const random = seededRandom(grid.seed ^ hashText(id));
  const feeder: SimFeeder = {
    id,
    ...feederName(sort, county),
    substation: county * SUBSTATIONS.length + plan.substation,
    plan,
    sections: [],
    nodes: [],
    busKv: random.between(10.25, 10.4),
    channel: hashText(`${grid.seed}/${id}`),
  };
  const villages = shuffled(VILLAGES, random);
  const places = layFeeder(plan, count, random);
  for (const [i, place] of places.entries()) {
    feeder.sections.push(place.section);
    feeder.nodes.push(grid.transformers.length);
    const village = villages[Math.floor(i / 3) % villages.length]!;
    grid.transformers.push(makeTransformer(grid, f, place, village, random, names));
  }
  grid.feeders.push(feeder);
}

function feederName(sort: number, county: number): { name: string; nameEn: string } {
  const { name, nameEn } = suffixed(FEEDER_NAMES[sort]!, county);
  return { name: `10kV${name}`, nameEn: `${nameEn} Line, 10 kV` };
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const list = [...items];
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}

/** Kilowatts of diversified peak behind one customer (domain.md §3, M). */
const KW_PER_CUSTOMER: Readonly<Record<LoadKind, readonly [number, number]>> = {
  residential: [2.2, 3.4],
  rural: [1.2, 2],
  commercial: [6, 14],
  industrial: [30, 80],
  irrigation: [20, 40],
  mixed: [2.5, 4.5],
};

function makeTransformer(
  grid: SimGrid,
  f: number,
  place: PlacedNode,
  village: Place,
  random: Random,
  names: Namer,
): SimTransformer {
  const plan = FEEDER_PLANS[f % FEEDER_PLANS.length]!;
  const county = Math.floor(f / FEEDER_PLANS.length);
  const index = grid.transformers.length;
  const id = `TQ${pad(index + 1, 4)}`;
  const kind = random.pick(plan.kinds);
  const plate = nameplate(random.pick(plan.capacitiesKva));
  const impedance = shortCircuitImpedance(plate);
  const vectorGroup = plan.rural && random.unit() < 0.25 ? 'Yyn0' : 'Dyn11';
  const peakPu = random.between(...plan.peakPu) * (kind === 'irrigation' ? 0.7 : 1);
  const customers = Math.max(
    1,
    Math.round((plate.capacityKva * peakPu) / random.between(...KW_PER_CUSTOMER[kind])),
  );
  const town = nearestTown(place.eastKm, place.northKm);
  // Where the core is sensitive to unbalance, crews have long since spread the customers better.
  const skew = random.between(0.08, 0.24) * (vectorGroup === 'Yyn0' ? 0.5 : 1);
  const bias = [random.normal(), random.normal(), random.normal()];
  const mean = (bias[0]! + bias[1]! + bias[2]!) / 3;
  const eastKm = place.eastKm + COUNTY_KM * (county % COUNTIES_PER_ROW);
  const northKm = place.northKm + COUNTY_KM * Math.floor(county / COUNTIES_PER_ROW);
  return {
    id,
    ...transformerName(kind, village, county, random, names),
    area: county * TOWNS.length + town,
    feeder: f,
    lon: round(SEAT_LON + eastKm / (KM_PER_DEG_LAT * Math.cos((SEAT_LAT * Math.PI) / 180)), 6),
    lat: round(SEAT_LAT + northKm / KM_PER_DEG_LAT, 6),
    distanceKm: place.distanceKm,
    capacityKva: plate.capacityKva,
    ukPct: plate.ukPct,
    noLoadKw: plate.noLoadLossW / 1000,
    loadLossKw: plate.loadLossW / 1000,
    impedance,
    vectorGroup,
    neutralOhm: neutralShiftOhm(impedance, vectorGroup),
    tapPosition: 3,
    tapStepPct: 2.5,
    tapCount: 5,
    kind,
    customers,
    importantCustomers: random.unit() < 0.05 ? 1 + random.below(2) : 0,
    lvRadiusM: Math.round(plan.rural ? random.between(220, 480) : random.between(90, 240)),
    station: TOWNS[town]!.station,
    peakPu,
    growth: random.between(0.02, 0.07),
    growthStep: null,
    coolingFactor: random.between(0.75, 1.25),
    heatingFactor: random.between(0.6, 1.4),
    curingPu: 0,
    noiseSigma: 0.03 + 0.6 / Math.sqrt(Math.max(customers, 20)),
    phaseBias: bias.map((b) => Math.max(-0.4, Math.min(0.4, (b - mean) * skew))) as [number, number, number],
    pvKw:
      plan.rural && kind === 'rural' && random.unit() < 0.06
        ? plate.capacityKva * random.between(0.15, 0.35)
        : 0,
    tails: [],
    designCause: 'none',
    channel: hashText(`${grid.seed}/${id}`),
  };
}

function transformerName(
  kind: LoadKind,
  village: Place,
  county: number,
  random: Random,
  names: Namer,
): { name: string; nameEn: string } {
  const at =
    kind === 'industrial'
      ? random.pick(WORKS)
      : kind === 'commercial'
        ? random.pick(MARKETS)
        : kind === 'residential'
          ? random.pick(ESTATES)
          : village;
  const use = kind === 'irrigation' ? '排灌变' : kind === 'industrial' ? '专变' : '公变';
  const number = names.number(county, at.zh);
  const useEn = kind === 'irrigation' ? ' Pumps' : '';
  return { name: `${at.zh}${number}号${use}`, nameEn: `${at.en}${useEn} No. ${number}` };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
