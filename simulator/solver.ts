import { DAY_MS, HOUR_MS, dayOfYear, localDay, yearOfDay } from './calendar.ts';
import { feederEvents } from './events.ts';
import type { SimGrid, SimTransformer } from './simGrid.ts';
import { KNOT_MS, noiseAt } from './noise.ts';
import { kilnPu, loadBasis, sunPu, tanPhiOf, type LoadBasis, type LoadKind } from './physics/load.ts';
import { NOMINAL_MV_KV, feederDropPu } from './physics/network.ts';
import { FeltTemperature } from './physics/weather.ts';
import { outletSeries, type OutletSeries } from './outlet.ts';
import { hash32, hashUnit } from './random.ts';
import type { GridEvent, Scenario } from './scenarios/scenario.ts';

/** A grid under a scenario: everything that can be asked of any moment. */
export interface Simulation {
  grid: SimGrid;
  scenario: Scenario;
  felt: FeltTemperature;
}

export function openSimulation(grid: SimGrid, scenario: Scenario): Simulation {
  return { grid, scenario, felt: new FeltTemperature(grid.weather, scenario.tempOverride) };
}

/** Moments at which a grid is solved, with what all its transformers share there. Values depend on the moment alone. */
export interface TimeAxis {
  timesMs: Float64Array;
  knot: Int32Array;
  fraction: Float64Array;
  /** Years since the grid's reference summer. */
  years: Float64Array;
  /** Whole minutes: the coordinate of fast noise. */
  minute: Int32Array;
  basis(kind: LoadKind, station: number): LoadBasis;
  /** Output of a roof, pu, clouds counted. */
  sun(station: number): Float64Array;
  /** Drying kilns, pu. */
  kiln(): Float64Array;
}

const YEAR_MS = 365.25 * DAY_MS;

export function timeAxis(sim: Simulation, timesMs: Float64Array): TimeAxis {
  const { grid, felt } = sim;
  const feltByStation = new Map<number, Float64Array>();
  const bases = new Map<string, LoadBasis>();
  const suns = new Map<number, Float64Array>();
  let kiln: Float64Array | null = null;
  const feltAt = (station: number): Float64Array =>
    remembered(feltByStation, station, () => timesMs.map((tsMs) => felt.at(station, tsMs)));
  const knot = Int32Array.from(timesMs, (tsMs) => Math.floor(tsMs / KNOT_MS));
  const fraction = timesMs.map((tsMs, i) => tsMs / KNOT_MS - knot[i]!);
  return {
    timesMs,
    knot,
    fraction,
    years: timesMs.map((tsMs) => (tsMs - grid.referenceMs) / YEAR_MS),
    minute: Int32Array.from(timesMs, (tsMs) => Math.floor(tsMs / 60_000)),
    basis: (kind, station) =>
      remembered(bases, `${kind}/${station}`, () => loadBasis(kind, timesMs, feltAt(station), grid.seed)),
    kiln: () => (kiln ??= timesMs.map(kilnPu)),
    sun: (station) =>
      remembered(suns, station, () =>
        timesMs.map((tsMs, i) => {
          const cloud =
            0.55 + 0.3 * noiseAt(grid.noise.load, hash32(grid.seed, 555, station), knot[i]!, fraction[i]!);
          return sunPu(tsMs) * Math.max(0.12, Math.min(1, cloud));
        }),
      ),
  };
}

function remembered<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

/** Load at rated voltage, before the voltage acts on it; per transformer of a feeder. */
export interface NominalLoad {
  pKw: Float64Array;
  qKvar: Float64Array;
}

const LOAD_FLOOR = 0.15;

