import { describe, expect, it } from 'vitest';
import {
  isPublicHoliday,
  springFestivalOffset,
  springFestivalShare,
  weekdayOf,
  yearsEarlier,
} from '../../../server/core/forecast/calendar.ts';

const day = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

describe('the calendar', () => {
  it.each([
    // Published by the State Council or the Hong Kong Observatory.
    ['2000-02-05'],
    ['2012-01-23'],
    ['2015-02-19'],
    ['2023-01-22'],
    ['2024-02-10'],
    ['2025-01-29'],
    ['2026-02-17'],
    ['2027-02-06'],
    ['2028-01-26'],
    ['2030-02-03'],
    ['2033-01-31'],
    ['2034-02-19'],
    ['2050-01-23'],
  ])('has the first lunar day on %s', (text) => {
    expect(springFestivalOffset(day(text))).toBe(0);
    expect(springFestivalOffset(day(text) - 3)).toBe(-3);
    expect(springFestivalShare(day(text))).toBe(1);
    expect(springFestivalShare(day(text) + 40)).toBe(0);
  });

  it('agrees with the lunar calendar of ICU but for the two new moons at midnight', () => {
    const format = new Intl.DateTimeFormat('en-u-ca-chinese', {
      month: 'numeric',
      day: 'numeric',
      timeZone: 'UTC',
    });
    const differing: number[] = [];
    for (let year = 2000; year <= 2050; year++) {
      for (let d = day(`${year}-01-15`); d < day(`${year}-02-25`); d++) {
        if (springFestivalOffset(d) !== 0) continue;
        if (!/^1\/1$/.test(format.format(d * 86_400_000).replace(/\/\d{4}.*$|\(.*$/, '')))
          differing.push(year);
      }
    }
    // A machine with a corrected ICU has none.
    expect(differing.filter((year) => year !== 2027 && year !== 2030)).toEqual([]);
  });

  it.each([
    ['2026-01-01', true],
    ['2026-02-17', true],
    ['2026-04-05', true],
    ['2025-04-04', true],
    ['2026-05-01', true],
    ['2026-06-19', true],
    ['2025-10-06', true],
    ['2026-09-25', true],
    ['2026-07-15', false],
    ['2026-03-08', false],
  ])('on %s says holiday: %s', (text, expected) => {
    expect(isPublicHoliday(day(text))).toBe(expected);
  });

  it('counts the week from Sunday', () => {
    expect([day('2026-11-22'), day('2026-11-27'), day('1969-12-28')].map(weekdayOf)).toEqual([0, 5, 0]);
  });

  it('is silent where its tables end', () => {
    expect(springFestivalOffset(day('1990-06-01'))).toBeNaN();
    expect(springFestivalShare(day('2060-02-01'))).toBe(0);
  });

  it('finds the same date in another year', () => {
    expect(yearsEarlier(day('2028-02-29'), 1)).toBe(day('2027-03-01'));
    expect(yearsEarlier(day('2026-08-01'), 3)).toBe(day('2023-08-01'));
  });
});
