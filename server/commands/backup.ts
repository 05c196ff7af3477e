import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { defineCommand } from 'citty';
import { BACKUPS_FOLDER, writeManifest } from '../backupFiles.ts';
import { loadConfig, type Config } from '../config.ts';
import { OWNER_TOKEN_FILE, placeServiceMark, refuseWhenTaken, SERVICE_MARK_FILE } from '../serviceFile.ts';
import { UsageError } from '../usageError.ts';
import { FOLDER_ARGS, terminal, type Terminal } from './parts.ts';
import { problemOf, runningService, type RunningService } from './service.ts';

/** What a restore leaves in the data folder: no part of the state. */
export const STAGING_FOLDER = '.restoring';
export const KEPT_PREFIX = 'before-restore-';

interface BackupDeps {
  config: Pick<Config, 'dataDir' | 'database' | 'influx'>;
  terminal: Terminal;
  nowMs: number;
}

/** `peakvolt backup DIR`. */
export const backupCommand = defineCommand({
  meta: {
    name: 'backup',
    description: 'Copy the embedded state into a folder; through the service when one runs',
  },
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
 * Copies the data folder while this process holds it, so that nothing can write; with a service running, the copy that it
 * makes of its stores. External stores are named with their own way of backup.
 */
export async function backup(target: string, deps: BackupDeps): Promise<void> {
  const { dataDir } = deps.config;
  if (!existsSync(dataDir)) throw new UsageError(`There is no data folder ${dataDir}.`);
  if (isInside(target, dataDir)) throw new UsageError('The backup cannot be inside the data folder.');
  if (existsSync(target) && (await readdir(target)).length > 0) {
    throw new UsageError(`${target} is not empty: give each backup a folder of its own.`);
  }
  const service = await runningService(dataDir);
  if (service !== null) await backupThroughService(service, target, deps);
  else await copyFolder(target, deps);
  tellExternal(deps);
}

/** The stopped service: everything is of one moment, log and state of detection included. */
async function copyFolder(target: string, { config, terminal, nowMs }: BackupDeps): Promise<void> {
  const { dataDir } = config;
  refuseWhenTaken(dataDir);
  const release = placeServiceMark(dataDir, 'backup');
  try {
    const paths = await filesOf(dataDir);
    for (const path of paths) {
      await mkdir(dirname(join(target, path)), { recursive: true });
      await copyFile(join(dataDir, path), join(target, path));
    }
    const { files, bytes } = await writeManifest(target, paths, nowMs);
    terminal.out(`${files} files, ${bytes} bytes in ${target}\n`);
  } finally {
    release();
  }
}

/** The running service copies its stores; what it made is then moved here. */
async function backupThroughService(
  { url, headers }: RunningService,
  target: string,
  { config, terminal }: BackupDeps,
): Promise<void> {
  const answer = await fetch(new URL('/api/v1/backups', url), { method: 'POST', headers });
  if (!answer.ok) throw new Error(await problemOf(answer));
  const made = (await answer.json()) as { folder: string; files: number; bytes: number; spooled: number };
  await moveFolder(join(config.dataDir, made.folder), target);
  terminal.out(`${made.files} files, ${made.bytes} bytes in ${target}\n`);
  if (made.spooled > 0) {
    terminal.err(`${made.spooled} readings waited in the spool and may not be in the copy.\n`);
  }
}

/** Over the border of a file system there is no rename. */
async function moveFolder(from: string, to: string): Promise<void> {
  await mkdir(dirname(resolve(to)), { recursive: true });
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await cp(from, to, { recursive: true });
    await rm(from, { recursive: true });
  }
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
    .filter((entry) => entry.isFile() && !isOfTheProcess(entry.name))
    .map((entry) => resolve(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !isAside(path))
    .toSorted();
}

function isOfTheProcess(name: string): boolean {
  return name.startsWith(SERVICE_MARK_FILE) || name === OWNER_TOKEN_FILE;
}

/** Whether a name in the data folder is no state: what a restore put aside, and backups. */
export function isAside(name: string): boolean {
  return (
    name.startsWith(STAGING_FOLDER) || name.startsWith(KEPT_PREFIX) || name.split('/')[0] === BACKUPS_FOLDER
  );
}

function isInside(path: string, folder: string): boolean {
  return `${resolve(path)}/`.startsWith(`${resolve(folder)}/`);
}
