import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { postgresDialect, postgresTarget } from '../../../server/adapters/db/postgres.ts';
import { recordingLog } from '../../fixtures/world.ts';

/** AuthenticationOk, ReadyForQuery (PostgreSQL documentation, 54.7 Message Formats). */
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

test('a query to a server that hangs ends with an error', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(WELCOME));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const dialect = postgresDialect(postgresTarget(`postgres://u:p@127.0.0.1:${port}/x`), recordingLog(), 50);
  const db = new Kysely({ dialect });
  try {
    await expect(sql`select 1`.execute(db)).rejects.toThrow(/timeout/i);
  } finally {
    await db.destroy();
    server.close();
  }
});
