import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildGrid } from '../../simulator/grid.ts';
import { backup } from '../../server/commands/backup.ts';
import { openParts } from '../../server/commands/openParts.ts';
import { restore } from '../../server/commands/restore.ts';
import { importThroughService, serviceAt } from '../../server/commands/service.ts';
import { registerGrid } from '../../server/commands/simulate.ts';
import { loadConfig } from '../../server/config.ts';
import { readOwnerToken } from '../../server/serviceFile.ts';
import { startService } from '../fixtures/service.ts';
import { inFolder, recordingTerminal } from './world.ts';

const FROM_MS = Date.UTC(2026, 5, 1);
const ROWS = 500;
const setUp = (dataDir: string) => ({
  config: loadConfig({ env: {}, overrides: { dataDir } }),
  terminal: recordingTerminal(),
  nowMs: FROM_MS,
});

test(
  'a running service is backed up, and the copy is whole elsewhere',
  () =>
    inFolder(async (folder) => {
      const from = setUp(join(folder, 'a'));
      const to = setUp(join(folder, 'b'));
      const settings = join(folder, 'peakvolt.yaml');
      await writeFile(settings, 'embeddedBroker: { port: 0 }\n');
      const { dataDir } = from.config;
      const service = await startService({ args: ['serve', '--config', settings], dataDir });
      const grid = buildGrid({ transformers: 3, seed: 1 });
      const ids = grid.transformers.map(({ id }) => id);
      const asked = serviceAt(service.url, readOwnerToken(dataDir));
      try {
        let said = '';
        await registerGrid(asked, grid, (text) => (said += text));
        expect(said).toBe(`3 transformers are registered at ${service.url}\n`);
        const lines = Array.from(
          { length: ROWS },
          (_, i) => `${ids[0]},${FROM_MS + i * 900_000},${(220 + i / 1000).toFixed(3)}`,
        );
        const csv = new TextEncoder().encode(`transformer_id,ts,ua_v\n${lines.join('\n')}\n`);
        const report = await importThroughService(asked, {
          kind: 'history',
          body: (async function* () {
            yield csv;
          })(),
          bytesTotal: csv.length,
          query: {},
          onProgress: () => undefined,
          onRowError: () => Promise.resolve(),
        });
        expect(report.stored).toBe(ROWS);
        await backup(join(folder, 'copy'), from);
        expect(readdirSync(join(folder, 'copy')).toSorted()).toEqual([
          'peakvolt-backup.json',
          'peakvolt.sqlite',
          'readings.duckdb',
        ]);
        expect(readdirSync(join(dataDir, 'backups'))).toEqual([]);
        expect(from.terminal.stdout).toMatch(/^2 files, \d+ bytes in /);
      } finally {
        await service.stop();
      }
      await restore(join(folder, 'copy'), false, to);
      const parts = await openParts(to.config);
      try {
        const { transformers } = await parts.database.registry.load();
        expect(transformers.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
        const query = { transformerId: ids[0]!, point: 'outlet', fromMs: 0, toMs: FROM_MS * 2 };
        const { tsMs, uaV } = await parts.store.readings(query, ROWS * 2);
        expect(Array.from(tsMs)).toEqual(Array.from({ length: ROWS }, (_, i) => FROM_MS + i * 900_000));
        expect(uaV[ROWS - 1]).toBe(Number((220 + (ROWS - 1) / 1000).toFixed(3)));
      } finally {
        await parts.stop();
      }
    }),
  60_000,
);
