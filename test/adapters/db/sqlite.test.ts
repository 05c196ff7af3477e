import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BACKUP_FILE, createDatabase } from '../../../server/adapters/db/database.ts';
import type { Database } from '../../../server/ports.ts';
import { databaseContract } from '../../contract/database.ts';
import { gridOf, transformerOf } from '../../fixtures/transformers.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';

const run = promisify(execFile);
const open = (file: string, deadLettersMax = 100): Database =>
  createDatabase({ file, log: recordingLog(), clock: realClock, deadLettersMax });
const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), 'peakvolt-db-'));

databaseContract('sqlite', async () => {
  const directory = await temporary();
  const database = open(join(directory, 'new', 'peakvolt.sqlite'));
  return {
    database,
    async dispose() {
      await database.stop();
      await rm(directory, { recursive: true });
    },
  };
});

describe('SQLite', () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await temporary();
    file = join(directory, 'peakvolt.sqlite');
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('is durable at commit: write-ahead log, synchronous FULL, foreign keys checked', async () => {
    const database = open(file);
    await database.start();
    const grid = gridOf(transformerOf('T1', { areaId: 'A1' }));
    await expect(database.registry.upsert({ ...grid, areas: [] }, { validFromMs: 0 })).rejects.toThrow(
      'FOREIGN KEY',
    );
    await database.stop();
    const plain = new DatabaseSync(file);
    expect(plain.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' });
    plain.close();
  });

  test('two processes migrate and write one file', async () => {
    const program = new URL('../../../server/adapters/db/database.ts', import.meta.url).href;
    // Processes, not two handles here: SQLite waits for a lock by blocking its thread.
    const script = (id: string): string => `
      import { createDatabase } from '${program}';
      const clock = { nowMs: Date.now, after: setTimeout };
      const database = createDatabase({ file: ${JSON.stringify(file)}, log: {}, clock });
      await database.start();
      for (let i = 0; i < 50; i++) await database.settings.set('${id}' + i, '');
      await database.registry.upsert({ areas: [], feeders: [], transformers: [] }, { validFromMs: 0 });
      await database.stop();`;
    const node = (id: string): Promise<unknown> => run('node', ['--input-type=module', '-e', script(id)]);
    await Promise.all(['a', 'b', 'c'].map(node));
    const database = open(file);
    await database.start();
    expect(await database.registry.version()).toBe(3);
    const last = await Promise.all(['a49', 'b49', 'c49'].map((key) => database.settings.get(key)));
    expect(last).toEqual(['', '', '']);
    await database.stop();
  });

  test('a migration that breaks off leaves nothing behind', async () => {
    const plain = new DatabaseSync(file);
    plain.exec('create table dead_letter (in_the_way text)');
    await expect(open(file).start()).rejects.toThrow('already exists');
    plain.exec('drop table dead_letter');
    plain.close();
    const database = open(file);
    await database.start();
    expect((await database.health()).ok).toBe(true);
    await database.stop();
  });

  test('a backup made in use is a whole database', async () => {
    const database = open(file);
    await database.start();
    await database.registry.upsert(gridOf(transformerOf('T1')), { validFromMs: 0 });
    const target = join(directory, 'backups', 'monday');
    await database.backup(target);
    await database.settings.set('after', 'the backup');
    await database.stop();
    const copy = open(join(target, BACKUP_FILE));
    await copy.start();
    expect(await copy.registry.transformer('T1')).toEqual(transformerOf('T1'));
    expect(await copy.settings.get('after')).toBeNull();
    await copy.stop();
  });

  test('a database of a newer program is refused by name and left alone', async () => {
    const database = open(file);
    await database.start();
    await database.stop();
    const plain = new DatabaseSync(file);
    plain.exec(`insert into kysely_migration values ('9999-future', '2030-01-01')`);
    plain.close();
    await expect(open(file).start()).rejects.toThrow(
      /schema 9999-future, made by a newer Peakvolt; this one knows \d{4}-/,
    );
  });

  test.each([
    ["update audit set subject = 'someone else' where seq = 2", 2, 'changed'],
    ['delete from audit where seq = 2', 2, 'missing'],
    ['delete from audit where seq = 3', 3, 'missing'],
    ["update audit set detail = '{}' where seq = 1", 1, 'changed'],
  ])('the audit tells that it was tampered with: %s', async (tampering, seq, reason) => {
    const database = open(file);
    await database.start();
    const fact = { actor: { id: 'u', name: 'U' }, action: 'user.add', subject: 'x', detail: { a: 1 } };
    for (const tsMs of [1, 2, 3]) await database.access.audit.add(fact, tsMs);
    const plain = new DatabaseSync(file);
    plain.exec(tampering);
    plain.close();
    expect(await database.access.audit.verify()).toEqual({ kind: 'broken', seq, reason });
    await database.stop();
  });

  test('a file that is no database is refused', async () => {
    await writeFile(file, 'hello, this is certainly no database file, whatever its name says '.repeat(100));
    await expect(open(file).start()).rejects.toThrow('file is not a database');
  });

  test('dead letters stay bounded without anybody asking', async () => {
    const database = open(file, 50);
    await database.start();
    const letters = Array.from({ length: 1_200 }, (_, i) => ({
      id: `l${i}`,
      receivedMs: i,
      topic: 't',
      payload: new Uint8Array(),
      reason: 'unparsable' as const,
      detail: '',
      transformerId: null,
    }));
    await database.deadLetters.add(letters);
    expect(await database.deadLetters.countByReason()).toEqual([{ reason: 'unparsable', count: 50 }]);
    expect(await database.deadLetters.get('l1199')).toEqual(letters[1_199]);
    await database.stop();
  });
});
