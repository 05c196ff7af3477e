import { yearsEarlier } from './calendar.ts';
import { chanceOf, nameHash } from './chance.ts';
import { LOAD_FEATURES, writeCalendar, writeWeather } from './features.ts';
import type { DailyWeather, ForecastInput, ForecastOptions } from './forecast.ts';
import type { Season } from './season.ts';

/** What all transformers of a run have in common: the axis of days, the weather years, the draws. */

/** Longest history that a model looks at: what was more than six years ago says little of this season. */
const HISTORY_DAYS_MAX = 6 * 366;
/** Share of the days of a season that must have weather for it to be one of the weather years. */
const WEATHER_YEAR_MIN_SHARE = 0.95;
const WEATHER_YEARS_MAX = 40;
/** Draws at least and at most, whatever the weather years and replicates. */
const DRAWS_MIN = 96;
const DRAWS_MAX = 400;
/**
 * Few weather years do not span what a season can be: each is taken as it was, and warmer and colder by this, K (the
 * means of seasons differ by 0.9–1.2 K between years, M).
 */
const SPREAD_K: readonly { below: number; addedK: readonly number[] }[] = [
  { below: 4, addedK: [-1.2, -0.4, 0.4, 1.2] },
  { below: 10, addedK: [-0.5, 0.5] },
  { below: Infinity, addedK: [0] },
];
/** What is known of the weather of the next days: as forecast, and so much warmer and colder, K (M). */
const FORECAST_ERROR_K = [-1, 0, 1] as const;
/** A horizon of so many days or fewer is the near term: weather is forecast, and levels are those of today. */
const NEAR_DAYS_MAX = 10;
const NEAR_DRAWS = 300;
/** Residuals of the near term: of the last weeks, and of so many days about the date in earlier years. */
const NEAR_RECENT_DAYS = 30;
const NEAR_MARGIN_DAYS = 25;
const OFF_SEASON_STEP = 3;
/** Weight of a day halves in so many years. */
const HALF_LIFE_YEARS = 2;
/** Residuals are drawn in blocks, for the weather of a week hangs together. */
const BLOCK_DAYS = 7;

/** One station's features: the days of history, and the season under each weather scenario. */
export interface StationFeatures {
  /** days × LOAD_FEATURES. */
  history: Float64Array;
  /** 1 where the weather of the day is known. */
  known: Uint8Array;
  scenarios: number;
  /** Season years whose weather it is: that of scenario `s` is `years[s % years.length]`. */
  years: readonly number[];
  /** scenarios × seasonDays × LOAD_FEATURES. */
  future: Float64Array;
}

/** What the length of the horizon decides. */
export interface Horizon {
  /** Days that are told together: a week of a season, a day of the near term. */
  bucketDays: number;
  /** Levels above the models are those of so many last days, this share of them lasting. */
  levelDays: number;
  levelCarry: number;
  /** Share of what levels change between two years. */
  levelSdShare: number;
}

const SEASON_HORIZON: Readonly<Horizon> = { bucketDays: 7, levelDays: 45, levelCarry: 0.75, levelSdShare: 1 };
const NEAR_HORIZON: Readonly<Horizon> = { bucketDays: 1, levelDays: 10, levelCarry: 0.8, levelSdShare: 0.3 };

export interface SeasonContext {
  season: Season;
  horizon: Readonly<Horizon>;
  options: ForecastOptions;
  /** History is the days `firstDay` … `season.originDay`. */
  firstDay: number;
  days: number;
  seasonDays: number;
  /** By station; the station that stands in for an unknown one is under the empty text. Empty without weather. */
  stations: ReadonlyMap<string, StationFeatures>;
  draws: number;
  /** Days of history that residuals are drawn from, ascending. */
  poolDays: Int32Array;
  /** Days that models are fitted on: all of the same season, of the others every third (neighbouring days say the same). */
  fitDays: Int32Array;
  /** Weight of a day in a fit. */
  recency: Float64Array;
  /** draws × seasonDays: which of {@link poolDays} the day of the draw takes its residuals from. */
  source: Int32Array;
}

/** `historyFirstDay`: of the whole input, whatever part of it is given. */
export function seasonContext(input: ForecastInput, season: Season, historyFirstDay: number): SeasonContext {
  const { options } = input;
  const firstDay = Math.max(historyFirstDay, season.originDay - HISTORY_DAYS_MAX);
  const days = Math.max(0, season.originDay - firstDay + 1);
  const seasonDays = season.lastDay - season.firstDay + 1;
  const stations = new Map<string, StationFeatures>();
  for (const weather of standInFirst(input.weather)) {
    const features = stationFeatures(weather, season, firstDay, days, options);
    if (features === null) continue;
    stations.set(weather.stationId, features);
    if (!stations.has('')) stations.set('', features);
  }
  const near = isNear(season);
  const scenarios = Math.max(1, ...[...stations.values()].map((s) => s.scenarios));
  const perScenario = Math.max(options.replicates, Math.ceil(DRAWS_MIN / scenarios));
  const draws = near ? NEAR_DRAWS : Math.max(DRAWS_MIN, Math.min(DRAWS_MAX, scenarios * perScenario));
  const poolDays = residualPool(season, firstDay, days);
  const inPool = new Set(poolDays);
  const fitDays = Int32Array.from({ length: days }, (_, d) => d).filter(
    (d) => inPool.has(d) || (days - d) % OFF_SEASON_STEP === 0,
  );
  const recency = Float64Array.from(
    { length: days },
    (_, d) => 0.5 ** ((days - 1 - d) / (365.25 * HALF_LIFE_YEARS)),
  );
  const source = drawBlocks(poolDays.length, draws, seasonDays, nameHash(season.id, options.seed));
  const horizon = near ? NEAR_HORIZON : SEASON_HORIZON;
  const axis = { season, horizon, options, firstDay, days, seasonDays };
  return { ...axis, stations, draws, poolDays, fitDays, recency, source };
}

