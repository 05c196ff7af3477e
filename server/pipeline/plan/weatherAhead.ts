import { COMPARED_MS, standInForecast } from '../../core/forecast/forecastStation.ts';
import type { DailyWeather } from '../../core/forecast/forecast.ts';
import type { WeatherAhead } from '../../core/forecast/tonight.ts';
import type { Transformer } from '../../core/grid.ts';
import { dayStart, type ZoneOffset } from '../../core/localTime.ts';
import type { Database } from '../../ports.ts';
import { RunError } from './runError.ts';

/** Which forecast each measured station goes by, and what it says. */

export interface ForecastSources {
  /** Measured station → station whose forecast it goes by; those without any are left out. */
  forecastOf: ReadonlyMap<string, string>;
  /** Stations known by their forecasts alone that none goes by. */
  unused: readonly string[];
}

/**
 * A measured station goes by its own forecast; without one by that of a station that is known by its forecasts alone,
 * where it can be told which.
 *
 * @throws RunError when no measured station has a forecast for any of the days, with what to do about it.
 */
export async function forecastSources(
  { firstDay, lastDay }: { firstDay: number; lastDay: number },
  { weather, offset }: { weather: Database['weather']; offset: ZoneOffset },
): Promise<ForecastSources> {
  const fromMs = dayStart(firstDay, offset);
  const forecast = await weather.forecastStations(fromMs, dayStart(lastDay + 1, offset));
  if (forecast.length === 0) {
    throw new RunError(
      { code: 'run-no-weather-forecast', values: {} },
      'No weather forecast is stored for the next three days: feed one, then ask again.',
    );
  }
  const measured = (await weather.stations()).map(({ stationId }) => stationId);
  const named = forecast.join(', ');
  if (measured.length === 0) {
    throw new RunError(
      { code: 'run-no-weather-measured', values: { forecasts: named } },
      `A weather forecast is stored (${named}), but nowhere was weather measured that loads could be learned from: import past weather, then ask again.`,
    );
  }
  const others = forecast.filter((stationId) => !measured.includes(stationId));
  const forecastOf = new Map<string, string>();
  for (const stationId of measured) {
    if (forecast.includes(stationId)) forecastOf.set(stationId, stationId);
    else if (others.length > 0) {
      const before = (id: string) => weather.forecast(id, fromMs - COMPARED_MS, fromMs);
      const candidates = await Promise.all(others.map(async (id) => [id, await before(id)] as const));
      const was = await weather.range(stationId, fromMs - COMPARED_MS, fromMs);
      const found = standInForecast(was, new Map(candidates));
      if (found !== null) forecastOf.set(stationId, found);
    }
  }
  if (forecastOf.size === 0) {
    const stations = measured.join(', ');
    throw new RunError(
      { code: 'run-weather-unmatched', values: { forecasts: named, stations } },
      `Weather forecasts are stored (${named}), but which of them is near a station with measured weather (${stations}) cannot be told: publish a forecast under the name of that station, then ask again.`,
    );
  }
  const used = new Set(forecastOf.values());
  return { forecastOf, unused: others.filter((stationId) => !used.has(stationId)) };
}

/** The days to come at the stations of the transformers. */
export function weatherAhead(
  transformers: readonly Pick<Transformer, 'weatherStationId' | 'areaId'>[],
  weather: ReadonlyMap<string, DailyWeather>,
  forecastOf: ReadonlyMap<string, string>,
  days: readonly number[],
): WeatherAhead[] {
  const byStation = Map.groupBy(transformers, ({ weatherStationId }) => weatherStationId ?? '');
  return [...weather.values()].flatMap(({ stationId, firstDay, minC, maxC }) => {
    const source = forecastOf.get(stationId);
    if (source === undefined) return [];
    const areaIds = new Set((byStation.get(stationId) ?? []).map(({ areaId }) => areaId));
    return [
      {
        stationId,
        forecastOf: source,
        areaIds: [...areaIds].toSorted(),
        days: days.map((day) => ({
          day,
          minC: tenths(minC[day - firstDay]),
          maxC: tenths(maxC[day - firstDay]),
        })),
      },
    ];
  });
}

function tenths(value = NaN): number | null {
  return Number.isFinite(value) ? Math.round(10 * value) / 10 : null;
}
