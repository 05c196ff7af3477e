import type { WeatherStore } from '../../ports.ts';
import type { Db } from './schema.ts';
import { numberOrNull, storable, upsertRows } from './upsert.ts';

/** Hourly samples of a few stations: relational size, and joined with the registry by the forecast. */
export function createWeather(db: () => Db): WeatherStore {
  return {
    add: (samples) =>
      db()
        .transaction()
        .execute((tx) =>
          upsertRows(
            tx,
            'weather_sample',
            samples.map(({ stationId, tsMs, tempC, humidityPct }) => ({
              station_id: storable(stationId),
              ts_ms: tsMs,
              temp_c: tempC,
              humidity_pct: numberOrNull(humidityPct),
            })),
            { identity: ['station_id', 'ts_ms'], known: 'replace' },
          ),
        ),
    async range(stationId, fromMs, toMs) {
      const rows = await db()
        .selectFrom('weather_sample')
        .selectAll()
        .where('station_id', '=', stationId)
        .where('ts_ms', '>=', fromMs)
        .where('ts_ms', '<', toMs)
        .orderBy('ts_ms')
        .execute();
      return rows.map((row) => ({
        stationId: row.station_id,
        tsMs: row.ts_ms,
        tempC: row.temp_c,
        humidityPct: row.humidity_pct ?? NaN,
      }));
    },
    async stations() {
      const rows = await db()
        .selectFrom('weather_sample')
        .select(({ fn }) => [
          'station_id as stationId',
          fn.min('ts_ms').as('firstMs'),
          fn.max('ts_ms').as('lastMs'),
          fn.countAll<number>().as('count'),
        ])
        .groupBy('station_id')
        .orderBy('station_id')
        .execute();
      return rows;
    },
  };
}
