import { HOUR_MS, dayOf, localDay, localDayStartMs, yearOfDay } from '../calendar.ts';
import { NOMINAL_MV_KV, feederDropPu, lvLineOhm } from '../physics/network.ts';
import { atHour, coolingDegrees, loadShape, tanPhiOf } from '../physics/load.ts';
import { RATED_SECONDARY_V, tapRatio } from '../physics/transformer.ts';
import { feltAt, saturatedHeating } from './seasonAxis.ts';
import type { SeasonGrid, TransformerState } from './seasonGrid.ts';

/** The hours that a grid is designed by: voltage at every transformer in them, without chance. */

export interface Moment {
  season: 'summer' | 'winter';
  hour: number;
  /** T* by weather station. */
  feltC: readonly number[];
  festival: number;
  kiln: number;
  pumping: number;
}

/** A quiet spring night, by which taps are set. */
export function quietNight(grid: SeasonGrid): Moment {
  const feltC = grid.stations.map(() => 18);
  return { season: 'summer', hour: 3.5, feltC, festival: 0, kiln: 0, pumping: 0 };
}

/** A hot evening and noon, a cold evening, the eve of Spring Festival, an evening of kilns: each the hardest of a middling year. */
export function hardMoments(grid: SeasonGrid): Moment[] {
  const plain = { festival: 0, kiln: 0, pumping: 0 };
  const felt = (from: number, days: number, hour: number, hottest: boolean): number[] =>
    grid.stations.map((_, station) => middlingExtreme(grid, station, from, days, hour, hottest));
  return [
    { season: 'summer', hour: 20.5, feltC: felt(166, 92, 20, true), ...plain },
    { season: 'summer', hour: 14.5, feltC: felt(166, 92, 14, true), ...plain, pumping: 1 },
    { season: 'winter', hour: 19.5, feltC: felt(-31, 90, 19, false), ...plain },
    { season: 'winter', hour: 18.5, feltC: felt(22, 20, 18, false), ...plain, festival: 1 },
    { season: 'winter', hour: 18.5, feltC: felt(-31, 12, 18, false), ...plain, kiln: 1 },
  ];
}

/** Median over the years of the highest or lowest T* at an hour of the days from day `from` of the year on. */
function middlingExtreme(
  grid: SeasonGrid,
  station: number,
  from: number,
  days: number,
  hour: number,
  hottest: boolean,
): number {
  const felt = feltAt(grid, station);
  const firstYear = yearOfDay(localDay(grid.weatherFromMs)) + 1;
  const lastYear = yearOfDay(localDay(grid.toMs)) - 1;
  const extremes: number[] = [];
  for (let year = firstYear; year <= lastYear; year++) {
    const startMs = localDayStartMs(dayOf(year, 1, 1) + from) + hour * HOUR_MS;
    const at = Math.round((startMs - grid.weatherFromMs) / HOUR_MS);
    const values = Array.from({ length: days }, (_, d) => felt[at + 24 * d]).filter((v) => v !== undefined);
    if (values.length === days) extremes.push(hottest ? Math.max(...values) : Math.min(...values));
  }
  return extremes.sort((a, b) => a - b)[Math.floor(extremes.length / 2)]!;
}

/** What the worst of a season's evenings has beyond an ordinary one: load by so many sigma, and a weak source, pu. */
const LOAD_SIGMAS = 1.6;
const WEAK_SOURCE_PU = 0.012;
const TAIL_COS = 0.95;
const TAIL_SIN = 0.31;
/** Bias at full load is less than at half load, at which it is stated. */
const BIASING = 0.75;

function momentLoadKw(grid: SeasonGrid, i: number, moment: Moment): number {
  const { kind } = grid.transformers[i]!;
  const { load, station } = grid.lives[i]!;
  const feltC = moment.feltC[station]! + 1 - load.comfort;
  const shape = loadShape(kind);
  const office = loadShape('commercial');
  const base = shape.baseShare * atHour(shape.base, moment.hour);
  const day = office.baseShare * atHour(office.base, moment.hour);
  const cool = shape.baseShare * shape.coolingPerC * coolingDegrees(feltC);
  const heat = shape.baseShare * shape.heatingPerC * saturatedHeating(feltC);
  const usual =
    base +
    load.daytimeShare * (day - base) +
    load.coolingFactor * cool * atHour(shape.cooling, moment.hour) +
    load.heatingFactor * heat * atHour(shape.heating, moment.hour);
  const level =
    usual * (1 + moment.festival * (load.festivalFactor - 1)) +
    load.curingPu * moment.kiln +
    load.pumpingPu * moment.pumping;
  return load.peakKw * level;
}

function isNight(moment: Moment): boolean {
  return moment.hour < 6;
}

/** Source at the terminals of each transformer in one moment, pu of 10 kV. */
export function momentSourcePu(grid: SeasonGrid, moment: Moment): Float64Array {
  const source = new Float64Array(grid.transformers.length);
  const weakPu = isNight(moment) ? 0 : WEAK_SOURCE_PU;
  for (const feeder of grid.feeders) {
    const { nodes, sections } = feeder.layouts[0]!;
    const p = nodes.map((i) => Float64Array.of(momentLoadKw(grid, i, moment)));
    const q = nodes.map((i, n) => Float64Array.of(p[n]![0]! * tanPhiOf(grid.transformers[i]!.kind)));
    const drops = feederDropPu(sections, p, q);
    for (const [n, i] of nodes.entries()) {
      source[i] = feeder.busKv / NOMINAL_MV_KV - weakPu - drops[n]![0]!;
    }
  }
  return source;
}

/** Lowest voltage of a transformer in one moment: outlet, or line end where `atTail`. */
export function momentV(
  grid: SeasonGrid,
  i: number,
  state: TransformerState,
  sourcePu: number,
  moment: Moment,
  atTail: boolean,
): number {
  const { kind } = grid.transformers[i]!;
  const { load } = grid.lives[i]!;
  const worst = isNight(moment) ? 1 : 1 + LOAD_SIGMAS * load.noiseSigma;
  const pKw = momentLoadKw(grid, i, moment) * worst;
  const qKvar = pKw * tanPhiOf(kind);
  const sourceV = (RATED_SECONDARY_V / tapRatio(state.tapPosition, 2.5)) * sourcePu;
  const { rOhm, xOhm } = state.impedance;
  const v0 = sourceV - ((rOhm * pKw + xOhm * qKvar) * 1000) / (3 * sourceV);
  const p = pKw * (1 + 0.7 * (v0 / 220 - 1));
  const q = qKvar * (1 + 2 * (v0 / 220 - 1));
  const bias = BIASING * Math.max(...state.phaseBias) + 0.06;
  const amps = (Math.hypot(p, q) * 1000) / (3 * v0);
  const drop = ((rOhm * p + xOhm * q) * 1000 * (1 + bias)) / (3 * v0);
  const outletV = sourceV - drop - state.neutralOhm * 1.5 * amps * bias;
  if (!atTail) return outletV;
  const line = {
    conductorMm2: state.lineConductorMm2,
    lengthM: state.lineLengthM,
    loadShare: state.lineLoadShare,
  };
  return outletV - lvLineOhm(line, TAIL_COS, TAIL_SIN) * amps * (1 + 2.5 * bias);
}
