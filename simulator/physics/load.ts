import { dayOf, dayOfYear, festivalShare, isWeekend, localDay, localHour, yearOfDay } from '../calendar.ts';
import { hashUnit } from '../random.ts';

/** Load by type of area: base, cooling and heating parts in per-unit of the transformer's hot-evening peak. Pure. */

export type LoadKind = 'residential' | 'rural' | 'commercial' | 'industrial' | 'irrigation' | 'mixed';

/** Voltage exponents of real and reactive load (domain.md §3, M). */
export const P_VOLTAGE_EXPONENT = 0.7;
export const Q_VOLTAGE_EXPONENT = 2;

export interface LoadShape {
  /** 24 hours, pu of the daily peak (domain.md §3, L: plausible only). */
  base: readonly number[];
  cooling: readonly number[];
  heating: readonly number[];
  /** Base load as a share of the hot-evening peak; what cooling adds comes on top. */
  baseShare: number;
  /** Growth of load per °C of T* above {@link COOLING_FROM_C} and below {@link HEATING_BELOW_C}. */
  coolingPerC: number;
  heatingPerC: number;
  weekend: number;
  /** Multiple at the height of Spring Festival. */
  festival: number;
  /** Reactive per real power without and with full cooling. */
  tanPhi: number;
}

// prettier-ignore
const EVENING = [.55,.50,.46,.43,.41,.41,.43,.47,.48,.50,.54,.60,.66,.66,.63,.61,.62,.67,.76,.88,.97,1,.93,.74];
// prettier-ignore
const RURAL = [.38,.35,.33,.33,.36,.46,.62,.66,.58,.52,.52,.62,.60,.50,.47,.50,.62,.84,1,.98,.90,.76,.58,.45];
// prettier-ignore
const OFFICE = [.28,.26,.25,.25,.25,.27,.34,.48,.68,.85,.94,.98,.97,.97,1,.99,.96,.93,.92,.92,.88,.70,.45,.33];
// prettier-ignore
const SHIFTS = [.62,.60,.58,.58,.58,.60,.66,.80,.94,1,1,.97,.88,.95,1,1,.97,.92,.86,.84,.82,.78,.72,.66];
// prettier-ignore
const SLEEP_COOLING = [.75,.70,.64,.58,.53,.50,.48,.48,.50,.54,.60,.68,.76,.78,.76,.74,.75,.80,.88,.95,1,1,.98,.86];
// prettier-ignore
const MORNING_EVENING_HEATING = [.55,.50,.48,.48,.50,.60,.78,.82,.70,.60,.56,.58,.58,.54,.54,.58,.68,.84,.96,1,1,.95,.82,.66];
const MIXED = EVENING.map((e, h) => (e + OFFICE[h]!) / 2);

// Coefficients are within the ranges of domain.md §3; where it gives a range, ours is a choice inside it.
const SHAPES: Readonly<Record<LoadKind, LoadShape>> = {
  residential: {
    base: EVENING,
    cooling: SLEEP_COOLING,
    heating: MORNING_EVENING_HEATING,
    baseShare: 0.5,
    coolingPerC: 0.14,
    heatingPerC: 0.045,
    weekend: 1.05,
    festival: 1.1,
    tanPhi: 0.26,
  },
  rural: {
    base: RURAL,
    cooling: SLEEP_COOLING,
    heating: MORNING_EVENING_HEATING,
    baseShare: 0.6,
    coolingPerC: 0.12,
    heatingPerC: 0.035,
    weekend: 1.03,
    festival: 1.5,
    tanPhi: 0.3,
  },
  commercial: {
    base: OFFICE,
    cooling: OFFICE,
    heating: OFFICE,
    baseShare: 0.6,
    coolingPerC: 0.09,
    heatingPerC: 0.025,
    weekend: 0.88,
    festival: 0.75,
    tanPhi: 0.35,
  },
  industrial: {
    base: SHIFTS,
    cooling: SHIFTS,
    heating: SHIFTS,
    baseShare: 0.88,
    coolingPerC: 0.015,
    heatingPerC: 0.005,
    weekend: 0.7,
    festival: 0.25,
    tanPhi: 0.5,
  },
  irrigation: {
    base: RURAL,
    cooling: RURAL,
    heating: RURAL,
    baseShare: 0.06,
    coolingPerC: 0,
    heatingPerC: 0,
    weekend: 1,
    festival: 1,
    tanPhi: 0.75,
  },
  mixed: {
    base: MIXED,
    cooling: MIXED,
    heating: MIXED,
    baseShare: 0.55,
    coolingPerC: 0.11,
    heatingPerC: 0.035,
    weekend: 0.96,
    festival: 1.15,
    tanPhi: 0.3,
  },
};

const COOLING_FROM_C = 25;
const HEATING_BELOW_C = 12;
/** Every machine runs: cooling flattens out some eleven degrees above its threshold (past about 36 °C). */
const COOLING_SATURATION_C = 11;

