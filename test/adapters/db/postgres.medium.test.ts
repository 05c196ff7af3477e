import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase } from '../../../server/adapters/db/database.ts';
import type { Database } from '../../../server/ports.ts';
import { databaseContract } from '../../contract/database.ts';
import { startPostgres, type PostgresServer } from '../../fixtures/postgres.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

const open = (url: string, log = recordingLog()): Database =>
  createDatabase({ url, log, clock: realClock, startPatienceMs: 0 });

databaseContract('postgresql', async () => {
  await server.createDatabase('contract');
  const database = open(server.url('contract'));
  return { database, dispose: () => database.stop() };
});

describe('PostgreSQL', () => {
  test('processes that start at once on an empty database migrate it once', async () => {
    await server.createDatabase('together');
    const processes = Array.from({ length: 4 }, () => open(server.url('together')));
    try {
      await Promise.all(processes.map((database) => database.start()));
      await Promise.all(processes.map((database, i) => database.settings.set(`from-${i}`, 'here')));
      expect(await processes[0]!.settings.get('from-3')).toBe('here');
      expect(await processes[3]!.health()).toMatchObject({ ok: true });
    } finally {
      await Promise.all(processes.map((database) => database.stop()));
    }
  });

  test('two processes count an unknown transformer together', async () => {
    await server.createDatabase('counting');
    const [one, two] = [open(server.url('counting')), open(server.url('counting'))];
    try {
      await one.start();
      await two.start();
      const letters = (from: string, count: number) =>
        Array.from({ length: count }, (_, i) => ({
          id: `${from}-${i}`,
          receivedMs: i,
          topic: 'pq/v1/demo/X/data',
          payload: new Uint8Array([1]),
          reason: 'unknown-transformer' as const,
          detail: '',
          transformerId: `X${i % 3}`,
        }));
      await Promise.all([
        one.deadLetters.add(letters('one', 30)),
        two.deadLetters.add(letters('two', 30).toReversed()),
      ]);
      const unknown = await one.deadLetters.unknownTransformers(10);
      expect(unknown.map((u) => u.count)).toEqual([20, 20, 20]);
    } finally {
      await one.stop();
      await two.stop();
    }
  });

  test('a wrong password is refused without being told', async () => {
    const url = server.url().replace(encodeURIComponent(server.password), 'wrong%21secret');
    const log = recordingLog();
    const error = await open(url, log)
      .start()
      .then(
        () => 'started',
        (reason: unknown) => String(reason),
      );
    expect(error).toMatch(/PostgreSQL at 127\.0\.0\.1:\d+\/postgres did not answer: .*authentication/);
    expect([error, ...log.lines].join('\n')).not.toMatch(/wrong(%21|!)secret/);
  });

  test('names the way to back it up', async () => {
    await expect(open(server.url()).backup('/anywhere')).rejects.toThrow(/pg_dump/);
  });

  test('health tells of a server that went away, and how to mend it', async () => {
    const own = await startPostgres();
    const log = recordingLog();
    const database = open(own.url(), log);
    await database.start();
    await own.stop();
    const health = await database.health();
    expect(health).toMatchObject({ ok: false, remedy: expect.stringContaining('DATABASE_URL') });
    expect(JSON.stringify([health, log.lines])).not.toContain(own.password);
    await database.stop();
  });
});
