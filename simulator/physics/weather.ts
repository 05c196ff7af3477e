import {
  DAY_MS,
  HOUR_MS,
  dayOf,
  dayOfYear,
  localDay,
  localDayStartMs,
  localHour,
  yearOfDay,
} from '../calendar.ts';
import { noiseAt, type NoisePool } from '../noise.ts';
import { hash32, hashUnit } from '../random.ts';

/** Weather at a place: temperature by the hour. Everything else follows from it. */
export interface WeatherSource {
  /** °C in the hour that begins at `hour` × 3,600,000 ms UTC. */
  tempC(station: number, hour: number): number;
}

/** What a scenario makes of the weather. */
export type TempOverride = (tempC: number, hour: number) => number;

/** Climate of the lower Yangtze (H): coldest about 22 January. */
const MEAN_C = 17;
const SEASON_AMPLITUDE_C = 12.2;
const COLDEST_DAY = 22;
const DAILY_AMPLITUDE_C = 4;
const WARMEST_HOUR = 15;
const SYNOPTIC_C = 2.4;
/** County seat, hills, lake shore. */
const STATION_OFFSET_C = [0, -2.2, -0.6] as const;

interface Spell {
  fromDay: number;
  days: number;
  deltaC: number;
}

/** Heat waves of July and August, cold snaps of December to February: how many, when and how hard differs by year. */
export function spells(seed: number, year: number): Spell[] {
  const list: Spell[] = [];
  const draw = (kind: number, i: number, what: number): number =>
    hashUnit(seed ^ (kind * 7919), year, i * 8 + what);
  const heatWaves = 2 + Math.floor(draw(1, 99, 0) * 3);
  for (let i = 0; i < heatWaves; i++) {
    const fromDay = dayOf(year, 7, 1) + Math.floor(draw(1, i, 1) * 52);
    list.push({ fromDay, days: 4 + Math.floor(draw(1, i, 2) * 7), deltaC: 2.5 + 2.5 * draw(1, i, 3) });
  }
  const coldSnaps = 2 + Math.floor(draw(2, 99, 0) * 3);
  for (let i = 0; i < coldSnaps; i++) {
    const fromDay = dayOf(year, 12, 5) + Math.floor(draw(2, i, 1) * 78);
    list.push({ fromDay, days: 3 + Math.floor(draw(2, i, 2) * 5), deltaC: -(4 + 5 * draw(2, i, 3)) });
  }
  return list;
}

/** Made weather: season, day, synoptic AR noise, heat waves and cold snaps. A function of (seed, station, hour). */
export function syntheticWeather(seed: number, pool: NoisePool): WeatherSource {
  const spellsByYear = new Map<number, Spell[]>();
  const spellsOf = (year: number): Spell[] => {
    let list = spellsByYear.get(year);
    if (!list) spellsByYear.set(year, (list = [...spells(seed, year - 1), ...spells(seed, year)]));
    return list;
  };
  return {
    tempC(station, hour) {
      const tsMs = hour * HOUR_MS;
      const day = localDay(tsMs);
      const dayShare = localHour(tsMs) / 24;
      const season = Math.cos((2 * Math.PI * (dayOfYear(day) + dayShare - COLDEST_DAY)) / 365.25);
      const daily = Math.cos(2 * Math.PI * (dayShare - WARMEST_HOUR / 24));
      const synoptic =
        0.85 * noiseAt(pool, hash32(seed, 77), day, dayShare) +
        0.3 * noiseAt(pool, hash32(seed, 78, station), day, dayShare);
      let spellC = 0;
      for (const s of spellsOf(yearOfDay(day))) {
        const into = day + dayShare - s.fromDay;
        // A day to build up, a day to fade.
        const share = Math.max(0, Math.min(1, into, s.days - into));
        if (Math.abs(share * s.deltaC) > Math.abs(spellC)) spellC = share * s.deltaC;
      }
      const offset = STATION_OFFSET_C[station % STATION_OFFSET_C.length]!;
      return (
        MEAN_C +
        offset -
        SEASON_AMPLITUDE_C * season +
        DAILY_AMPLITUDE_C * daily +
        SYNOPTIC_C * synoptic +
        spellC
      );
    },
  };
}

/**
 * Measured weather (weather CSV of the contract, one station, hourly): years outside the file repeat its whole years in turn,
 * holes hold the value before them.
 *
 * @throws RangeError when the file has no whole year.
 */
