import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { csvToParquet } from '../../server/adapters/parquet.ts';
import { exportReadings, exportToFile } from '../../server/commands/export.ts';
import { importFile, type ImportRequest } from '../../server/commands/import.ts';
import { openParts } from '../../server/commands/openParts.ts';
import { loadConfig } from '../../server/config.ts';
import { inFolder, recordingTerminal } from './world.ts';

const JULY_MS = Date.UTC(2025, 6, 1);
const request = (fields: Partial<ImportRequest>): ImportRequest => ({
  kind: 'registry',
  file: '',
  dryRun: false,
  encoding: 'utf-8',
  validFromMs: null,
  json: false,
  ...fields,
});

function setUp(folder: string, interactive = false) {
  const config = loadConfig({ env: {}, overrides: { dataDir: join(folder, 'data') } });
  return { config, open: () => openParts(config), terminal: recordingTerminal(interactive) };
}

async function fileIn(folder: string, name: string, content: string): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

const REGISTRY = 'transformer_id,name,area_id,feeder_id\nT1,"东街, 1号",A1,F1\n';

describe('import', () => {
  test('a dry run shows the difference and changes nothing', () =>
    inFolder(async (folder) => {
      const deps = setUp(folder);
      const file = await fileIn(folder, 'grid.csv', REGISTRY);
      for (let i = 0; i < 2; i++) {
        expect(await importFile(request({ file, dryRun: true }), deps)).toBe(0);
      }
      const shown =
        '+ T1\ntransformers: 1 added, 0 changed, 0 unchanged\n' +
        'registry: 1 rows, 1 would be stored, 0 duplicate, 0 refused\n';
      expect(deps.terminal.stdout).toBe(shown + shown);
    }));

  test('a folder is no file', () =>
    inFolder(async (folder) => {
      await expect(importFile(request({ file: folder }), setUp(folder))).rejects.toThrow(
        /is a folder: name one/,
      );
    }));

  test('refused rows go to a file that can be mended and imported', () =>
    inFolder(async (folder) => {
      const deps = setUp(folder);
      const file = await fileIn(folder, 'grid.csv', `${REGISTRY}T2,"a ""b""\nc",,F1\n`);
      expect(await importFile(request({ file }), deps)).toBe(1);
      const errors = await readFile(`${file}.errors.csv`, 'utf8');
      expect(errors).toBe(
        '\uFEFFtransformer_id,name,area_id,feeder_id,import_line,import_error\n' +
          'T2,"a ""b""\nc",,F1,4,area_id: empty\n',
      );
      expect(deps.terminal.stderr).toContain(`${file}.errors.csv`);
      const mended = await fileIn(folder, 'mended.csv', errors.replace(',,F1', ',A1,F1'));
      expect(await importFile(request({ file: mended, json: true }), deps)).toBe(0);
      const parts = await openParts(deps.config);
      expect(await parts.database.registry.transformer('T2')).toMatchObject({ areaId: 'A1', attributes: {} });
      await parts.stop();
      await expect(stat(`${mended}.errors.csv`)).rejects.toThrow('ENOENT');
    }));

  test('what is imported is exported again, to the last digit', () =>
    inFolder(async (folder) => {
      const deps = setUp(folder);
      const registry = await fileIn(folder, 'grid.csv', REGISTRY);
      await importFile(request({ file: registry }), deps);
      const rows = [0, 1, 2].map((i) => `T1,${new Date(JULY_MS + i * 900_000).toISOString()},22${i}.25,0,`);
      const history = await fileIn(
        folder,
        'history.csv',
        ['transformer_id,ts,ua_v,ub_v,in_a', ...rows].join('\n'),
      );
      expect(await importFile(request({ kind: 'history', file: history }), deps)).toBe(0);
      const exported = async (): Promise<string> => {
        const terminal = recordingTerminal();
        const query = { transformerId: 'T1', point: 'outlet', fromMs: JULY_MS, toMs: JULY_MS + 1_000_000 };
        await exportReadings(query, null, { ...deps, terminal });
        return terminal.stdout;
      };
      const first = await exported();
      expect(first.split('\r\n').slice(1)).toEqual([
        'T1,2025-07-01T00:00:00.000Z,220.25,0,,,,,,,outlet,,,,,,0',
        'T1,2025-07-01T00:15:00.000Z,221.25,0,,,,,,,outlet,,,,,,0',
        '',
      ]);
      const again = await fileIn(folder, 'again.csv', first);
      expect(await importFile(request({ kind: 'history', file: again }), deps)).toBe(0);
      expect(await exported()).toBe(first);
    }));

  test('a Parquet file is history too', () =>
    inFolder(async (folder) => {
      const deps = setUp(folder);
      await importFile(request({ file: await fileIn(folder, 'grid.csv', REGISTRY) }), deps);
      const rows = Array.from(
        { length: 3_000 },
        (_, i) => `T1,${new Date(JULY_MS + i * 60_000).toISOString()},${200 + i / 64}`,
      );
      const csv = await fileIn(
        folder,
        'a.csv',
        ['transformer_id,ts,ua_v', ...rows, 'X,2025-07-01T00:00:00Z,1'].join('\n'),
      );
      const file = join(folder, 'a.parquet');
      await csvToParquet(csv, file);
      expect(await importFile(request({ kind: 'history', file }), deps)).toBe(1);
      expect(deps.terminal.stdout).toContain('history: 3001 rows, 3000 stored, 0 duplicate, 1 refused');
      expect(await readFile(`${file}.errors.csv`, 'utf8')).toContain('3002,transformer_id: not registered');
      const query = { transformerId: 'T1', point: 'outlet', fromMs: JULY_MS, toMs: JULY_MS + 180_000 };
      const exported = join(folder, 'out.parquet');
      await exportToFile(exported, 'parquet', (terminal) =>
        exportReadings(query, null, { ...deps, terminal }),
      );
      const again = await importFile(request({ kind: 'history', file: exported, json: true }), deps);
      expect(again).toBe(0);
      expect(deps.terminal.stdout).toContain('"rows":3,"stored":3,"duplicate":0,"refused":0');
      expect(await readdir(folder)).not.toContain('out.parquet.new');
    }));

  test('of a file that is not there is a fault of the caller', () =>
    inFolder(async (folder) => {
      const deps = setUp(folder);
      const file = join(folder, 'none.csv');
      await expect(importFile(request({ file }), deps)).rejects.toMatchObject({ name: 'UsageError' });
    }));
});

