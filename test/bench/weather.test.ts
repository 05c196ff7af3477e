import { beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../server/core/localTime.ts';
import type { WeatherSample } from '../../server/core/reading.ts';
import { measureWeather, type WeatherResult } from './weather.ts';
import { weatherPart } from './weatherDocument.ts';
import { heatOf, hourlyOf } from './weatherProof.ts';

/** The bench on made weather: three mild summers and a fourth that is as the one given here. */

const FROM_MS = Date.UTC(2018, 0, 1, -8);
const HOURS = (4 * 365 + 1) * 24;
/** Every summer by its year, K above the climate. */
const SUMMER_K: Readonly<Record<number, number>> = { 2018: 0, 2019: 2, 2020: -1, 2021: 3 };

function tempC(tsMs: number): number {
  const local = new Date(tsMs + 8 * HOUR_MS);
  const day = Math.floor(local.getTime() / DAY_MS);
  const angle = (2 * Math.PI * (day - 22)) / 365.25;
  const summer = Math.max(0, -Math.cos(angle)) * SUMMER_K[local.getUTCFullYear()]!;
  const hour = Math.cos((2 * Math.PI * (local.getUTCHours() - 15)) / 24);
  return 17 - 12 * Math.cos(angle) + 4 * hour + 2.5 * Math.sin(day / 2.7) + summer;
}

function weatherCsv(): string {
  const rows = Array.from({ length: HOURS }, (_, i) => FROM_MS + i * HOUR_MS)
    // Gaps as stations have them.
    .filter((_, i) => i % 997 !== 5)
    .map((tsMs) => `S1,${tsMs},${tempC(tsMs).toFixed(1)},60`);
  return ['station_id,ts,temp_c,humidity_pct', ...rows].join('\n');
}

describe('a summer in measured weather', () => {
  let result: WeatherResult;
  beforeAll(async () => {
    result = await measureWeather({ csv: weatherCsv() }, [11], 60);
  }, 240_000);

  it('forecasts the last summer from those before it', () => {
    expect(result.report.refused).toBe(0);
    expect(result.season).toBe('summer-2021');
    expect(result.byYear.map(({ year }) => year)).toEqual([2018, 2019, 2020]);
    expect(result.scored.transformers + result.scored.unknown).toBe(60);
  });

  it('the warmer the weather, the more is expected to go low', () => {
    const [of2018, of2019, of2020] = result.byYear.map(({ risk }) => risk.expectedLow) as [
      number,
      number,
      number,
    ];
    expect(of2019).toBeGreaterThan(of2018);
    expect(of2018).toBeGreaterThan(of2020);
    expect(result.own.expectedLow).toBeGreaterThan(of2019);
    expect(result.together.expectedLow).toBeGreaterThan(of2020);
    expect(result.together.expectedLow).toBeLessThan(result.own.expectedLow);
    const warmer = result.published.map(({ risk }) => risk.expectedLow);
    expect(warmer).toEqual(warmer.toSorted((a, b) => a - b));
  });

  it('writes every table', () => {
    const text = weatherPart(result);
    for (const row of ['| 2021 |', 'weather of 2019 alone', '2 K warmer', '| PR-AUC |']) {
      expect(text).toContain(row);
    }
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });
});

it('needs three whole summers', async () => {
  const csv = weatherCsv()
    .split('\n')
    .slice(0, 2 * 365 * 24)
    .join('\n');
  await expect(measureWeather({ csv }, [11], 60)).rejects.toThrow('three whole summers');
});

const sample = (hour: number, temperature: number): WeatherSample => ({
  stationId: 'S1',
  tsMs: hour * HOUR_MS,
  tempC: temperature,
  humidityPct: 50,
});

it('bridges short gaps and leaves long ones', () => {
  const { fromMs, tempC: hours } = hourlyOf([sample(3, 20), sample(5, 30), sample(20, 10)]);
  expect(fromMs).toBe(3 * HOUR_MS);
  expect([...hours.subarray(0, 4)]).toEqual([20, 25, 30, NaN]);
  expect(hours).toHaveLength(18);
});

it.each([
  [[26, 27, 36, 20], { degreeHours: 11, hoursFrom35: 1, highestC: 36, coveragePct: 100 }],
  [[NaN, 30, NaN, 10], { degreeHours: 4, hoursFrom35: 0, highestC: 30, coveragePct: 50 }],
])('heat of %j', (hours, heat) => {
  const tempC = Float32Array.from(hours);
  expect(heatOf({ fromMs: 0, tempC, humidityPct: tempC }, 0, 4 * HOUR_MS)).toEqual(heat);
});
