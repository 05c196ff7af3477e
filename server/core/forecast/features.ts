import { isPublicHoliday, springFestivalShare, weekdayOf } from './calendar.ts';
import type { DailyWeather } from './forecast.ts';

/** The columns that daily peak load is explained by: trend, week, holidays, season, and temperature with memory. */

/** Column numbers of a row of load features; what is zero on most days comes last, which spares a fit most of its work. */
export const LOAD = {
  one: 0,
  trend: 1,
  sin1: 2,
  cos1: 3,
  sin2: 4,
  cos2: 5,
  weekend: 6,
  cool: 7,
  warm: 8,
  cold: 9,
  hot: 10,
  torrid: 11,
  trendCold: 12,
  trendHeat: 13,
  holiday: 14,
  festival: 15,
} as const;
export const LOAD_FEATURES = 16;

/** Hinges of effective temperature, °C (domain.md §3: cooling from 24–26, heating below 8–12, saturated past 36). */
const WARM_FROM_C = 22;
const HOT_FROM_C = 26;
/** Log load bends: the fifth hot day in a row finds the air conditioners already on. */
const TORRID_FROM_C = 30;
const SATURATED_C = 36;
const COOL_BELOW_C = 14;
const COLD_BELOW_C = 6;
const FROZEN_C = -8;
/** Temperatures are told in steps of this, so that coefficients are of the order of one. */
const SCALE_K = 5;

/** Thermal memory T* = 0.6 T + 0.3 T̄24h + 0.1 T̄ of the day before (domain.md §3). */
const NOW_SHARE = 0.6;
const DAY_SHARE = 0.3;
const DAY_BEFORE_SHARE = 0.1;
/** Peaks come in the evening: the hour that counts lies between the mean and the extreme of the day. */
const EXTREME_SHARE = 0.5;

/** Where a day lies against the origin, years; negative before it. */
export function yearsAfter(originDay: number, localDay: number): number {
  return (localDay - originDay) / 365.25;
}

/** Writes the columns that the calendar alone decides. */
export function writeCalendar(x: Float64Array, offset: number, localDay: number, originDay: number): void {
  const weekday = weekdayOf(localDay);
  const festival = springFestivalShare(localDay);
  const angle = (2 * Math.PI * (localDay % 365.25)) / 365.25;
  x[offset + LOAD.one] = 1;
  x[offset + LOAD.trend] = yearsAfter(originDay, localDay);
  x[offset + LOAD.weekend] = weekday === 0 || weekday === 6 ? 1 : 0;
  // Spring Festival has a column of its own.
  x[offset + LOAD.holiday] = festival === 0 && isPublicHoliday(localDay) ? 1 : 0;
  x[offset + LOAD.festival] = festival;
  x[offset + LOAD.sin1] = Math.sin(angle);
  x[offset + LOAD.cos1] = Math.cos(angle);
  x[offset + LOAD.sin2] = Math.sin(2 * angle);
  x[offset + LOAD.cos2] = Math.cos(2 * angle);
}

/**
 * Writes the columns of the weather of weather day `index` as if it were `addedK` warmer; false where a temperature is
 * unknown. The calendar's columns must be there.
 */
export function writeWeather(
  x: Float64Array,
  offset: number,
  weather: DailyWeather,
  index: number,
  addedK: number,
): boolean {
  const mean = weather.meanC[index] ?? NaN;
  const max = weather.maxC[index] ?? NaN;
  const min = weather.minC[index] ?? NaN;
  const before = weather.meanC[index - 1] ?? mean;
  const memory = DAY_SHARE * mean + DAY_BEFORE_SHARE * (Number.isNaN(before) ? mean : before) + addedK;
  const warmC = memory + NOW_SHARE * (EXTREME_SHARE * max + (1 - EXTREME_SHARE) * mean);
  const coldC = memory + NOW_SHARE * (EXTREME_SHARE * min + (1 - EXTREME_SHARE) * mean);
  if (Number.isNaN(warmC + coldC)) return false;
  const warm = clamp(warmC - WARM_FROM_C, HOT_FROM_C - WARM_FROM_C) / SCALE_K;
  const hot = clamp(warmC - HOT_FROM_C, TORRID_FROM_C - HOT_FROM_C) / SCALE_K;
  const torrid = clamp(warmC - TORRID_FROM_C, SATURATED_C - TORRID_FROM_C) / SCALE_K;
  const cool = clamp(COOL_BELOW_C - coldC, COOL_BELOW_C - COLD_BELOW_C) / SCALE_K;
  const cold = clamp(COLD_BELOW_C - coldC, COLD_BELOW_C - FROZEN_C) / SCALE_K;
  const years = x[offset + LOAD.trend]!;
  x[offset + LOAD.warm] = warm;
  x[offset + LOAD.hot] = hot;
  x[offset + LOAD.torrid] = torrid;
  x[offset + LOAD.cool] = cool;
  x[offset + LOAD.cold] = cold;
  x[offset + LOAD.trendHeat] = years * (warm + hot + torrid);
  x[offset + LOAD.trendCold] = years * (cool + cold);
  return true;
}

function clamp(value: number, max: number): number {
  return value < 0 ? 0 : value > max ? max : value;
}
