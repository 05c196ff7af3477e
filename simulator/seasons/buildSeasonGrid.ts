import { DAY_MS, localDay, localDayStartMs } from '../calendar.ts';
import { layGrid } from '../grid.ts';
import { hash32, seededRandom, type Random } from '../random.ts';
import type { SimGrid, SimTransformer } from '../simGrid.ts';
import { NO_FAULTS, deviceFaults, wrongNameplate, type FaultOptions } from './deviceFaults.ts';
import { applyFeederWork, feederWorks, type FeederWork } from './feederWorks.ts';
import { seasonNamed } from './season.ts';
import { SeasonMemory } from './seasonMemory.ts';
import type { SeasonFeeder, SeasonGrid, SeasonLife, SeasonTransformer } from './seasonGrid.ts';
import { setSeasonTaps, stressTransformers, measureFeeders } from './stress.ts';
import type { StationWeather } from './weatherYears.ts';
import { liveYears, type Work } from './works.ts';

/** A grid is designed to what weather brings in a middling year: there must be some. */
export const WEATHER_YEARS_MIN = 2;

export interface SeasonOptions {
  transformers?: number;
  seed?: number;
  /** The season that nobody has seen: history begins `historyYears` before its origin and ends with it. */
  season?: string;
  historyYears?: number;
  /** Years of weather before the history. */
  weatherYears?: number;
  /** Hourly weather that was measured somewhere: the grid lives in it as far as it reaches. */
  measuredWeather?: StationWeather;
  faults?: FaultOptions;
  /** Work beside what the years bring. */
  works?: readonly Work[];
  feederWorks?: readonly FeederWork[];
}

/**
 * A grid that lives for years, with the truth about it. The same options give the same grid to the last bit, and each
 * transformer's series follow from the grid and its own id: they can be worked out in any order, in any thread.
 *
 * @throws RangeError when an option is out of bounds.
 */
export function buildSeasonGrid(options: SeasonOptions = {}): SeasonGrid {
  const { transformers = 300, seed = 1, historyYears = 3, weatherYears = 12, faults = {} } = options;
  const season = seasonNamed(options.season ?? 'summer-2026');
  if (!(historyYears >= 1 && historyYears <= 20)) throw new RangeError('historyYears must be 1 to 20');
  if (!(weatherYears >= WEATHER_YEARS_MIN && weatherYears <= 60)) {
    throw new RangeError(`weatherYears must be ${WEATHER_YEARS_MIN} to 60`);
  }
  const laid = layGrid({ transformers, seed });
  const random = seededRandom(hash32(seed, 0x5ea5));
  const fromMs = yearsBefore(season.originMs, historyYears);
  const grid: SeasonGrid = {
    seed,
    org: laid.org,
    fromMs,
    toMs: season.toMs,
    weatherFromMs: yearsBefore(fromMs, weatherYears) - 3 * DAY_MS,
    measuredWeather: options.measuredWeather ?? null,
    season,
    stations: laid.stations,
    areas: laid.areas,
    feeders: laid.feeders.map((_, f) => seasonFeeder(laid, f, random)),
    transformers: laid.transformers.map((t) => registered(laid, t)),
    lives: laid.transformers.map((t) => life(t, random)),
    events: [],
    hiddenEvents: [],
    // A hard evening of the last season before the unseen one is what the grid is designed to.
    referenceMs: yearsBefore((season.fromMs + season.toMs) / 2, 1),
    memory: new SeasonMemory(seed),
  };
  setSeasonTaps(grid, random);
  measureFeeders(grid, random);
  stressTransformers(grid, random);
  for (const [i, t] of grid.transformers.entries()) register(t, grid.lives[i]!);
  moveSources(grid, random);
  liveYears(grid, options.works ?? []);
  for (const work of [...feederWorks(grid), ...(options.feederWorks ?? [])].sort((a, b) => a.tsMs - b.tsMs)) {
    applyFeederWork(grid, work);
  }
  addFaults(grid, { ...NO_FAULTS, ...faults });
  grid.events.sort((a, b) => a.tsMs - b.tsMs || (a.transformerId < b.transformerId ? -1 : 1));
  grid.hiddenEvents.sort((a, b) => a.tsMs - b.tsMs);
  return grid;
}

/** The same local date so many years (to the month) earlier. */
function yearsBefore(tsMs: number, years: number): number {
  const date = new Date(localDay(tsMs) * DAY_MS);
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth() - Math.round(years * 12);
  return localDayStartMs(Date.UTC(Math.floor(months / 12), months % 12, date.getUTCDate()) / DAY_MS);
}

function seasonFeeder(laid: SimGrid, f: number, random: Random): SeasonFeeder {
  const feeder = laid.feeders[f]!;
  const substation = laid.substations[feeder.substation]!;
  return {
    id: feeder.id,
    name: feeder.name,
    substation: feeder.substation,
    substationId: substation.id,
    substationName: substation.name,
    busKv: feeder.busKv + random.between(-0.05, 0.05),
    levelSteps: [],
    rural: feeder.plan.rural,
    channel: feeder.channel,
    members: feeder.nodes,
    layouts: [{ fromMs: -Infinity, sections: feeder.sections, nodes: feeder.nodes }],
  };
}

