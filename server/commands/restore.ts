import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { defineCommand } from 'citty';
import { z } from 'zod';
import { loadConfig, type Config } from '../config.ts';
import { refuseWhenTaken } from '../serviceFile.ts';
import { UsageError } from '../usageError.ts';
import { digestOf, filesOf, MANIFEST_FILE, type Manifest } from './backup.ts';
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
 * Checks every file of the backup against its manifest, copies it beside the data folder, and only then puts it in
 * place: a restore that breaks off leaves what was there. Replaced data is kept as `DATA.before-restore-<time>`.
 */
export async function restore(
  source: string,
  force: boolean,
  deps: { config: Pick<Config, 'dataDir'>; terminal: Terminal; nowMs: number },
): Promise<void> {
  const { dataDir } = deps.config;
  const manifest = await manifestOf(source);
  refuseWhenTaken(dataDir);
  const held = existsSync(dataDir) ? await filesOf(dataDir) : [];
  if (held.length > 0 && !force) {
    throw new UsageError(`${dataDir} holds data; --force replaces it (and keeps it beside).`);
  }
  const beside = `${dataDir}.restoring`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { recursive: true });
  for (const { path, bytes, sha256 } of manifest.files) {
    await mkdir(dirname(join(beside, path)), { recursive: true });
    await copyFile(join(source, path), join(beside, path));
    const copy = await digestOf(join(beside, path));
    if (copy.bytes !== bytes || copy.sha256 !== sha256) {
      await rm(beside, { recursive: true, force: true });
      throw new Error(`${join(source, path)} is not what was backed up: nothing was restored`);
    }
  }
  if (held.length > 0) {
    const kept = `${dataDir}.before-restore-${deps.nowMs}`;
    await rename(dataDir, kept);
    deps.terminal.err(`What was there is kept in ${kept}\n`);
  } else {
    await rm(dataDir, { recursive: true, force: true });
  }
  await rename(beside, dataDir);
  deps.terminal.out(
    `${manifest.files.length} files of ${new Date(manifest.madeMs).toISOString()} in ${dataDir}\n`,
  );
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
