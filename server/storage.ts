import { join } from 'node:path';
import { systemClock } from './adapters/clock.ts';
import { createDatabase } from './adapters/db/database.ts';
import { createDuckDbStore } from './adapters/store/duckdb/duckDbStore.ts';
import { createInfluxStore } from './adapters/store/influx/influxStore.ts';
import type { Config } from './config.ts';
import type { GridModel, Transformer } from './core/grid.ts';
import { overrideOf, resolveLimits, type Limits, type LimitSubject } from './core/limits.ts';
import type { Database, Logger, ReadingStore } from './ports.ts';

/** The stores that the configuration names; `start` is the caller's. */

/** Files of the data folder. */
const DATABASE_FILE = 'peakvolt.sqlite';
const READINGS_FILE = 'readings.duckdb';
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

/** InfluxDB when `influx.url` is set, else DuckDB in the data folder. `grid` is asked when summaries are made again. */
export function openStore(config: Config, log: Logger, grid: () => GridModel): ReadingStore {
  const shared = {
    timeZone: config.timeZone,
    limitsOf: limitsLookup(config, grid),
    log,
    clock: systemClock,
  };
  const { url, ...influx } = config.influx;
  if (url !== undefined) return createInfluxStore({ ...shared, ...influx, url });
  return createDuckDbStore({ ...shared, ...config.duckdb, file: join(config.dataDir, READINGS_FILE) });
}

/** Limits of a point under the configured profile and overrides: those by which detection judges it. */
export function limitsFor(
  config: Pick<Config, 'limits' | 'detection'>,
  transformer: LimitSubject & Pick<Transformer, 'nominalV'>,
  point: string,
): Limits {
  const { profile, overrides } = config.limits;
  const override = overrideOf(overrides, transformer, point);
  return resolveLimits(profile, transformer.nominalV, config.detection, override);
}

/** {@link limitsFor} by id; the index is made once for each registry. */
export function limitsLookup(
  config: Pick<Config, 'limits' | 'detection'>,
  grid: () => GridModel,
): (transformerId: string, point: string) => Limits {
  let indexed: GridModel | null = null;
  let byId = new Map<string, Transformer>();
  return (id, point) => {
    const model = grid();
    if (model !== indexed) {
      byId = new Map(model.transformers.map((t) => [t.id, t]));
      indexed = model;
    }
    return limitsFor(config, byId.get(id) ?? unregistered(id), point);
  };
}

/** Not registered, or no more. */
function unregistered(id: string): LimitSubject & Pick<Transformer, 'nominalV'> {
  return { id, areaId: '', kind: '', importantCustomers: 0, nominalV: DEFAULT_NOMINAL_V };
}
