import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../server/ingest/payload.ts';
import { buildGrid } from '../../simulator/grid.ts';
import { weatherSamples } from '../../simulator/history.ts';
import { openScenario } from '../../simulator/scenarios/scenario.ts';
import { isForecastIssued, weatherForecasts } from '../../simulator/weatherForecast.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ISSUED_MS = Date.UTC(2026, 10, 26, 22, 20);
const grid = buildGrid({ transformers: 5, seed: 3 });
const normal = openScenario('normal', grid, ISSUED_MS);

/** Errors of a forecast by the hour of its lead, one station after the other, K. */
function errorsK(issuedMs: number): number[][] {
  const came = new Map(
    [...weatherSamples(grid, issuedMs, issuedMs + 4 * DAY_MS, normal)].map((s) => [
      `${s.stationId} ${s.tsMs}`,
      s.tempC,
    ]),
  );
  return [...weatherForecasts(grid, issuedMs, normal)].map(([station, { hours }]) =>
    hours.map(({ ts, tempC }) => tempC - came.get(`${station} ${ts}`)!),
  );
}

const rms = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);

describe('simulated weather forecast', () => {
  it('says the next 72 full hours of each station, the same again when asked again', () => {
    const forecasts = weatherForecasts(grid, ISSUED_MS, normal);
    expect([...forecasts.keys()]).toEqual(grid.stations);
    for (const { issued, hours } of forecasts.values()) {
      expect(issued).toBe(ISSUED_MS);
      expect(hours.map(({ ts }) => ts)).toEqual(
        Array.from({ length: 72 }, (_, h) => Date.UTC(2026, 10, 26, 23) + h * HOUR_MS),
      );
    }
    expect(weatherForecasts(grid, ISSUED_MS, normal)).toEqual(forecasts);
    const longest = Math.max(...[...forecasts.values()].map((body) => JSON.stringify(body).length));
    expect(longest).toBeLessThan(LIMITS.readingBytesMax);
  });

  it('errs by more the further ahead it looks, by no more than a weather service does', () => {
    const issues = Array.from({ length: 200 }, (_, i) => errorsK(ISSUED_MS + i * 5 * DAY_MS)).flat();
    const onDay = (day: number) => rms(issues.flatMap((hours) => hours.slice(24 * day, 24 * day + 24)));
    const [first, second, third] = [onDay(0), onDay(1), onDay(2)] as const;
    expect(second).toBeGreaterThan(first * 1.2);
    expect(third).toBeGreaterThan(second * 1.2);
    expect(first).toBeLessThan(1.5);
    expect(third).toBeLessThan(3);
    expect(third).toBeGreaterThan(1);
  });

  it('speaks of an hour with less error in a later issue', () => {
    const later = 2 * DAY_MS;
    const early = errorsK(ISSUED_MS).map((hours) => hours.slice(48));
    const late = errorsK(ISSUED_MS + later).map((hours) => hours.slice(0, 24));
    expect(rms(late.flat())).toBeLessThan(rms(early.flat()));
  });

  it('expects the weather that the scenario makes', () => {
    const heatwave = openScenario('heatwave', grid, ISSUED_MS);
    const hours = [...weatherForecasts(grid, ISSUED_MS, heatwave).values()].flatMap(({ hours }) => hours);
    expect(Math.min(...hours.map(({ tempC }) => tempC))).toBeGreaterThan(20);
  });

  it('is issued every six hours', () => {
    const at = (hour: number, minute: number): number => Date.UTC(2026, 10, 26, hour, minute);
    expect(isForecastIssued(at(5, 59), at(6, 0))).toBe(true);
    expect(isForecastIssued(at(6, 0), at(6, 1))).toBe(false);
    expect(isForecastIssued(at(1, 0), at(5, 59))).toBe(false);
    expect(isForecastIssued(at(1, 0), at(13, 0))).toBe(true);
  });
});
