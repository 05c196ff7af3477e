import { DAY_MS } from '../localTime.ts';

/** Week, Chinese public holidays and the lunar calendar, by local day number: what load follows besides weather. */

/**
 * First day of the lunar year, month and day, 2000–2050 (almanac of the Purple Mountain Observatory; ICU is a day off in
 * 2027 and 2030, when the new moon is within minutes of midnight, hence a table).
 */
const SPRING_FESTIVAL =
  '0205 0124 0212 0201 0122 0209 0129 0218 0207 0126 0214 0203 0123 0210 0131 0219 0208 0128 0216 0205 0125 0212 0201 0122 0210 0129 0217 0206 0126 0213 0203 0123 0211 0131 0219 0208 0128 0215 0204 0124 0212 0201 0122 0210 0130 0217 0206 0126 0214 0202 0123';
/** Fifth of the fifth lunar month. */
const DRAGON_BOAT =
  '0606 0625 0615 0604 0622 0611 0531 0619 0608 0528 0616 0606 0623 0612 0602 0620 0609 0530 0618 0607 0625 0614 0603 0622 0610 0531 0619 0609 0528 0616 0605 0624 0612 0601 0620 0610 0530 0618 0607 0527 0614 0603 0622 0611 0531 0619 0608 0529 0615 0604 0623';
/** Fifteenth of the eighth lunar month. */
const MID_AUTUMN =
  '0912 1001 0921 0911 0928 0918 1006 0925 0914 1003 0922 0912 0930 0919 0908 0927 0915 1004 0924 0913 1001 0921 0910 0929 0917 1006 0925 0915 1003 0922 0912 1001 0919 0908 0927 0916 1004 0924 0913 1002 0920 0910 0928 0917 1005 0925 0915 1004 0922 0911 0930';

const FIRST_YEAR = 2000;
const springFestivals = daysOf(SPRING_FESTIVAL);
const dragonBoats = new Set(daysOf(DRAGON_BOAT));
const midAutumns = new Set(daysOf(MID_AUTUMN));

/** Days that people travel home before Spring Festival, and stay after it (domain.md §3, M). */
const FESTIVAL_BEFORE_DAYS = 9;
const FESTIVAL_AFTER_DAYS = 14;
const FESTIVAL_RAMP_DAYS = 5;

/** 0 is Sunday. */
export function weekdayOf(localDay: number): number {
  // 1 January 1970 was a Thursday.
  return (((localDay + 4) % 7) + 7) % 7;
}

/** Days since the nearest Spring Festival's first day, negative before it; NaN outside 2000–2050. */
export function springFestivalOffset(localDay: number): number {
  let nearest = NaN;
  for (const festival of springFestivals) {
    const offset = localDay - festival;
    if (Math.abs(offset) > 366) continue;
    if (Number.isNaN(nearest) || Math.abs(offset) < Math.abs(nearest)) nearest = offset;
  }
  return nearest;
}

/** Share of those who come home for Spring Festival that are there, 0–1: rises over five days, stays, falls. */
export function springFestivalShare(localDay: number): number {
  const offset = springFestivalOffset(localDay);
  if (Number.isNaN(offset)) return 0;
  const arrived = (offset + FESTIVAL_BEFORE_DAYS) / FESTIVAL_RAMP_DAYS;
  const staying = (FESTIVAL_AFTER_DAYS - offset) / FESTIVAL_RAMP_DAYS;
  return Math.max(0, Math.min(1, arrived, staying));
}

/** Whether it is a public holiday by the fixed rules; days worked in exchange are decreed each year and unknown here. */
export function isPublicHoliday(localDay: number): boolean {
  const date = new Date(localDay * DAY_MS);
  const month = date.getUTCMonth() + 1;
  const day = date.getUTCDate();
  const year = date.getUTCFullYear();
  if (month === 1 && day === 1) return true;
  if (month === 4 && day === qingmingDay(year)) return true;
  if (month === 5 && day <= 5) return true;
  if (month === 10 && day <= 7) return true;
  const offset = springFestivalOffset(localDay);
  return (offset >= -1 && offset <= 6) || dragonBoats.has(localDay) || midAutumns.has(localDay);
}

/** The same date so many years before; 29 February becomes 1 March. */
export function yearsEarlier(localDay: number, years: number): number {
  const date = new Date(localDay * DAY_MS);
  return Date.UTC(date.getUTCFullYear() - years, date.getUTCMonth(), date.getUTCDate()) / DAY_MS;
}

/** Day of April of the solar term (rule of thumb, exact for 2000–2099). */
function qingmingDay(year: number): number {
  const ofCentury = year % 100;
  return Math.floor(ofCentury * 0.2422 + 4.81) - Math.floor(ofCentury / 4);
}

function daysOf(table: string): number[] {
  return table.split(' ').map((monthDay, i) => {
    return Date.UTC(FIRST_YEAR + i, Number(monthDay.slice(0, 2)) - 1, Number(monthDay.slice(2))) / DAY_MS;
  });
}