function registered(laid: SimGrid, t: SimTransformer): SeasonTransformer {
  return {
    id: t.id,
    name: t.name,
    feederId: laid.feeders[t.feeder]!.id,
    areaId: laid.areas[t.area]!.id,
    kind: t.kind,
    capacityKva: t.capacityKva,
    ukPct: t.ukPct,
    tapPosition: t.tapPosition,
    tapStepPct: t.tapStepPct,
    tapCount: t.tapCount,
    customers: t.customers,
    importantCustomers: t.importantCustomers,
    lvRadiusM: t.lvRadiusM,
    hasTailMeter: false,
    weatherStationId: laid.stations[t.station]!,
    lon: t.lon,
    lat: t.lat,
  };
}

const TAIL_METERS = 0.07;

function life(t: SimTransformer, random: Random): SeasonLife {
  const rural = t.kind === 'rural' || t.kind === 'mixed';
  return {
    channel: t.channel,
    station: t.station,
    distanceKm: t.distanceKm,
    homes: [{ fromMs: -Infinity, feeder: t.feeder }],
    states: [
      {
        fromMs: -Infinity,
        tapPosition: 3,
        capacityKva: t.capacityKva,
        impedance: t.impedance,
        neutralOhm: t.neutralOhm,
        phaseBias: t.phaseBias,
        lineConductorMm2: random.pick([70, 70, 120] as const),
        lineLengthM: t.lvRadiusM,
        lineLoadShare: random.between(0.15, 0.3),
        compensation: 0,
        loadShare: 1,
      },
    ],
    load: {
      peakKw: t.capacityKva * t.peakPu,
      growthPerYear: random.between(0.03, 0.1) * random.between(0.6, 1),
      coolingFactor: t.coolingFactor,
      heatingFactor: t.heatingFactor * (rural ? random.between(0.9, 1.5) : 1),
      festivalFactor: t.kind === 'rural' ? random.between(1.2, 2.2) : FESTIVAL[t.kind],
      daytimeShare: random.between(0, 0.3),
      comfort: random.below(3),
      curingPu: 0,
      pumpingPu: t.kind === 'irrigation' ? 0.94 : 0,
      pvKw: t.pvKw,
      noiseSigma: t.noiseSigma,
      shocks: [],
    },
    faults: deviceFaults(NO_FAULTS, 0, 0, random),
    noLoadKw: t.noLoadKw,
    designCause: 'none',
  };
}

const FESTIVAL = {
  residential: 1.1,
  rural: 1.5,
  commercial: 0.75,
  industrial: 0.25,
  irrigation: 1,
  mixed: 1.15,
} as const;

/** The registry knows nameplate, tap and radius of what was built. */
function register(t: SeasonTransformer, { states, channel }: SeasonLife): void {
  const state = states[0]!;
  t.tapPosition = state.tapPosition;
  t.lvRadiusM = Math.round(state.lineLengthM / 10) * 10;
  t.hasTailMeter ||= hash32(channel, 71) / 2 ** 32 < TAIL_METERS;
}

/** Chance that a substation's level was moved in a year, and by how much at most. */
const MOVES_A_YEAR = 0.3;
const MOVE_PU = 0.011;

function moveSources(grid: SeasonGrid, random: Random): void {
  const steps = new Map<number, SeasonFeeder['levelSteps']>();
  const days = Math.round((grid.season.originMs - grid.fromMs) / DAY_MS);
  for (const feeder of grid.feeders) {
    let own = steps.get(feeder.substation);
    if (!own) {
      own = [];
      for (let year = 0; year < days / 365; year++) {
        if (random.unit() >= MOVES_A_YEAR) continue;
        const tsMs = grid.fromMs + random.below(days) * DAY_MS;
        own.push({ fromMs: tsMs, pu: random.between(-MOVE_PU, MOVE_PU) });
      }
      steps.set(feeder.substation, own);
    }
    feeder.levelSteps = own;
    for (const { fromMs, pu } of own) {
      grid.hiddenEvents.push({
        tsMs: fromMs,
        transformerId: null,
        feederId: feeder.id,
        kind: 'source-level',
        amount: pu,
      });
    }
  }
}

function addFaults(grid: SeasonGrid, options: Required<FaultOptions>): void {
  for (const [i, life] of grid.lives.entries()) {
    const random = seededRandom(hash32(life.channel, 0xfa17));
    life.faults = deviceFaults(options, grid.fromMs, grid.season.originMs, random);
    if (options.wrongNameplateEvery > 0 && i % options.wrongNameplateEvery === 0) {
      wrongNameplate(grid.transformers[i]!, random);
    }
  }
}
