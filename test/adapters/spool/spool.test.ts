import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { createSqliteSpool } from '../../../server/adapters/spool/spool.ts';
import { SpoolFile } from '../../../server/adapters/spool/spoolFile.ts';
import type { Spool } from '../../../server/ports.ts';
import { spoolContract } from '../../contract/spool.ts';
import { recordingLog } from '../../fixtures/world.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'peakvolt-spool-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

spoolContract('the SQLite spool', async () => {
  const file = join(folder, 'spool.db');
  return () => createSqliteSpool({ file, log: recordingLog() });
});

test("the spool's file keeps nothing of a group that cannot be committed", () => {
  const file = new SpoolFile(join(folder, 'group.db'), 256 * 1024);
  const group = Array.from({ length: 20 }, () => new Uint8Array(40_000));
  expect(() => file.append(group)).toThrow(/full/);
  expect(file.position().lastSeq).toBe(0);
  expect(file.read(0, 1e9, () => undefined)).toEqual([]);
  file.close();
});

describe('the SQLite spool', () => {
  let log: ReturnType<typeof recordingLog>;
  let spool: Spool;
  const open = async (bytesMax?: number): Promise<void> => {
    log = recordingLog();
    const size = bytesMax === undefined ? {} : { bytesMax };
    spool = createSqliteSpool({ file: join(folder, 'spool.db'), log, ...size });
    await spool.start();
  };
  afterEach(() => spool.stop());

  const alter = (sql: string): void => {
    const db = new DatabaseSync(join(folder, 'spool.db'));
    db.exec(sql);
    db.close();
  };

  it('refuses to append when it is full, keeps what it has, and goes on when there is room again', async () => {
    await open(256 * 1024);
    const entry = new Uint8Array(40_000);
    let kept = 0;
    const fill = async (): Promise<void> => {
      for (; kept < 100; kept++) await spool.append(entry);
    };
    await expect(fill()).rejects.toThrow(/full/);
    expect(kept).toBeGreaterThan(2);
    expect(spool.status()).toMatchObject({ lastSeq: kept, entries: kept });
    expect(await spool.read(0, 1e9)).toHaveLength(kept);
    await spool.trim(2);
    expect(await spool.append(entry)).toBe(kept + 1);
  });

  it('acknowledges of a burst that does not fit exactly what it keeps', async () => {
    await open(256 * 1024);
    // How many of them wait together is the threads' affair.
    const burst = Array.from({ length: 20 }, () => spool.append(new Uint8Array(40_000)));
    const outcomes = await Promise.allSettled(burst);
    const kept = outcomes.filter(({ status }) => status === 'fulfilled');
    expect(kept.length).toBeLessThan(burst.length);
    expect(spool.status().entries).toBe(kept.length);
    expect(await spool.read(0, 1e9)).toHaveLength(kept.length);
  });

  it('puts an altered entry aside, says so, and gives the others', async () => {
    await open();
    for (const byte of [1, 2, 3]) await spool.append(new Uint8Array([byte, byte]));
    await spool.stop();
    alter("update entry set entry = x'0209' where seq = 2");
    await open();
    expect((await spool.read(0, 1e6)).map(({ seq }) => seq)).toEqual([1, 3]);
    expect(log.lines.filter((line) => line.includes('"seq":2'))).toHaveLength(1);
    expect([...readFileSync(join(folder, 'spool.db.quarantine', '2.bin'))]).toEqual([2, 9]);
    expect((await spool.read(1, 1e6)).map(({ seq }) => seq)).toEqual([3]);
  });

  it('puts a file aside that is no database, and begins an empty one', async () => {
    writeFileSync(join(folder, 'spool.db'), 'no database at all, '.repeat(1000));
    await open();
    expect(await spool.append(new Uint8Array([1]))).toBe(1);
    expect(readdirSync(folder).filter((name) => name.includes('damaged'))).toHaveLength(1);
    expect(log.lines[0]).toContain('put aside');
  });

  it('belongs to one process at a time', async () => {
    await open();
    const other = createSqliteSpool({ file: join(folder, 'spool.db'), log });
    await expect(other.start()).rejects.toThrow(/locked/);
  });

  it('lets appends in while it forgets a long backlog', async () => {
    await open();
    const entry = new Uint8Array(10);
    await Promise.all(Array.from({ length: 5_000 }, () => spool.append(entry)));
    const order: string[] = [];
    const trimmed = spool.trim(5_000).then(() => order.push('trimmed'));
    const appended = spool.append(entry).then(() => order.push('appended'));
    await Promise.all([trimmed, appended]);
    expect(order).toEqual(['appended', 'trimmed']);
    expect(spool.status()).toMatchObject({ firstSeq: 5_001, lastSeq: 5_001 });
  });

  it('gives disk space back after a backlog was drained', async () => {
    await open();
    const entry = new Uint8Array(1_000_000);
    for (let i = 0; i < 50; i++) await spool.append(entry);
    const before = spool.status().bytes;
    await spool.trim(50);
    expect(spool.status().bytes).toBeLessThan(before / 20);
    expect(await spool.append(entry)).toBe(51);
  });
});
