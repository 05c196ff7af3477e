import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkClock, checkDisk, examine, judgeAudit } from '../../server/commands/doctor.ts';
import { inFolder, recordingTerminal } from './world.ts';

describe('doctor', () => {
  test('a line a check, a remedy with each failure, and a check that throws is a failure', async () => {
    const terminal = recordingTerminal();
    const code = await examine(
      [
        { name: 'disk', run: () => Promise.resolve({ ok: true, detail: '5 GiB free' }) },
        { name: 'store', run: () => Promise.resolve({ ok: false, detail: 'refused', remedy: 'Start it.' }) },
        { name: 'clock', run: () => Promise.reject(new Error('broken')) },
      ],
      terminal,
    );
    expect(code).toBe(1);
    expect(terminal.stdout).toBe(
      'ok    disk           5 GiB free\n' +
        'FAIL  store          refused\n' +
        '                     → Start it.\n' +
        'FAIL  clock          broken\n',
    );
  });

  test('is content when every check is', async () => {
    const check = { name: 'disk', run: () => Promise.resolve({ ok: true, detail: '' }) };
    expect(await examine([check], recordingTerminal())).toBe(0);
  });

  test('disk: written to, and room for a day', () =>
    inFolder(async (folder) => {
      expect(await checkDisk(join(folder, 'new'), 1)).toMatchObject({ ok: true });
      const full = await checkDisk(folder, Number.MAX_SAFE_INTEGER);
      expect(full).toMatchObject({ ok: false, remedy: expect.stringContaining('Make room') });
      await writeFile(join(folder, 'file'), '');
      const noFolder = await checkDisk(join(folder, 'file'), 1);
      expect(noFolder).toMatchObject({ ok: false, remedy: expect.stringContaining('--data-dir') });
    }));

  test.each([
    ['1970', 0, false],
    ['today', Date.UTC(2026, 10, 24), true],
    ['2999', Date.UTC(2999, 0, 1), false],
  ])('clock: %s', async (_, nowMs, ok) => {
    expect(await checkClock(nowMs, undefined)).toMatchObject({ ok });
  });

  test('audit: whole, or where it was changed', () => {
    expect(judgeAudit({ kind: 'whole', entries: 7 })).toEqual({ ok: true, detail: 'whole: 7 entries' });
    expect(judgeAudit({ kind: 'broken', seq: 4, reason: 'changed' })).toMatchObject({
      ok: false,
      detail: 'entry 4 is changed',
      remedy: expect.stringContaining('backup'),
    });
  });
});
