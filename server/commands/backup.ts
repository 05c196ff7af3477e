import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { defineCommand } from 'citty';
import { loadConfig, type Config } from '../config.ts';
import { placeServiceMark, refuseWhenTaken, SERVICE_MARK_FILE } from '../serviceFile.ts';
import { UsageError } from '../usageError.ts';
import { VERSION } from '../version.ts';
import { FOLDER_ARGS, terminal, type Terminal } from './parts.ts';

/** Lists what a backup holds, so that a restore can tell a whole one from a broken one. */
export const MANIFEST_FILE = 'peakvolt-backup.json';

/** What a restore leaves in the data folder: no part of the state. */
export const STAGING_FOLDER = '.restoring';
export const KEPT_PREFIX = 'before-restore-';

export interface Manifest {
  version: string;
  madeMs: number;
  files: { path: string; bytes: number; sha256: string }[];
}

/** `peakvolt backup DIR`. */
export const backupCommand = defineCommand({
  meta: { name: 'backup', description: 'Copy the embedded state (the service stopped) into a folder' },
  args: { dir: { type: 'positional', required: true, description: 'Empty or new folder' }, ...FOLDER_ARGS },
  async run({ args }) {
    const config = loadConfig({
      file: args.config,
      env: process.env,
      overrides: { dataDir: args['data-dir'] },
    });
    await backup(args.dir, { config, terminal, nowMs: Date.now() });
  },
});

/**
 * Copies the data folder while this process holds it, so that nothing can write: registry, readings, log and state are
 * of one moment. External stores are named with their own way of backup.
 */
export async function backup(
  target: string,
  deps: { config: Pick<Config, 'dataDir' | 'database' | 'influx'>; terminal: Terminal; nowMs: number },
): Promise<void> {
  const { dataDir } = deps.config;
  if (!existsSync(dataDir)) throw new UsageError(`There is no data folder ${dataDir}.`);
  if (isInside(target, dataDir)) throw new UsageError('The backup cannot be inside the data folder.');
  if (existsSync(target) && (await readdir(target)).length > 0) {
    throw new UsageError(`${target} is not empty: give each backup a folder of its own.`);
  }
  refuseWhenTaken(dataDir);
  const release = placeServiceMark(dataDir, 'backup');
  try {
    const files: Manifest['files'] = [];
    for (const path of await filesOf(dataDir)) {
      await mkdir(dirname(join(target, path)), { recursive: true });
      await copyFile(join(dataDir, path), join(target, path));
      files.push({ path, ...(await digestOf(join(target, path))) });
    }
    const manifest: Manifest = { version: VERSION, madeMs: deps.nowMs, files };
    await writeFile(join(target, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    deps.terminal.out(`${files.length} files, ${bytes} bytes in ${target}\n`);
  } finally {
    release();
  }
  tellExternal(deps);
}

function tellExternal({
  config,
  terminal,
}: {
  config: Pick<Config, 'database' | 'influx'>;
  terminal: Terminal;
}): void {
  if (config.database.url !== undefined) {
    terminal.err('Not in this backup: PostgreSQL (DATABASE_URL). Use pg_dump --format=custom.\n');
  }
  if (config.influx.url !== undefined) {
    terminal.err(
      'Not in this backup: InfluxDB (INFLUX_URL). Use influx backup (1.x: influxd backup -portable).\n',
    );
  }
}

/** Every file below the folder, relative; the mark of the running process is not state. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const root = resolve(folder);
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith(SERVICE_MARK_FILE))
    .map((entry) => resolve(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !isAside(path))
    .toSorted();
}

/** Whether a name in the data folder is what a restore put aside. */
export function isAside(name: string): boolean {
  return name.startsWith(STAGING_FOLDER) || name.startsWith(KEPT_PREFIX);
}

export async function digestOf(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return { bytes: (await stat(file)).size, sha256: hash.digest('hex') };
}

function isInside(path: string, folder: string): boolean {
  return `${resolve(path)}/`.startsWith(`${resolve(folder)}/`);
}
