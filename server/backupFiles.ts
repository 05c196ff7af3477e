import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VERSION } from './version.ts';

/** Lists what a backup holds, so that a restore can tell a whole one from a broken one. */
export const MANIFEST_FILE = 'peakvolt-backup.json';

/** Where a running service puts its backups, in the data folder; no part of the state. */
export const BACKUPS_FOLDER = 'backups';

export interface Manifest {
  version: string;
  madeMs: number;
  files: { path: string; bytes: number; sha256: string }[];
}

/** Writes the list of the files, named relative to the folder that holds them. */
export async function writeManifest(
  folder: string,
  paths: readonly string[],
  madeMs: number,
): Promise<{ files: number; bytes: number }> {
  const files: Manifest['files'] = [];
  for (const path of paths) files.push({ path, ...(await digestOf(join(folder, path))) });
  const manifest: Manifest = { version: VERSION, madeMs, files };
  await writeFile(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  return { files: files.length, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}

export async function digestOf(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return { bytes: (await stat(file)).size, sha256: hash.digest('hex') };
}
