import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importFile } from '../../server/commands/import.ts';
import { openParts } from '../../server/commands/openParts.ts';
import { isFolder, writeYears } from '../../server/commands/simulateYears.ts';
import { loadConfig } from '../../server/config.ts';
import { UsageError } from '../../server/usageError.ts';
import { inFolder, recordingTerminal } from './world.ts';

/** The files of a grid that lives for years go through the importers, every row of them. */

const ARGS = { transformers: '4', seed: '4', history: '12mo', season: 'summer-2025', 'weather-years': '2' };

describe('simulate --history --out FOLDER', () => {
  test.each(['csv', 'parquet'])('writes %s that can be imported as its output says', (format) =>
    inFolder(async (folder) => {
      const out = join(folder, 'years');
      const written = recordingTerminal(false);
      await writeYears({ ...ARGS, out, format }, written);
      const commands = written.stdout.trimEnd().split('\n');
      expect(commands.length).toBeGreaterThanOrEqual(3);
      const config = loadConfig({ env: {}, overrides: { dataDir: join(folder, 'data') } });
      for (const command of commands) {
        const [, kind, file, since] =
          /^npm run -s peakvolt -- import (\w+) (\S+)(?: --valid-from (\S+))?$/.exec(command)!;
        const terminal = recordingTerminal(false);
        const code = await importFile(
          {
            kind: kind as 'registry' | 'history' | 'weather',
            file: file!,
            dryRun: false,
            encoding: 'utf-8',
            validFromMs: since === undefined ? null : Date.parse(since),
            json: false,
          },
          { config, open: () => openParts(config), terminal },
        );
        expect(terminal.stderr).not.toContain('refused row');
        expect([command, code]).toEqual([command, 0]);
      }
      const parts = await openParts(config);
      const { transformers } = await parts.database.registry.load();
      expect(transformers).toHaveLength(4);
      await parts.stop();
      const truth = await readFile(join(out, 'truth.csv'), 'utf8');
      expect(truth).toContain('summer-2025,TQ0004,');
      expect(await readdir(out)).toContain(`season.${format}`);
    }),
  );

  test('says what is wrong with its options', async () => {
    const asked = (fields: object) =>
      writeYears({ ...ARGS, out: 'x', format: 'csv', ...fields }, recordingTerminal(false));
    await expect(asked({ history: '90d' })).rejects.toThrow(UsageError);
    await expect(asked({ season: 'spring-2025' })).rejects.toThrow(UsageError);
    await expect(asked({ format: 'xml' })).rejects.toThrow(UsageError);
    expect(isFolder('years')).toBe(true);
    expect(isFolder('history.csv')).toBe(false);
  });
});
