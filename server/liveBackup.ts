import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BACKUPS_FOLDER, writeManifest } from './backupFiles.ts';
import type { Config } from './config.ts';
import type { BackupOutcome } from './http/deps.ts';
import type { Clock, Database, ReadingStore } from './ports.ts';

/** A copy of the embedded stores that a running service makes of itself; one at a time. */
export function liveBackup(parts: {
  config: Pick<Config, 'dataDir' | 'database' | 'influx'>;
  clock: Clock;
  database: Pick<Database, 'backup'>;
  store: Pick<ReadingStore, 'backup'>;
  /** Readings that are acknowledged and not in the store yet. */
  spooled: () => number;
}): () => Promise<BackupOutcome> {
  let busy = false;
  return async () => {
    if (busy) return { kind: 'busy' };
    if (parts.config.database.url !== undefined && parts.config.influx.url !== undefined) {
      return { kind: 'nothing-embedded' };
    }
    busy = true;
    try {
      return await copy();
    } finally {
      busy = false;
    }
  };

  async function copy(): Promise<BackupOutcome> {
    const { config, clock, database, store } = parts;
    const madeMs = clock.nowMs();
    const name = new Date(madeMs).toISOString().replaceAll(/[:.]/g, '-');
    const unfinished = join(config.dataDir, BACKUPS_FOLDER, `.${name}`);
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    try {
      const spooled = parts.spooled();
      // Each copy is of one moment; between the two lie seconds.
      if (config.database.url === undefined) await database.backup(unfinished);
      if (config.influx.url === undefined) await store.backup(unfinished);
      const made = await writeManifest(unfinished, (await readdir(unfinished)).toSorted(), madeMs);
      await rename(unfinished, join(config.dataDir, BACKUPS_FOLDER, name));
      return { kind: 'made', folder: `${BACKUPS_FOLDER}/${name}`, ...made, spooled };
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
}
