import { DAY_MS, HOUR_MS, dayOfYear, localDayStartMs, yearOfDay } from '../calendar.ts';
import { noiseAt } from '../noise.ts';
import { tanPhiOf } from '../physics/load.ts';
import { hash32, hashUnit } from '../random.ts';
import type { SeasonAxis } from './seasonAxis.ts';
import type { LoadShock, SeasonGrid, SeasonLife } from './seasonGrid.ts';

/** What one transformer's customers would draw at nominal voltage, hour by hour. */
export interface NominalYears {
  pKw: Float32Array;
  qKvar: Float32Array;
}

const YEAR_MS = 365.25 * DAY_MS;
/** Load never falls below this share of what it should be, nor growth. */
const FLOOR = 0.2;
/** A year is busier or quieter than the trend says. */
const YEAR_WOBBLE = 0.05;
/** A shock arrives over so many days: cars are bought one by one. */
const SHOCK_RAMP_DAYS = 40;
/** Compressors draw more reactive power than lamps and kettles; chargers and roofs hardly any. */
const COOLING_REACTIVE = 0.15;

/** Factors that hold for one day. */
interface DayFactors {
  all: number;
  cooling: number;
  heating: number;
  chargers: number;
  pvKw: number;
}

export function nominalYears(grid: SeasonGrid, transformer: number, axis: SeasonAxis): NominalYears {
  const life = grid.lives[transformer]!;
  const { kind } = grid.transformers[transformer]!;
  const { load, channel, station } = life;
  const { base, cooling, heating } = axis.basis(kind, station, load.comfort);
  const office = axis.basis('commercial', station, 1).base;
  const { fast, slow } = grid.memory;
  const slowChannel = hash32(channel, 5);
  const tanPhi = tanPhiOf(kind);
  const out = { pKw: new Float32Array(axis.hours), qKvar: new Float32Array(axis.hours) };
  for (let d = 0; d < axis.days.length; d++) {
    const f = dayFactors(grid, life, axis.days[d]!);
    const sun = f.pvKw > 0 ? axis.sun(station) : null;
    const scaleKw = load.peakKw * f.all;
    for (let i = axis.dayStarts[d]!; i < axis.dayStarts[d + 1]!; i++) {
      const hour = axis.firstHour + i;
      const cool = load.coolingFactor * f.cooling * cooling[i]!;
      const usual =
        base[i]! +
        load.daytimeShare * (office[i]! - base[i]!) +
        cool +
        load.heatingFactor * f.heating * heating[i]!;
      const level =
        usual * (1 + axis.festival[i]! * (load.festivalFactor - 1)) +
        load.curingPu * axis.kiln[i]! +
        load.pumpingPu * axis.pumping[i]!;
      const noise =
        1 +
        load.noiseSigma *
          (0.7 * noiseAt(fast, channel, hour, 0.5) + 0.6 * noiseAt(slow, slowChannel, hour, 0.5));
      const drawnKw = scaleKw * level * Math.max(FLOOR, noise);
      const chargersKw = load.peakKw * f.chargers * axis.chargers[i]!;
      out.pKw[i] = drawnKw + chargersKw - (sun === null ? 0 : f.pvKw * sun[i]!);
      out.qKvar[i] = drawnKw * tanPhi * (1 + COOLING_REACTIVE * Math.min(1, cool / level));
    }
  }
  applyWork(life, axis, out);
  return out;
}

function dayFactors(grid: SeasonGrid, life: SeasonLife, day: number): DayFactors {
  const { load, channel } = life;
  const tsMs = localDayStartMs(day);
  const years = (tsMs - grid.referenceMs) / YEAR_MS;
  const f: DayFactors = {
    all: Math.max(FLOOR, (1 + load.growthPerYear) ** years * (1 + yearWobble(channel, day))),
    cooling: 1,
    heating: 1,
    chargers: 0,
    pvKw: load.pvKw,
  };
  for (const shock of load.shocks) applyShock(f, shock, life.states[0]!.capacityKva, tsMs);
  return f;
}

function yearWobble(channel: number, day: number): number {
  const year = yearOfDay(day);
  const share = dayOfYear(day) / 366;
  const from = hashUnit(channel, year, 61);
  return YEAR_WOBBLE * (2 * (from + (hashUnit(channel, year + 1, 61) - from) * share) - 1);
}

function applyShock(f: DayFactors, shock: LoadShock, capacityKva: number, tsMs: number): void {
  const arrived = Math.max(0, Math.min(1, (tsMs - shock.atMs) / (SHOCK_RAMP_DAYS * DAY_MS)));
  if (arrived === 0) return;
  const factor = 1 + (shock.amount - 1) * arrived;
  switch (shock.kind) {
    case 'chargers':
      f.chargers += shock.amount * arrived;
      break;
    case 'air-conditioners':
      f.cooling *= factor;
      break;
    case 'electric-heating':
      f.heating *= factor;
      break;
    case 'rooftop-pv':
      f.pvKw += shock.amount * capacityKva * arrived;
      break;
    case 'new-houses':
    case 'closure':
      f.all *= factor;
      break;
  }
}

/** Customers handed to a new point, reactive power taken over by capacitors. */
function applyWork({ states }: SeasonLife, axis: SeasonAxis, out: NominalYears): void {
  for (const [s, state] of states.entries()) {
    if (state.loadShare === 1 && state.compensation === 0) continue;
    const from = hourIndex(axis, state.fromMs);
    const to = s + 1 < states.length ? hourIndex(axis, states[s + 1]!.fromMs) : axis.hours;
    for (let i = from; i < to; i++) {
      out.pKw[i]! *= state.loadShare;
      out.qKvar[i]! *= state.loadShare * (1 - state.compensation);
    }
  }
}

/** Index of the hour that a moment falls in, within the axis. */
export function hourIndex(axis: SeasonAxis, tsMs: number): number {
  return Math.max(0, Math.min(axis.hours, Math.floor((tsMs - axis.fromMs) / HOUR_MS)));
}