export function recordedWeather(rows: Iterable<{ tsMs: number; tempC: number }>): WeatherSource {
  const byHour = new Map<number, number>();
  for (const row of rows) byHour.set(Math.floor(row.tsMs / HOUR_MS), row.tempC);
  const hours = [...byHour.keys()].sort((a, b) => a - b);
  const firstDay = localDay((hours[0] ?? 0) * HOUR_MS);
  const lastDay = localDay((hours.at(-1) ?? 0) * HOUR_MS);
  const firstYear = dayOfYear(firstDay) === 0 ? yearOfDay(firstDay) : yearOfDay(firstDay) + 1;
  const lastYear = lastDay >= dayOf(yearOfDay(lastDay), 12, 31) ? yearOfDay(lastDay) : yearOfDay(lastDay) - 1;
  const years = lastYear - firstYear + 1;
  if (hours.length === 0 || years < 1)
    throw new RangeError('a weather file must hold at least one whole year');
  const series = new Float64Array(hours.at(-1)! - hours[0]! + 1);
  for (let i = 0, last = byHour.get(hours[0]!)!; i < series.length; i++) {
    series[i] = last = byHour.get(hours[0]! + i) ?? last;
  }
  return {
    tempC(station, hour) {
      const day = localDay(hour * HOUR_MS);
      const year = yearOfDay(day);
      const likeYear = firstYear + ((((year - firstYear) % years) + years) % years);
      const likeDay = dayOf(likeYear, 1, 1) + Math.min(dayOfYear(day), 364);
      const likeHour = Math.floor((localDayStartMs(likeDay) + localHour(hour * HOUR_MS) * HOUR_MS) / HOUR_MS);
      const index = Math.max(0, Math.min(series.length - 1, likeHour - hours[0]!));
      return series[index]! + STATION_OFFSET_C[station % STATION_OFFSET_C.length]!;
    },
  };
}

/** Relative humidity that goes with a temperature: high in the plum rains, lower in the heat of the day. */
export function humidityPct(tempC: number, tsMs: number): number {
  const plumRain = Math.exp(-(((dayOfYear(localDay(tsMs)) - 170) / 25) ** 2));
  const daily = Math.cos((2 * Math.PI * (localHour(tsMs) - WARMEST_HOUR)) / 24);
  return Math.max(25, Math.min(99, 78 + 10 * plumRain - 9 * daily - 0.35 * Math.max(0, tempC - 20)));
}

const DAY_HOURS = DAY_MS / HOUR_MS;
/** Station-days kept: five years of three stations; more begin anew. */
const CACHED_DAYS_MAX = 6000;

/**
 * Felt temperature T* = 0.6 T + 0.3 · mean of the past 24 h + 0.1 · mean of the 24 h before (domain.md §3): walls and people
 * remember. Cached by station and day; sums are always taken in the same order, so the cache cannot change a value.
 */
export class FeltTemperature {
  readonly #source: WeatherSource;
  readonly #override: TempOverride | null;
  readonly #days = new Map<number, Float64Array>();

  constructor(source: WeatherSource, override: TempOverride | null) {
    this.#source = source;
    this.#override = override;
  }

  tempC(station: number, hour: number): number {
    const tempC = this.#source.tempC(station, hour);
    return this.#override ? this.#override(tempC, hour) : tempC;
  }

  /** T* at a moment, straight between full hours. */
  at(station: number, tsMs: number): number {
    const exact = tsMs / HOUR_MS;
    const hour = Math.floor(exact);
    const from = this.#atHour(station, hour);
    return from + (this.#atHour(station, hour + 1) - from) * (exact - hour);
  }

  #atHour(station: number, hour: number): number {
    const day = Math.floor(hour / DAY_HOURS);
    const key = day * 16 + station;
    let values = this.#days.get(key);
    if (!values) {
      if (this.#days.size >= CACHED_DAYS_MAX) this.#days.clear();
      this.#days.set(key, (values = this.#feltDay(station, day)));
    }
    return values[hour - day * DAY_HOURS]!;
  }

  #feltDay(station: number, day: number): Float64Array {
    const first = (day - 2) * DAY_HOURS;
    const temps = Float64Array.from({ length: 3 * DAY_HOURS }, (_, i) => this.tempC(station, first + i));
    const meanBefore = (end: number): number => {
      let sum = 0;
      for (let i = end - DAY_HOURS; i < end; i++) sum += temps[i]!;
      return sum / DAY_HOURS;
    };
    return Float64Array.from({ length: DAY_HOURS }, (_, h) => {
      const now = 2 * DAY_HOURS + h;
      return 0.6 * temps[now]! + 0.3 * meanBefore(now) + 0.1 * meanBefore(now - DAY_HOURS);
    });
  }
}
