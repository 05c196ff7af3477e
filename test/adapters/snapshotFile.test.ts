import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSnapshotFile } from '../../server/adapters/snapshotFile.ts';
import { recordingLog } from '../fixtures/world.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'peakvolt-state-'));
  file = join(folder, 'inner', 'engine.state');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('gives back what was written last, and nothing before the first time', async () => {
  const state = createSnapshotFile(file, recordingLog());
  expect(await state.read()).toBeNull();
  await state.write(new Uint8Array([1, 2, 3]));
  await state.write(new Uint8Array([4]));
  expect(await state.read()).toEqual(new Uint8Array([4]));
  expect(readdirSync(join(folder, 'inner'))).toEqual(['engine.state']);
});

it('ignores what a write that was cut short has left', async () => {
  const state = createSnapshotFile(file, recordingLog());
  await state.write(new Uint8Array([1]));
  writeFileSync(`${file}.new`, 'half');
  expect(await state.read()).toEqual(new Uint8Array([1]));
});

it('does not use a file in which any byte was altered, and says so', async () => {
  const log = recordingLog();
  const state = createSnapshotFile(file, log);
  await state.write(new Uint8Array([1, 2, 3]));
  const good = readFileSync(file);
  for (let at = 0; at < good.length; at++) {
    const bad = Buffer.from(good);
    bad[at]! ^= 0x10;
    writeFileSync(file, bad);
    expect(await state.read()).toBeNull();
  }
  expect(log.lines).toHaveLength(good.length);
});
