import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  FolderTakenError,
  placeServiceMark,
  readServiceMark,
  refuseWhenTaken,
  SERVICE_MARK_FILE,
} from '../server/serviceFile.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'peakvolt-mark-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function mark(content: object): void {
  writeFileSync(join(folder, SERVICE_MARK_FILE), JSON.stringify(content));
}

describe('service.json', () => {
  const url = 'http://127.0.0.1:8080';
  /** Some other process that lives. */
  const pid = process.ppid;

  it('of a living process refuses the folder', () => {
    mark({ pid, url });
    expect(() => refuseWhenTaken(folder)).toThrow(FolderTakenError);
  });

  it('does not count when the number belongs to another process since, as after a power cut', () => {
    mark({ pid, url, birth: '00000000-0000-0000-0000-000000000000/1' });
    expect(readServiceMark(folder)).toBeNull();
  });

  it('left behind by a dead process, or damaged, does not count', () => {
    mark({ pid: 2 ** 30, url });
    expect(readServiceMark(folder)).toBeNull();
    writeFileSync(join(folder, SERVICE_MARK_FILE), '{"pid":');
    expect(readServiceMark(folder)).toBeNull();
  });

  it('comes in a folder that only its owner reads', () => {
    const inside = join(folder, 'data');
    placeServiceMark(inside, url)();
    expect(statSync(inside).mode & 0o777).toBe(0o700);
  });

  it('leaves the rights of a folder that is there as they are', () => {
    const inside = join(folder, 'data');
    mkdirSync(inside, { mode: 0o755 });
    placeServiceMark(inside, url)();
    expect(statSync(inside).mode & 0o777).toBe(0o755);
  });
});
