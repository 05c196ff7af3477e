import { HOUR_MS, festivalShare, isWeekend, localDay, localHour } from '../calendar.ts';
import { noiseAt } from '../noise.ts';
import {
  atHour,
  coolingDegrees,
  heatingDegrees,
  kilnPu,
  loadShape,
  pumpingPu,
  sunPu,
  type LoadKind,
} from '../physics/load.ts';
import { hash32 } from '../random.ts';
import type { SeasonGrid } from './seasonGrid.ts';
import { feltTemperature, stationWeather, withMeasured, type StationWeather } from './weatherYears.ts';

/** Whole hours in a row, with what all transformers share in them. A value stands for the middle of its hour. */
export interface SeasonAxis {
  fromMs: number;
  hours: number;
  /** Hours since 1970 of the first. */
  firstHour: number;
  /** Index of the first hour of each local day, and one past the last. */
  dayStarts: Int32Array;
  /** Local day of each of them. */
  days: Int32Array;
  /** Share of Spring Festival, kilns and pumps, chargers: 0–1. */
  festival: Float32Array;
  kiln: Float32Array;
  pumping: Float32Array;
  chargers: Float32Array;
  basis(kind: LoadKind, station: number, comfort: number): SeasonBasis;
  /** Output of a roof, pu, clouds counted. */
  sun(station: number): Float32Array;
}

/** Load of a kind at one place, pu of peak, Spring Festival not counted; multiply by a transformer's own factors and add. */
export interface SeasonBasis {
  base: Float32Array;
  cooling: Float32Array;
  heating: Float32Array;
}

/** Cars come home from six, most are full by two. */
// prettier-ignore
const CHARGERS = [.72,.5,.32,.2,.12,.08,.06,.08,.1,.12,.14,.16,.2,.2,.18,.18,.22,.36,.58,.8,.94,1,.98,.88];

export function seasonAxis(grid: SeasonGrid, fromMs: number, toMs: number): SeasonAxis {
  const hours = Math.round((toMs - fromMs) / HOUR_MS);
  return grid.memory.axis(fromMs, hours, () => makeAxis(grid, fromMs, hours));
}

function makeAxis(grid: SeasonGrid, fromMs: number, hours: number): SeasonAxis {
  const middleMs = (i: number): number => fromMs + (i + 0.5) * HOUR_MS;
  const column = (at: (tsMs: number) => number): Float32Array =>
    Float32Array.from({ length: hours }, (_, i) => at(middleMs(i)));
  const starts: number[] = [];
  const days: number[] = [];
  for (let i = 0; i < hours; i++) {
    const day = localDay(middleMs(i));
    if (day !== days.at(-1)) {
      days.push(day);
      starts.push(i);
    }
  }
  const bases = new Map<string, SeasonBasis>();
  const suns = new Map<number, Float32Array>();
  const firstHour = Math.round(fromMs / HOUR_MS);
  return {
    fromMs,
    hours,
    firstHour,
    dayStarts: Int32Array.from([...starts, hours]),
    days: Int32Array.from(days),
    festival: column((tsMs) => festivalShare(localDay(tsMs))),
    kiln: column(kilnPu),
    pumping: column((tsMs) => pumpingPu(grid.seed, localDay(tsMs), localHour(tsMs))),
    chargers: column((tsMs) => atHour(CHARGERS, localHour(tsMs))),
    basis(kind, station, comfort) {
      const key = `${kind}/${station}/${comfort}`;
      let basis = bases.get(key);
      if (!basis) bases.set(key, (basis = makeBasis(grid, fromMs, hours, kind, station, comfort)));
      return basis;
    },
    sun(station) {
      let sun = suns.get(station);
      if (!sun) {
        const offset = hash32(grid.seed, 555, station);
        sun = Float32Array.from({ length: hours }, (_, i) => {
          const cloud = 0.55 + 0.3 * noiseAt(grid.memory.fast, offset, firstHour + i, 0.5);
          return sunPu(middleMs(i)) * Math.max(0.12, Math.min(1, cloud));
        });
        suns.set(station, sun);
      }
      return sun;
    },
  };
}

function makeBasis(
  grid: SeasonGrid,
  fromMs: number,
  hours: number,
  kind: LoadKind,
  station: number,
  comfort: number,
): SeasonBasis {
  const shape = loadShape(kind);
  const felt = feltAt(grid, station);
  const offset = Math.round((fromMs - grid.weatherFromMs) / HOUR_MS);
  const basis = {
    base: new Float32Array(hours),
    cooling: new Float32Array(hours),
    heating: new Float32Array(hours),
  };
  for (let i = 0; i < hours; i++) {
    const tsMs = fromMs + (i + 0.5) * HOUR_MS;
    const hour = localHour(tsMs);
    const week = shape.baseShare * (isWeekend(localDay(tsMs)) ? shape.weekend : 1);
    const t = felt[offset + i]!;
    basis.base[i] = week * atHour(shape.base, hour);
    // Comfort 1 is the threshold of the shape.
    basis.cooling[i] =
      week * shape.coolingPerC * coolingDegrees(t + 1 - comfort) * atHour(shape.cooling, hour);
    basis.heating[i] =
      week * shape.heatingPerC * saturatedHeating(t + 1 - comfort) * atHour(shape.heating, hour);
  }
  return basis;
}

const HEATING_SATURATION_C = 14;

/** Effective degrees of heating: in the coldest nights every heater runs already. */
export function saturatedHeating(feltC: number): number {
  return HEATING_SATURATION_C * Math.tanh(heatingDegrees(feltC) / HEATING_SATURATION_C);
}

/** Weather of one station over the whole life of the grid. */
export function hourlyWeather(grid: SeasonGrid, station: number): StationWeather {
  const { weather } = grid.memory;
  let found = weather.get(station);
  if (!found) {
    found = stationWeather(grid.seed, station, grid.weatherFromMs, grid.toMs);
    if (grid.measuredWeather !== null) found = withMeasured(found, grid.measuredWeather);
    weather.set(station, found);
  }
  return found;
}

/** T* of every hour of {@link hourlyWeather}. */
export function feltAt(grid: SeasonGrid, station: number): Float32Array {
  const { felt } = grid.memory;
  let found = felt.get(station);
  if (!found) felt.set(station, (found = feltTemperature(hourlyWeather(grid, station).tempC)));
  return found;
}
