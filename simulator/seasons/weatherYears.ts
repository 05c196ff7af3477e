import { DAY_MS, HOUR_MS, dayOf, dayOfYear, localDay, localDayStartMs, yearOfDay } from '../calendar.ts';
import { arPool, noiseAt, type NoisePool } from '../noise.ts';
import { humidityPct } from '../physics/weather.ts';
import { hash32, hashUnit, seededRandom } from '../random.ts';

/** Weather of many years in which no summer is like another: yearly levels, heat waves, cold snaps, a slow warming. Pure. */

/** Hourly weather of one station from `fromMs` on. */
export interface StationWeather {
  fromMs: number;
  tempC: Float32Array;
  humidityPct: Float32Array;
}

/** Climate of the lower Yangtze (H): coldest about 22 January, hottest about 25 July. */
const MEAN_C = 17;
const SEASON_AMPLITUDE_C = 12;
const COLDEST_DAY = 22;
const WARMEST_HOUR = 15;
/** Standard deviation of the mean of a summer and of a winter between years, K (M). */
const SUMMER_SIGMA_K = 0.9;
const WINTER_SIGMA_K = 1;
const WARMING_K_PER_YEAR = 0.035;
const WARMING_FROM_YEAR = 2020;
/** Weather of the week: one knot a day; winters are more restless. */
const SYNOPTIC_PHI = 0.72;
const SYNOPTIC_SUMMER_K = 1.8;
const SYNOPTIC_WINTER_K = 2.6;
const POOL_BITS = 14;
/** County seat, hills, lake shore. */
const STATION_OFFSET_K = [0, -1.8, -0.6] as const;

interface Spell {
  fromDay: number;
  days: number;
  deltaK: number;
}

/** What a year is like. Winter is the one that begins in it. */
interface YearCharacter {
  summerK: number;
  winterK: number;
  spells: Spell[];
}

function yearCharacter(seed: number, year: number): YearCharacter {
  const random = seededRandom(hash32(seed, year, 41));
  const summerK = SUMMER_SIGMA_K * random.normal() + WARMING_K_PER_YEAR * (year - WARMING_FROM_YEAR);
  const winterK = WINTER_SIGMA_K * random.normal() + WARMING_K_PER_YEAR * (year - WARMING_FROM_YEAR);
  const spells: Spell[] = [];
  // A hot summer has more and longer waves; its peak may still be a mild one's.
  const waves = Math.max(1, Math.round(2.5 + summerK + random.normal() * 0.8));
  for (let i = 0; i < waves; i++) {
    spells.push({
      fromDay: dayOf(year, 6, 22) + random.below(66),
      days: 4 + random.below(9),
      deltaK: random.between(1.5, 4.8),
    });
  }
  const snaps = Math.max(1, Math.round(2.5 - 0.7 * winterK + random.normal() * 0.8));
  for (let i = 0; i < snaps; i++) {
    spells.push({
      fromDay: dayOf(year, 12, 3) + random.below(80),
      days: 3 + random.below(6),
      deltaK: -random.between(2, 5.5),
    });
  }
  return { summerK, winterK, spells };
}

/** Everything that a day adds to the climate, K, at its beginning; straight to the next day's. */
function dayAnomalyK(seed: number, pool: NoisePool, station: number, day: number, years: Years): number {
  const year = yearOfDay(day);
  const angle = (2 * Math.PI * (dayOfYear(day) - COLDEST_DAY)) / 365.25;
  const winterShare = Math.max(0, Math.cos(angle));
  const summerShare = Math.max(0, -Math.cos(angle));
  const winterYear = dayOfYear(day) < 150 ? year - 1 : year;
  const synoptic =
    0.95 * noiseAt(pool, hash32(seed, 77), day, 0) + 0.3 * noiseAt(pool, hash32(seed, 78, station), day, 0);
  const restless = SYNOPTIC_SUMMER_K + (SYNOPTIC_WINTER_K - SYNOPTIC_SUMMER_K) * (1 - summerShare);
  let spellK = 0;
  for (const s of [...years(year - 1).spells, ...years(year).spells]) {
    const into = day - s.fromDay;
    const share = Math.max(0, Math.min(1, into / 1.5, (s.days - into) / 1.5));
    if (Math.abs(share * s.deltaK) > Math.abs(spellK)) spellK = share * s.deltaK;
  }
  return (
    STATION_OFFSET_K[station % STATION_OFFSET_K.length]! +
    years(winterYear).winterK * winterShare +
    years(year).summerK * summerShare +
    restless * synoptic +
    spellK
  );
}

