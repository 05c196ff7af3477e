import type { NativeWeatherForecast } from '../server/ingest/payload.ts';
import { DAY_MS, HOUR_MS, localDay, localHour } from './calendar.ts';
import { weatherSamples } from './history.ts';
import { noiseAt } from './noise.ts';
import { hash32 } from './random.ts';
import type { Scenario } from './scenarios/scenario.ts';
import type { SimGrid } from './simGrid.ts';

/** What a weather service would say of the simulated weather to come. */

const FORECAST_HOURS = 72;
/** A weather service speaks anew at these hours, UTC. */
const ISSUE_EVERY_MS = 6 * HOUR_MS;
/** Standard deviation of the error at once and what it gains by the last hour, K (M). */
const ERROR_NOW_K = 0.6;
const ERROR_GAIN_K = 1.6;

/** Whether a forecast is issued within (fromMs, toMs]. */
export function isForecastIssued(fromMs: number, toMs: number): boolean {
  return Math.floor(fromMs / ISSUE_EVERY_MS) < Math.floor(toMs / ISSUE_EVERY_MS);
}

/**
 * The next 72 hours of every station: the weather that will come, and an error that grows with the lead. The error of an
 * hour keeps its sign from issue to issue and shrinks as the hour comes near, as that of a front that is seen too early or too late.
 */
export function weatherForecasts(
  grid: SimGrid,
  issuedMs: number,
  scenario: Scenario,
): Map<string, NativeWeatherForecast> {
  const forecasts = new Map(
    grid.stations.map((id): [string, NativeWeatherForecast] => [id, { issued: issuedMs, hours: [] }]),
  );
  const fromMs = Math.ceil(issuedMs / HOUR_MS) * HOUR_MS;
  for (const { stationId, ...sample } of weatherSamples(
    grid,
    fromMs,
    fromMs + FORECAST_HOURS * HOUR_MS,
    scenario,
  )) {
    const { tsMs, tempC, humidityPct } = sample;
    const errorK = forecastErrorK(grid, grid.stations.indexOf(stationId), tsMs, tsMs - issuedMs);
    forecasts
      .get(stationId)!
      .hours.push({ ts: tsMs, tempC: Math.round((tempC + errorK) * 10) / 10, humidityPct });
  }
  return forecasts;
}

function forecastErrorK({ seed, noise }: SimGrid, station: number, tsMs: number, leadMs: number): number {
  const sigmaK = ERROR_NOW_K + (ERROR_GAIN_K * leadMs) / (FORECAST_HOURS * HOUR_MS);
  const channel = hash32(seed, 79, station);
  return sigmaK * noiseAt(noise.weather, channel, localDay(tsMs), (localHour(tsMs) * HOUR_MS) / DAY_MS);
}
