/** Local time of the simulated county: China Standard Time, which knows no summer time. */

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const UTC_OFFSET_MS = 8 * HOUR_MS;

/** Days since 1970-01-01 on the local calendar. */
export function localDay(tsMs: number): number {
  return Math.floor((tsMs + UTC_OFFSET_MS) / DAY_MS);
}

/** Hours into the local day, with fraction. */
export function localHour(tsMs: number): number {
  return ((((tsMs + UTC_OFFSET_MS) % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS;
}

/** UTC milliseconds of a local midnight. */
export function localDayStartMs(day: number): number {
  return day * DAY_MS - UTC_OFFSET_MS;
}

export function yearOfDay(day: number): number {
  return new Date(day * DAY_MS).getUTCFullYear();
}

/** Local day number of a calendar date (`month` from 1). */
export function dayOf(year: number, month: number, date: number): number {
  return Date.UTC(year, month - 1, date) / DAY_MS;
}

/** Day of the year from 0. */
export function dayOfYear(day: number): number {
  return day - dayOf(yearOfDay(day), 1, 1);
}

/** Saturday or Sunday (1970-01-01 was a Thursday). */
export function isWeekend(day: number): boolean {
  const weekday = (((day + 4) % 7) + 7) % 7;
  return weekday === 0 || weekday === 6;
}

/** Chinese New Year's day by year, MMDD (Hong Kong Observatory's conversion tables). */
const NEW_YEAR_MMDD: Readonly<Record<number, number>> = {
  2009: 126,
  2010: 214,
  2011: 203,
  2012: 123,
  2013: 210,
  2014: 131,
  2015: 219,
  2016: 208,
  2017: 128,
  2018: 216,
  2019: 205,
  2020: 125,
  2021: 212,
  2022: 201,
  2023: 122,
  2024: 210,
  2025: 129,
  2026: 217,
  2027: 206,
  2028: 126,
  2029: 213,
  2030: 203,
  2031: 123,
  2032: 211,
  2033: 131,
  2034: 219,
  2035: 208,
  2036: 128,
  2037: 215,
  2038: 204,
  2039: 124,
  2040: 212,
};

/** Local day of the Spring Festival in that year; `null` outside 2009–2040. */
export function springFestivalDay(year: number): number | null {
  const mmdd = NEW_YEAR_MMDD[year];
  return mmdd === undefined ? null : dayOf(year, Math.floor(mmdd / 100), mmdd % 100);
}

/** Families come home about a week before the feast and leave after the Lantern Festival. */
const RETURN_DAYS_BEFORE = 7;
const LEAVE_DAYS_AFTER = 15;
const RAMP_DAYS = 4;

/** How much Spring Festival a day is: 0 outside, 1 in the days around the feast, straight ramps between. */
export function festivalShare(day: number): number {
  const feast = springFestivalDay(yearOfDay(day));
  if (feast === null) return 0;
  const rising = (day - (feast - RETURN_DAYS_BEFORE)) / RAMP_DAYS;
  const falling = (feast + LEAVE_DAYS_AFTER - day) / RAMP_DAYS;
  return Math.max(0, Math.min(1, rising, falling));
}
