import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openParts } from '../../server/commands/openParts.ts';
import type { Parts } from '../../server/commands/parts.ts';
import { loadConfig } from '../../server/config.ts';
import { runImport } from '../../server/pipeline/imports/runImport.ts';
import type { ImportKind, ImportReport } from '../../server/pipeline/imports/report.ts';

/** Opens an empty data folder in which days are those of `timeZone`, and removes it afterwards. */
export async function inDataFolder<T>(timeZone: string, work: (parts: Parts) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'peakvolt-real-'));
  try {
    const parts = await openParts({ ...loadConfig({ env: {}, overrides: { dataDir } }), timeZone });
    try {
      return await work(parts);
    } finally {
      await parts.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true });
  }
}

/**
 * Imports as `peakvolt import` does, without a file of refused rows: the file may lie where nothing can be written.
 *
 * @throws when it ended early
 */
export async function importInto(
  parts: Parts,
  kind: ImportKind,
  source: string | { csv: string },
): Promise<ImportReport> {
  const { registry, points, weather, settings } = parts.database;
  const bytes = typeof source === 'string' ? createReadStream(source) : once(source.csv);
  const deps = { registry, points, weather, settings, clock: parts.clock, store: parts.store };
  const report = await runImport(kind, bytes, {}, deps);
  if (report.failure !== null) throw new Error(`${report.failure.reason}. ${report.failure.remedy}`);
  return report;
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