function isNear({ firstDay, lastDay }: Season): boolean {
  return lastDay - firstDay < NEAR_DAYS_MAX;
}

/** The stations, the one with the longest record up to now first. */
function standInFirst(weather: ForecastInput['weather']): DailyWeather[] {
  return [...weather.values()].toSorted(
    (a, b) => a.firstDay - b.firstDay || (a.stationId < b.stationId ? -1 : a.stationId > b.stationId ? 1 : 0),
  );
}

function stationFeatures(
  weather: DailyWeather,
  season: Season,
  firstDay: number,
  days: number,
  { warmingK, perfectWeather = false }: ForecastOptions,
): StationFeatures | null {
  const history = new Float64Array(days * LOAD_FEATURES);
  const known = new Uint8Array(days);
  for (let d = 0; d < days; d++) {
    const offset = d * LOAD_FEATURES;
    writeCalendar(history, offset, firstDay + d, season.originDay);
    known[d] = writeWeather(history, offset, weather, firstDay + d - weather.firstDay, 0) ? 1 : 0;
  }
  const near = isNear(season);
  const years = near || perfectWeather ? [0] : weatherYears(weather, season);
  if (years.length === 0 || (near && !isForecast(weather, season))) return null;
  const addedK = near
    ? FORECAST_ERROR_K
    : perfectWeather
      ? [0]
      : SPREAD_K.find((s) => years.length < s.below)!.addedK;
  const seasonDays = season.lastDay - season.firstDay + 1;
  const scenarios = years.length * addedK.length;
  const future = new Float64Array(scenarios * seasonDays * LOAD_FEATURES);
  for (let s = 0; s < scenarios; s++) {
    const yearsBack = years[s % years.length]!;
    const warmerK = warmingK + addedK[Math.floor(s / years.length)]!;
    for (let d = 0; d < seasonDays; d++) {
      const offset = (s * seasonDays + d) * LOAD_FEATURES;
      writeCalendar(future, offset, season.firstDay + d, season.originDay);
      const index = yearsEarlier(season.firstDay + d, yearsBack) - weather.firstDay;
      // A missing day among known ones is the day before it.
      if (!writeWeather(future, offset, weather, index, warmerK)) {
        writeWeather(future, offset, weather, lastKnown(weather, index), warmerK);
      }
    }
  }
  return { history, known, scenarios, years: years.map((back) => season.year - back), future };
}

/** Whether the weather of one of the next days is known. */
function isForecast(weather: DailyWeather, { firstDay, lastDay }: Season): boolean {
  for (let day = firstDay; day <= lastDay; day++) {
    if (!Number.isNaN(weather.meanC[day - weather.firstDay] ?? NaN)) return true;
  }
  return false;
}

/** How many years back there is a whole season of weather that ended by the origin. */
function weatherYears(weather: DailyWeather, season: Season): number[] {
  const found: number[] = [];
  const seasonDays = season.lastDay - season.firstDay + 1;
  for (let back = 1; back <= WEATHER_YEARS_MAX; back++) {
    let known = 0;
    for (let d = 0; d < seasonDays; d++) {
      const day = yearsEarlier(season.firstDay + d, back);
      const i = day - weather.firstDay;
      if (day <= season.originDay && !Number.isNaN(weather.meanC[i] ?? NaN)) known++;
    }
    if (known >= WEATHER_YEAR_MIN_SHARE * seasonDays) found.push(back);
  }
  return found;
}

function lastKnown(weather: DailyWeather, index: number): number {
  for (let i = Math.min(index, weather.days - 1); i >= 0; i--) {
    if (!Number.isNaN(weather.meanC[i]! + weather.maxC[i]! + weather.minC[i]!)) return i;
  }
  return weather.meanC.findIndex((value, i) => !Number.isNaN(value + weather.maxC[i]! + weather.minC[i]!));
}

/** Days of the same season in earlier years; all days where history has less than a month of them. */
function residualPool(season: Season, firstDay: number, days: number): Int32Array {
  const near = isNear(season);
  const margin = near ? NEAR_MARGIN_DAYS : 0;
  const recentFrom = near ? days - NEAR_RECENT_DAYS : days;
  const pool: number[] = [];
  for (let back = 1; back * 365 < days + 365; back++) {
    const from = yearsEarlier(season.firstDay, back) - firstDay - margin;
    const to = yearsEarlier(season.lastDay, back) - firstDay + margin;
    for (let d = Math.max(0, from); d <= Math.min(recentFrom - 1, to); d++) pool.push(d);
  }
  for (let d = Math.max(0, recentFrom); d < days; d++) pool.push(d);
  if (pool.length < 30) return Int32Array.from({ length: days }, (_, d) => d);
  return Int32Array.from(pool).toSorted();
}

function drawBlocks(pool: number, draws: number, seasonDays: number, seed: number): Int32Array {
  const source = new Int32Array(draws * seasonDays);
  if (pool === 0) return source;
  const chance = chanceOf(seed);
  for (let r = 0; r < draws; r++) {
    let at = 0;
    for (let d = 0; d < seasonDays; d++) {
      if (d % BLOCK_DAYS === 0) at = chance.below(pool);
      source[r * seasonDays + d] = (at + (d % BLOCK_DAYS)) % pool;
    }
  }
  return source;
}
