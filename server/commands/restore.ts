import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { defineCommand } from 'citty';
import { z } from 'zod';
import { digestOf, MANIFEST_FILE, type Manifest } from '../backupFiles.ts';
import { loadConfig, type Config } from '../config.ts';
import { placeServiceMark, refuseWhenTaken, SERVICE_MARK_FILE } from '../serviceFile.ts';
import { UsageError } from '../usageError.ts';
import { isAside, KEPT_PREFIX, STAGING_FOLDER } from './backup.ts';
import { FOLDER_ARGS, terminal, type Terminal } from './parts.ts';

const manifestSchema = z.object({
  version: z.string(),
  madeMs: z.number(),
  files: z.array(z.object({ path: z.string().min(1), bytes: z.number(), sha256: z.string() })),
});

/** `peakvolt restore DIR`. */
export const restoreCommand = defineCommand({
  meta: { name: 'restore', description: 'Put a backup back as the data folder (the service stopped)' },
  args: {
    dir: { type: 'positional', required: true, description: 'Folder that `backup` made' },
    force: { type: 'boolean', description: 'Replace data that is there; it is kept beside' },
    ...FOLDER_ARGS,
  },
  async run({ args }) {
    const config = loadConfig({
      file: args.config,
      env: process.env,
      overrides: { dataDir: args['data-dir'] },
    });
    await restore(args.dir, args.force === true, { config, terminal, nowMs: Date.now() });
  },
});

/**
 * Checks every file of the backup against its manifest and copies it aside, and only then puts it in place: a bad backup
 * leaves what was there. Everything happens inside the data folder, which may be a mounted volume that cannot be renamed.
 */
export async function restore(
  source: string,
  force: boolean,
  deps: { config: Pick<Config, 'dataDir'>; terminal: Terminal; nowMs: number },
): Promise<void> {
  const { dataDir } = deps.config;
  const manifest = await manifestOf(source);
  refuseWhenTaken(dataDir);
  await mkdir(dataDir, { recursive: true });
  const held = (await readdir(dataDir)).filter((name) => !isAside(name) && name !== SERVICE_MARK_FILE);
  if (held.length > 0 && !force) {
    throw new UsageError(`${dataDir} holds data; --force replaces it (and keeps it in a folder there).`);
  }
  const release = placeServiceMark(dataDir, 'restore');
  const staged = join(dataDir, STAGING_FOLDER);
  try {
    await rm(staged, { recursive: true, force: true });
    await stage(manifest, source, staged);
    if (held.length > 0) {
      const kept = join(dataDir, `${KEPT_PREFIX}${deps.nowMs}`);
      await move(held, dataDir, kept);
      deps.terminal.err(`What was there is kept in ${kept}\n`);
    }
    await move(await readdir(staged), staged, dataDir);
  } finally {
    await rm(staged, { recursive: true, force: true });
    release();
  }
  deps.terminal.out(
    `${manifest.files.length} files of ${new Date(manifest.madeMs).toISOString()} in ${dataDir}\n`,
  );
}

async function stage(manifest: Manifest, source: string, staged: string): Promise<void> {
  await mkdir(staged, { recursive: true });
  for (const { path, bytes, sha256 } of manifest.files) {
    await mkdir(dirname(join(staged, path)), { recursive: true });
    await copyFile(join(source, path), join(staged, path));
    const copy = await digestOf(join(staged, path));
    if (copy.bytes !== bytes || copy.sha256 !== sha256) {
      throw new Error(`${join(source, path)} is not what was backed up: nothing was restored`);
    }
  }
}

async function move(names: readonly string[], from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of names) await rename(join(from, name), join(to, name));
}

async function manifestOf(source: string): Promise<Manifest> {
  const path = join(source, MANIFEST_FILE);
  if (!existsSync(path)) throw new UsageError(`${source} is no backup: it has no ${MANIFEST_FILE}.`);
  const parsed = manifestSchema.safeParse(jsonOf(await readFile(path, 'utf8')));
  const escapes = (file: string): boolean => isAbsolute(file) || normalize(file).startsWith('..');
  if (!parsed.success || parsed.data.files.some((file) => escapes(file.path))) {
    throw new Error(`${path} cannot be read as the list of a backup`);
  }
  return parsed.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
