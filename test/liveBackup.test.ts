import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MANIFEST_FILE } from '../server/backupFiles.ts';
import { loadConfig } from '../server/config.ts';
import { liveBackup } from '../server/liveBackup.ts';
import { inFolder } from './commands/world.ts';
import { handClock } from './http/deps.ts';

const NAME = '2026-07-01T00-00-00-000Z';

function set(dataDir: string, env: Record<string, string> = {}) {
  const copied: string[] = [];
  const copy = (name: string) => async (folder: string) => {
    copied.push(name);
    await writeFile(join(folder, name), name);
  };
  const parts = {
    config: loadConfig({ env, overrides: { dataDir } }),
    clock: handClock(Date.UTC(2026, 6, 1)).clock,
    database: { backup: copy('registry') },
    store: { backup: copy('readings') },
    spooled: () => 7,
  };
  return { copied, parts };
}

describe('a backup of the running service', () => {
  test('holds both stores and their list, under the time', () =>
    inFolder(async (folder) => {
      const outcome = await liveBackup(set(folder).parts)();
      expect(outcome).toEqual({ kind: 'made', folder: `backups/${NAME}`, files: 2, bytes: 16, spooled: 7 });
      const made = join(folder, 'backups', NAME);
      expect(readdirSync(made).toSorted()).toEqual([MANIFEST_FILE, 'readings', 'registry']);
      expect(JSON.parse(readFileSync(join(made, MANIFEST_FILE), 'utf8'))).toMatchObject({
        files: [{ path: 'readings' }, { path: 'registry' }],
      });
    }));

  test.each([
    [{ DATABASE_URL: 'postgres://h/d' }, ['readings']],
    [{ INFLUX_URL: 'http://h:8086' }, ['registry']],
  ])('leaves out what is a server of its own: %j', (env, expected) =>
    inFolder(async (folder) => {
      const { copied, parts } = set(folder, env);
      expect(await liveBackup(parts)()).toMatchObject({ kind: 'made', files: 1 });
      expect(copied).toEqual(expected);
    }),
  );

  test('says so when nothing is embedded', () =>
    inFolder(async (folder) => {
      const { parts } = set(folder, { DATABASE_URL: 'postgres://h/d', INFLUX_URL: 'http://h:8086' });
      expect(await liveBackup(parts)()).toEqual({ kind: 'nothing-embedded' });
      expect(existsSync(join(folder, 'backups'))).toBe(false);
    }));

  test('is made one at a time', () =>
    inFolder(async (folder) => {
      const make = liveBackup(set(folder).parts);
      const [first, second] = await Promise.all([make(), make()]);
      expect([first.kind, second.kind]).toEqual(['made', 'busy']);
    }));

  test('leaves nothing of one that failed, and the next can be made', () =>
    inFolder(async (folder) => {
      const { parts } = set(folder);
      let faults = 1;
      const failing = async (to: string): Promise<void> => {
        if (faults-- > 0) throw new Error('disk full');
        await parts.database.backup(to);
      };
      const make = liveBackup({ ...parts, store: { backup: failing } });
      await expect(make()).rejects.toThrow('disk full');
      expect(readdirSync(join(folder, 'backups'))).toEqual([]);
      expect(await make()).toMatchObject({ kind: 'made' });
    }));
});