/** Effective degrees of cooling, saturating. */
export function coolingDegrees(feltC: number): number {
  return COOLING_SATURATION_C * Math.tanh(Math.max(0, feltC - COOLING_FROM_C) / COOLING_SATURATION_C);
}

export function heatingDegrees(feltC: number): number {
  return Math.max(0, HEATING_BELOW_C - feltC);
}

export function loadShape(kind: LoadKind): LoadShape {
  return SHAPES[kind];
}

/** Tangent of the power factor angle of a kind of load. */
export function tanPhiOf(kind: LoadKind): number {
  return SHAPES[kind].tanPhi;
}

/** The load of a kind at one place over time, per unit of peak: multiply by a transformer's own factors and add. */
export interface LoadBasis {
  base: Float64Array;
  cooling: Float64Array;
  heating: Float64Array;
}

/** @param feltC T* at each of `timesMs`. @param seed decides the dry weeks of irrigation. */
export function loadBasis(
  kind: LoadKind,
  timesMs: Float64Array,
  feltC: Float64Array,
  seed: number,
): LoadBasis {
  const shape = SHAPES[kind];
  const n = timesMs.length;
  const basis = { base: new Float64Array(n), cooling: new Float64Array(n), heating: new Float64Array(n) };
  let day = NaN;
  let dayFactor = 1;
  for (let i = 0; i < n; i++) {
    const tsMs = timesMs[i]!;
    const today = localDay(tsMs);
    if (today !== day) {
      day = today;
      dayFactor = dayFactorOf(shape, day) * shape.baseShare;
    }
    const hour = localHour(tsMs);
    const t = feltC[i]!;
    basis.base[i] = dayFactor * atHour(shape.base, hour);
    basis.cooling[i] = dayFactor * shape.coolingPerC * coolingDegrees(t) * atHour(shape.cooling, hour);
    basis.heating[i] = dayFactor * shape.heatingPerC * heatingDegrees(t) * atHour(shape.heating, hour);
    if (kind === 'irrigation') basis.base[i]! += pumpingPu(seed, day, hour);
  }
  return basis;
}

function dayFactorOf(shape: LoadShape, day: number): number {
  const festival = festivalShare(day);
  const weekend = isWeekend(day) ? shape.weekend : 1;
  return weekend * (1 - festival) + shape.festival * festival;
}

/** A table of full hours, straight between them; a value stands for the middle of its hour. */
export function atHour(table: readonly number[], hour: number): number {
  const shifted = hour + 23.5;
  const index = Math.floor(shifted);
  const from = table[index % 24]!;
  return from + (table[(index + 1) % 24]! - from) * (shifted - index);
}

const PUMPS_FROM_HOUR = 5;
const PUMPS_TO_HOUR = 20;

/** Two to four dry weeks between late June and late August, pumps on from 05 to 20 h. */
export function pumpingPu(seed: number, day: number, hour: number): number {
  if (hour < PUMPS_FROM_HOUR || hour >= PUMPS_TO_HOUR) return 0;
  const year = yearOfDay(day);
  const from = dayOfYear(dayOf(year, 6, 25)) + Math.floor(hashUnit(seed, year, 501) * 35);
  const days = 14 + Math.floor(hashUnit(seed, year, 502) * 15);
  const into = dayOfYear(day) - from;
  return into >= 0 && into < days ? 0.94 : 0;
}

/** Days of the year and hours of the day in which kilns run: mid October to mid December, 15 to 24 h. */
const KILN_DAYS = [288, 350] as const;
const KILN_RAMP_DAYS = 10;
const KILN_HOURS = [15, 24] as const;

/** Load of autumn drying kilns, pu: domain of seasonal low voltage (tea and tobacco curing and their like). */
export function kilnPu(tsMs: number): number {
  const hour = localHour(tsMs);
  const day = dayOfYear(localDay(tsMs));
  const season = Math.min((day - KILN_DAYS[0]) / KILN_RAMP_DAYS, (KILN_DAYS[1] - day) / KILN_RAMP_DAYS, 1);
  const evening = Math.min(1, (hour - KILN_HOURS[0]) / 2, KILN_HOURS[1] - hour);
  return Math.max(0, season) * Math.max(0, evening);
}

const LATITUDE_RAD = (30.2 * Math.PI) / 180;

/** Clear-sky output of a roof in Zhejiang, per unit of its rating: sine of the sun's height. */
export function sunPu(tsMs: number): number {
  const declination = -0.4091 * Math.cos((2 * Math.PI * (dayOfYear(localDay(tsMs)) + 10)) / 365.25);
  const hourAngle = ((localHour(tsMs) - 12) * Math.PI) / 12;
  const height =
    Math.sin(LATITUDE_RAD) * Math.sin(declination) +
    Math.cos(LATITUDE_RAD) * Math.cos(declination) * Math.cos(hourAngle);
  return Math.max(0, height);
}
