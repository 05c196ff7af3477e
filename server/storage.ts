import { join } from 'node:path';
import { systemClock } from './adapters/clock.ts';
import { createDatabase } from './adapters/db/database.ts';
import { createDuckDbStore } from './adapters/store/duckdb/duckDbStore.ts';
import { createInfluxStore } from './adapters/store/influx/influxStore.ts';
import type { Config } from './config.ts';
import { overrideOf, resolveLimits, type Limits } from './core/limits.ts';
import type { GridModel } from './core/grid.ts';
import type { Database, Logger, ReadingStore } from './ports.ts';

/** The stores that the configuration names; `start` is the caller's. */

/** Files of the data folder. */
const DATABASE_FILE = 'peakvolt.sqlite';
const READINGS_FILE = 'readings.duckdb';
/** For a transformer that is not registered (any more). */
const DEFAULT_NOMINAL_V = 220;

/** PostgreSQL when `database.url` is set, else SQLite in the data folder. */
export function openDatabase(config: Config, log: Logger): Database {
  const { url } = config.database;
  const where = url === undefined ? { file: join(config.dataDir, DATABASE_FILE) } : { url };
  return createDatabase({
    ...where,
    log,
    clock: systemClock,
    deadLettersMax: config.retention.deadLettersMax,
  });
}

/** InfluxDB when `influx.url` is set, else DuckDB in the data folder. `nominalVOf` is asked when summaries are made again. */
export function openStore(
  config: Config,
  log: Logger,
  nominalVOf: (transformerId: string) => number | undefined,
): ReadingStore {
  const shared = {
    timeZone: config.timeZone,
    limitsOf: (id: string, point: string) => limitsFor(config, id, point, nominalVOf(id)),
    log,
    clock: systemClock,
  };
  const { url, ...influx } = config.influx;
  if (url !== undefined) return createInfluxStore({ ...shared, ...influx, url });
  return createDuckDbStore({ ...shared, ...config.duckdb, file: join(config.dataDir, READINGS_FILE) });
}

/**
 * Limits of a point by the nominal voltage of its transformer, under the configured profile and overrides: those by which
 * detection judges it.
 */
export function limitsFor(
  config: Pick<Config, 'limits' | 'detection'>,
  transformerId: string,
  point: string,
  nominalV: number | undefined,
): Limits {
  const { profile, overrides } = config.limits;
  const own = overrides.filter((override) => override.transformerId === transformerId);
  return resolveLimits(profile, nominalV ?? DEFAULT_NOMINAL_V, config.detection, overrideOf(own, point));
}

/** Nominal voltage by transformer; the index is made once for each registry. */
export function nominalVoltages(grid: () => GridModel): (transformerId: string) => number | undefined {
  let indexed: GridModel | null = null;
  let nominals = new Map<string, number>();
  return (id) => {
    const model = grid();
    if (model !== indexed) {
      nominals = new Map(model.transformers.map((t) => [t.id, t.nominalV]));
      indexed = model;
    }
    return nominals.get(id);
  };
}
