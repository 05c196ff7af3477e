import { describe, expect, it } from 'vitest';
import { standInForecast } from '../../../server/core/forecast/forecastStation.ts';
import { HOUR_MS } from '../../../server/core/localTime.ts';

/** Hours of a warm day, so much warmer. */
const hours = (count: number, addedK: number) =>
  Array.from({ length: count }, (_, i) => ({
    tsMs: i * HOUR_MS,
    tempC: 25 + 5 * Math.sin(i / 4) + addedK,
  }));

describe('the forecast that stands in for a station without one', () => {
  it('is that of the only station there is, compared or not', () => {
    expect(standInForecast([], new Map([['CITY', []]]))).toBe('CITY');
  });

  it('is that which came closest to what was measured', () => {
    const candidates = new Map([
      ['HILL', hours(200, -4)],
      ['CITY', hours(200, 1.5)],
      ['COAST', hours(200, -2)],
    ]);
    expect(standInForecast(hours(100, 0), candidates)).toBe('CITY');
    // Measured some minutes after the hour.
    const late = hours(100, -3.5).map((sample) => ({ ...sample, tsMs: sample.tsMs + 600_000 }));
    expect(standInForecast(late, candidates)).toBe('HILL');
  });

  it('is none where one of several cannot be compared: it may be the nearest', () => {
    const candidates = new Map([
      ['HILL', hours(200, -4)],
      ['CITY', hours(23, 0)],
    ]);
    expect(standInForecast(hours(100, 0), candidates)).toBeNull();
    expect(standInForecast([], candidates)).toBeNull();
    expect(standInForecast(hours(100, 0), new Map())).toBeNull();
  });
});
