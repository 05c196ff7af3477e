import type { WeatherSample } from '../../core/reading.ts';
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
    range: (stationId, fromMs, toMs) => range(db(), 'weather_sample', stationId, fromMs, toMs),
    addForecast: (samples, issuedMs) =>
      db()
        .transaction()
        .execute((tx) => addForecast(tx, samples, issuedMs)),
    forecast: (stationId, fromMs, toMs) => range(db(), 'weather_forecast', stationId, fromMs, toMs),
    async forecastStations(fromMs, toMs) {
      const rows = await db()
        .selectFrom('weather_forecast')
        .select('station_id')
        .distinct()
        .where('ts_ms', '>=', fromMs)
        .where('ts_ms', '<', toMs)
        .orderBy('station_id')
        .execute();
      return rows.map(({ station_id }) => station_id);
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

async function range(
  db: Db,
  table: 'weather_sample' | 'weather_forecast',
  stationId: string,
  fromMs: number,
  toMs: number,
): Promise<WeatherSample[]> {
  const rows = await db
    .selectFrom(table)
    .select(['station_id', 'ts_ms', 'temp_c', 'humidity_pct'])
    .where('station_id', '=', storable(stationId))
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
}

/** An issue that arrives late does not replace a newer one. */
async function addForecast(tx: Db, samples: readonly WeatherSample[], issuedMs: number): Promise<void> {
  for (const { stationId, tsMs, tempC, humidityPct } of samples) {
    await tx
      .insertInto('weather_forecast')
      .values({
        station_id: storable(stationId),
        ts_ms: tsMs,
        issued_ms: issuedMs,
        temp_c: tempC,
        humidity_pct: numberOrNull(humidityPct),
      })
      .onConflict((conflict) =>
        conflict
          .columns(['station_id', 'ts_ms'])
          .doUpdateSet((eb) => ({
            issued_ms: eb.ref('excluded.issued_ms'),
            temp_c: eb.ref('excluded.temp_c'),
            humidity_pct: eb.ref('excluded.humidity_pct'),
          }))
          .where('weather_forecast.issued_ms', '<=', issuedMs),
      )
      .execute();
  }
}