export function nominalLoad(sim: Simulation, axis: TimeAxis, t: SimTransformer): NominalLoad {
  const { base, cooling, heating } = axis.basis(t.kind, t.station);
  const pool = sim.grid.noise.load;
  const peakKw = t.capacityKva * t.peakPu;
  const tanPhi = tanPhiOf(t.kind);
  const sun = t.pvKw > 0 ? axis.sun(t.station) : null;
  const kiln = t.curingPu > 0 ? axis.kiln() : null;
  const n = axis.timesMs.length;
  const load: NominalLoad = { pKw: new Float64Array(n), qKvar: new Float64Array(n) };
  for (let i = 0; i < n; i++) {
    let growth = 1 + t.growth * axis.years[i]!;
    if (t.growthStep && axis.timesMs[i]! >= t.growthStep.atMs) growth += t.growthStep.share;
    const cool = t.coolingFactor * cooling[i]!;
    const level = base[i]! + cool + t.heatingFactor * heating[i]! + (kiln ? t.curingPu * kiln[i]! : 0);
    const noise = 1 + t.noiseSigma * noiseAt(pool, t.channel, axis.knot[i]!, axis.fraction[i]!);
    const pKw = peakKw * Math.max(LOAD_FLOOR, growth) * level * Math.max(LOAD_FLOOR, noise);
    // Compressors draw more reactive power than lamps and kettles.
    load.qKvar[i] = pKw * tanPhi * (1 + 0.15 * (cool / level));
    load.pKw[i] = sun ? pKw - t.pvKw * sun[i]! : pKw;
  }
  return load;
}

const DRIFT_SHARE = 0.0025;
const SEASON_SHARE = 0.003;
const YEAR_SHARE = 0.002;

/** Voltage of the substation bus over time, pu of 10 kV: what the tap changer holds, with drift, season and yearly level. */
function busPu(sim: Simulation, axis: TimeAxis, feeder: number, events: readonly GridEvent[]): Float64Array {
  const { busKv, channel, substation } = sim.grid.feeders[feeder]!;
  const source = hash32(sim.grid.seed, 31, substation);
  const sags = events.filter((e) => e.kind === 'sag');
  let day = NaN;
  let slow = 0;
  return axis.timesMs.map((tsMs, i) => {
    const today = localDay(tsMs);
    if (today !== day) {
      day = today;
      const year = yearOfDay(day);
      // Straight between the levels of this year and the next: a bus has no New Year's step.
      const share = dayOfYear(day) / 366;
      const level = hashUnit(source, year) * (1 - share) + hashUnit(source, year + 1) * share;
      const season = Math.cos((2 * Math.PI * (dayOfYear(day) - 15)) / 365.25);
      slow = SEASON_SHARE * season + YEAR_SHARE * (2 * level - 1);
    }
    const drift = noiseAt(sim.grid.noise.drift, channel, axis.knot[i]!, axis.fraction[i]!);
    let pu = (busKv / NOMINAL_MV_KV) * (1 + slow + DRIFT_SHARE * drift);
    for (const sag of sags) if (tsMs >= sag.fromMs && tsMs < sag.toMs) pu *= sag.amount;
    return pu;
  });
}

/** One transformer of a solved feeder; its series is worked out when asked for. */
export interface SolvedNode {
  transformer: SimTransformer;
  /** Lost on the 10 kV line on the way here, pu of nominal. */
  dropPu: Float64Array;
  series(): OutletSeries;
}

/** Solves one feeder at every moment of the axis: loads, flows, drops, and each outlet on demand. */
export function solveFeeder(sim: Simulation, axis: TimeAxis, feeder: number): SolvedNode[] {
  const { grid } = sim;
  const { nodes, sections } = grid.feeders[feeder]!;
  const n = axis.timesMs.length;
  if (n === 0) return [];
  const events = feederEvents(grid, sim.scenario, feeder, axis.timesMs[0]!, axis.timesMs[n - 1]! + HOUR_MS);
  const loads = nodes.map((index) => nominalLoad(sim, axis, grid.transformers[index]!));
  const flowKw = loads.map((load, node) => withLosses(load, grid.transformers[nodes[node]!]!));
  const flowKvar = loads.map((load) => Float64Array.from(load.qKvar));
  const drops = feederDropPu(sections, flowKw, flowKvar);
  const bus = busPu(sim, axis, feeder, events);
  return nodes.map((index, node) => {
    const transformer = grid.transformers[index]!;
    const own = events.filter((e) => e.transformer === index || (e.feeder === feeder && e.kind === 'outage'));
    return {
      transformer,
      dropPu: drops[node]!,
      series: () => outletSeries(sim, axis, transformer, loads[node]!, bus, drops[node]!, own),
    };
  });
}

/** What the feeder must bring: the load and the transformer's own losses. */
function withLosses(load: NominalLoad, t: SimTransformer): Float64Array {
  const perKva2 = t.loadLossKw / t.capacityKva ** 2;
  return load.pKw.map((p, i) => p + t.noLoadKw + perKva2 * (p * p + load.qKvar[i]! ** 2));
}