describe('import with a service running', () => {
  test('sends the file through it and follows its answer', () =>
    inFolder(async (folder) => {
      const received: string[] = [];
      const report = { kind: 'history', dryRun: true, rows: 2, stored: 1, duplicate: 0, refused: 1 };
      const details = { warnings: [], registry: null, failure: null, resumedRows: 0, duplicatesExact: true };
      const rowError = { line: 3, faults: [{ column: 'ts', message: 'empty' }], cells: ['T1', '', '1'] };
      const answerLines = [
        { progress: { rows: 1, share: 0.5 } },
        { rowError },
        { report: { ...report, ...details } },
      ];
      const server = createServer(async (incoming, answer) => {
        const body = await text(incoming);
        received.push(
          `${incoming.method} ${incoming.url?.replace(/resumeKey=[\w-]+/, 'resumeKey=K')} ${body}`,
        );
        answer.end(answerLines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const deps = setUp(folder);
      // The mark of a living process other than ours.
      const mark = { pid: process.ppid, url: `http://127.0.0.1:${port}` };
      await mkdir(deps.config.dataDir);
      await writeFile(join(deps.config.dataDir, 'service.json'), JSON.stringify(mark));
      const file = await fileIn(folder, 'history.csv', 'transformer_id,ts,ua_v\nT1,1,1\nT1,,1\n');
      const open = () => Promise.reject(new Error('the files belong to the service'));
      const code = await importFile(request({ kind: 'history', file, dryRun: true }), { ...deps, open });
      expect(code).toBe(1);
      expect(received).toEqual([
        'GET /healthz ',
        'POST /api/v1/imports/history?dryRun=true&encoding=utf-8&resumeKey=K transformer_id,ts,ua_v\nT1,1,1\nT1,,1\n',
      ]);
      expect(await readFile(`${file}.errors.csv`, 'utf8')).toContain('T1,,1,3,ts: empty\n');
      expect(deps.terminal.stdout).toContain('history: 2 rows, 1 would be stored, 0 duplicate, 1 refused');
      await new Promise((resolve) => server.close(resolve));
      await expect(importFile(request({ file }), deps)).rejects.toThrow(/serves .* but does not answer/);
    }));
});