type Years = (year: number) => YearCharacter;

/** Weather of one station in [fromMs, toMs), which are local midnights. The same hour has the same weather in any span. */
export function stationWeather(seed: number, station: number, fromMs: number, toMs: number): StationWeather {
  const pool = arPool(hash32(seed, 0x3ea7), SYNOPTIC_PHI, POOL_BITS);
  const characters = new Map<number, YearCharacter>();
  const years: Years = (year) => {
    let found = characters.get(year);
    if (!found) characters.set(year, (found = yearCharacter(seed, year)));
    return found;
  };
  const days = Math.round((toMs - fromMs) / DAY_MS);
  const tempC = new Float32Array(days * 24);
  const humidity = new Float32Array(days * 24);
  const firstDay = localDay(fromMs);
  let fromK = dayAnomalyK(seed, pool, station, firstDay, years);
  for (let d = 0; d < days; d++) {
    const day = firstDay + d;
    const toK = dayAnomalyK(seed, pool, station, day + 1, years);
    const clearSky = 2.6 + 2.8 * hashUnit(seed, day, 900 + station);
    for (let h = 0; h < 24; h++) {
      const share = h / 24;
      const season = Math.cos((2 * Math.PI * (dayOfYear(day) + share - COLDEST_DAY)) / 365.25);
      const daily = Math.cos((2 * Math.PI * (h - WARMEST_HOUR)) / 24);
      const c = MEAN_C - SEASON_AMPLITUDE_C * season + clearSky * daily + fromK + (toK - fromK) * share;
      const i = d * 24 + h;
      tempC[i] = c;
      const noise = 6 * (hashUnit(seed, day * 24 + h, 950 + station) - 0.5);
      humidity[i] = Math.min(100, humidityPct(c, localDayStartMs(day) + h * HOUR_MS) + noise);
    }
    fromK = toK;
  }
  return { fromMs, tempC, humidityPct: humidity };
}

/** Weather as it was measured where it was, as simulated elsewhere. */
export function withMeasured(simulated: StationWeather, measured: StationWeather): StationWeather {
  const shift = Math.round((measured.fromMs - simulated.fromMs) / HOUR_MS);
  const either = (own: Float32Array, other: Float32Array): Float32Array =>
    own.map((value, i) => {
      const known = other[i - shift] ?? NaN;
      return Number.isNaN(known) ? value : known;
    });
  return {
    fromMs: simulated.fromMs,
    tempC: either(simulated.tempC, measured.tempC),
    humidityPct: either(simulated.humidityPct, measured.humidityPct),
  };
}

/**
 * Felt temperature T* = 0.6 T + 0.3 · mean of the past 24 h + 0.1 · mean of the 24 h before that (domain.md §3), for every
 * hour of a series.
 */
export function feltTemperature(tempC: Float32Array): Float32Array {
  const felt = new Float32Array(tempC.length);
  const sums = new Float64Array(tempC.length + 1);
  for (let i = 0; i < tempC.length; i++) sums[i + 1] = sums[i]! + tempC[i]!;
  const mean = (from: number, to: number): number =>
    to > from ? (sums[to]! - sums[from]!) / (to - from) : NaN;
  for (let i = 0; i < tempC.length; i++) {
    const recent = i === 0 ? tempC[0]! : mean(Math.max(0, i - 24), i);
    const before = i <= 24 ? recent : mean(Math.max(0, i - 48), i - 24);
    felt[i] = 0.6 * tempC[i]! + 0.3 * recent + 0.1 * before;
  }
  return felt;
}
