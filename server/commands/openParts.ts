import { existsSync } from 'node:fs';
import { systemClock } from '../adapters/clock.ts';
import { createLogger } from '../adapters/log.ts';
import type { Config } from '../config.ts';
import type { GridModel } from '../core/grid.ts';
import { placeServiceMark, refuseWhenTaken } from '../serviceFile.ts';
import { openDatabase, openStore } from '../storage.ts';
import { UsageError } from '../usageError.ts';
import { VERSION } from '../version.ts';
import type { Parts } from './parts.ts';

/**
 * Opens the stores of a data folder that no service serves, and holds the folder until `stop`.
 *
 * @throws FolderTakenError when a service serves it; what was opened before a failure is closed again.
 */
export async function openParts(config: Config): Promise<Parts> {
  refuseWhenTaken(config.dataDir);
  await using opened = new AsyncDisposableStack();
  opened.defer(placeServiceMark(config.dataDir, 'command'));
  const log = createLogger({ level: config.log.level === 'debug' ? 'debug' : 'warn', version: VERSION });
  const database = openDatabase(config, log);
  await database.start();
  opened.defer(() => database.stop());
  const grid: GridModel = await database.registry.load();
  const store = openStore(config, log, () => grid);
  await store.start();
  opened.defer(() => store.stop());
  const held = opened.move();
  return { config, clock: systemClock, log, database, store, stop: () => held.disposeAsync() };
}

/**
 * The same for a command that reads what is kept: a folder that is not there is a wrong name, not an empty one.
 *
 * @throws UsageError where an embedded store would have to be made first.
 */
export function openKeptParts(config: Config): Promise<Parts> {
  const isEmbedded = config.database.url === undefined || config.influx.url === undefined;
  if (isEmbedded && !existsSync(config.dataDir)) {
    throw new UsageError(
      `There is no folder ${config.dataDir}: name the one of the service with --data-dir.`,
    );
  }
  return openParts(config);
}
