import { join } from 'node:path';
import { systemClock } from '../adapters/clock.ts';
import { createDatabase } from '../adapters/db/database.ts';
import { createLogger } from '../adapters/log.ts';
import { createDuckDbStore } from '../adapters/store/duckdb/duckDbStore.ts';
import type { Config } from '../config.ts';
import { resolveLimits } from '../core/limits.ts';
import type { Database } from '../ports.ts';
import { placeServiceMark, refuseWhenTaken } from '../serviceFile.ts';
import { VERSION } from '../version.ts';
import type { Parts } from './parts.ts';

/** Files of the data folder. */
const DATABASE_FILE = 'peakvolt.sqlite';
const READINGS_FILE = 'readings.duckdb';
const DEFAULT_NOMINAL_V = 220;

/**
 * Opens the stores of a data folder that no service serves, and holds the folder until `stop`.
 *
 * @throws FolderTakenError when a service serves it; what was opened before a failure is closed again.
 */
export async function openParts(config: Config): Promise<Parts> {
  if (config.influx.url !== undefined) {
    throw new Error('Readings are in InfluxDB: start the service first, the command then goes through it.');
  }
  refuseWhenTaken(config.dataDir);
  const stops: (() => void | Promise<void>)[] = [placeServiceMark(config.dataDir, 'command')];
  const stop = async (): Promise<void> => {
    for (const next of stops.splice(0).toReversed()) await next();
  };
  try {
    const log = createLogger({ level: config.log.level, version: VERSION });
    const { url } = config.database;
    const where = url === undefined ? { file: join(config.dataDir, DATABASE_FILE) } : { url };
    const database = createDatabase({ ...where, log, clock: systemClock });
    await database.start();
    stops.push(() => database.stop());
    const store = createDuckDbStore({
      file: join(config.dataDir, READINGS_FILE),
      ...config.duckdb,
      timeZone: config.timeZone,
      limitsOf: await limitsOf(config, database),
      log,
      clock: systemClock,
    });
    await store.start();
    stops.push(() => store.stop());
    return { config, clock: systemClock, log, database, store, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function limitsOf(
  config: Config,
  { registry }: Database,
): Promise<(id: string) => { lowV: number; highV: number }> {
  const { transformers } = await registry.load();
  const nominals = new Map(transformers.map(({ id, nominalV }) => [id, nominalV]));
  return (id) => resolveLimits(config.limits.profile, nominals.get(id) ?? DEFAULT_NOMINAL_V);
}
