import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MANIFEST_FILE } from '../../server/backupFiles.ts';
import { backup } from '../../server/commands/backup.ts';
import { openParts } from '../../server/commands/openParts.ts';
import { restore } from '../../server/commands/restore.ts';
import { loadConfig, type Config } from '../../server/config.ts';
import { gridOf, transformerOf } from '../fixtures/transformers.ts';
import { inFolder, recordingTerminal } from './world.ts';

const NOW_MS = Date.UTC(2026, 6, 1);
const setUp = (dataDir: string) => ({
  config: loadConfig({ env: {}, overrides: { dataDir } }),
  terminal: recordingTerminal(),
  nowMs: NOW_MS,
});

/** A data folder that knows one transformer and holds a spool. */
async function fill(config: Config, id: string): Promise<void> {
  const parts = await openParts(config);
  await parts.database.registry.upsert(gridOf(transformerOf(id)), { validFromMs: 0 });
  await parts.stop();
  await mkdir(join(config.dataDir, 'spool'), { recursive: true });
  await writeFile(join(config.dataDir, 'spool', 'log'), `spool of ${id}`);
}

async function knownIds(config: Config): Promise<string[]> {
  const parts = await openParts(config);
  const { transformers } = await parts.database.registry.load();
  await parts.stop();
  return transformers.map(({ id }) => id);
}

describe('backup and restore', () => {
  test('bring a folder back as it was, elsewhere', () =>
    inFolder(async (folder) => {
      const from = setUp(join(folder, 'a'));
      const to = setUp(join(folder, 'b'));
      await fill(from.config, 'T1');
      await backup(join(folder, 'copy'), from);
      expect(from.terminal.stdout).toMatch(/^\d+ files, \d+ bytes in /);
      await fill(from.config, 'T2');
      await restore(join(folder, 'copy'), false, to);
      expect(await knownIds(to.config)).toEqual(['T1']);
      expect(await readFile(join(to.config.dataDir, 'spool', 'log'), 'utf8')).toBe('spool of T1');
    }));

  test('data that is there is replaced only by force, and kept', () =>
    inFolder(async (folder) => {
      const here = setUp(join(folder, 'data'));
      await fill(here.config, 'T1');
      await backup(join(folder, 'copy'), here);
      await fill(here.config, 'T2');
      await expect(restore(join(folder, 'copy'), false, here)).rejects.toThrow('holds data; --force');
      expect(await knownIds(here.config)).toEqual(['T1', 'T2']);
      await restore(join(folder, 'copy'), true, here);
      expect(await knownIds(here.config)).toEqual(['T1']);
      const kept = join(here.config.dataDir, `before-restore-${NOW_MS}`);
      expect(await readFile(join(kept, 'spool', 'log'), 'utf8')).toBe('spool of T2');
      expect(await knownIds({ ...here.config, dataDir: kept })).toEqual(['T1', 'T2']);
      // What was kept is no part of the next backup.
      await backup(join(folder, 'next'), here);
      expect(await readdir(join(folder, 'next'))).not.toContain(`before-restore-${NOW_MS}`);
    }));

  test('a damaged backup is refused and changes nothing', () =>
    inFolder(async (folder) => {
      const here = setUp(join(folder, 'data'));
      await fill(here.config, 'T1');
      await backup(join(folder, 'copy'), here);
      await writeFile(join(folder, 'copy', 'spool', 'log'), 'spool of T9');
      await expect(restore(join(folder, 'copy'), true, here)).rejects.toThrow('not what was backed up');
      expect(await knownIds(here.config)).toEqual(['T1']);
    }));

  test.each([
    ['no list', null, 'is no backup'],
    ['a broken list', '{', 'cannot be read'],
    [
      'a list that reaches outside',
      JSON.stringify({ version: '1', madeMs: 0, files: [{ path: '../x', bytes: 1, sha256: '' }] }),
      'cannot be read',
    ],
  ])('a folder with %s is refused', (_, manifest, reason) =>
    inFolder(async (folder) => {
      const source = join(folder, 'copy');
      await mkdir(source);
      if (manifest !== null) await writeFile(join(source, MANIFEST_FILE), manifest);
      await expect(restore(source, false, setUp(join(folder, 'data')))).rejects.toThrow(reason);
    }),
  );

  test('neither touches a folder that a living process serves', () =>
    inFolder(async (folder) => {
      const here = setUp(join(folder, 'data'));
      await fill(here.config, 'T1');
      await backup(join(folder, 'copy'), here);
      const mark = { pid: process.ppid, url: 'http://127.0.0.1:1' };
      await writeFile(join(here.config.dataDir, 'service.json'), JSON.stringify(mark));
      await expect(backup(join(folder, 'other'), here)).rejects.toThrow('does not answer');
      await expect(restore(join(folder, 'copy'), true, here)).rejects.toThrow('is served by process');
    }));

  test('says what it cannot hold', () =>
    inFolder(async (folder) => {
      const here = setUp(join(folder, 'data'));
      await fill(here.config, 'T1');
      const env = { DATABASE_URL: 'postgresql://u:secret@h/d', INFLUX_URL: 'http://h:8086' };
      const config = loadConfig({ env, overrides: { dataDir: here.config.dataDir } });
      await backup(join(folder, 'copy'), { ...here, config });
      expect(here.terminal.stderr).toMatch(/PostgreSQL.*pg_dump[^]*InfluxDB.*influx backup/);
      expect(here.terminal.stderr).not.toContain('secret');
    }));
});
