import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDatabase } from '../../server/adapters/db/database.ts';
import type { GridModel } from '../../server/core/grid.ts';
import type { Database } from '../../server/ports.ts';
import { startHttpReceiver, type HttpReceiver } from '../fixtures/httpReceiver.ts';
import { messagesOf, putOnCall } from '../fixtures/onCall.ts';
import { startService, type RunningService } from '../fixtures/service.ts';
import { transformerOf } from '../fixtures/transformers.ts';
import { realClock, recordingLog } from '../fixtures/world.ts';

/**
 * R4: `kill -9` of the whole service at random moments between a reading and its message; no alert is lost, and a
 * message that leaves twice carries one id. `PEAKVOLT_ALERT_KILL_ROUNDS` sets how often.
 */

const ROUNDS = Number(process.env['PEAKVOLT_ALERT_KILL_ROUNDS'] ?? 6);
const PER_ROUND = 4;
/** From before the group wait is over to after the message left. */
const KILL_MS_MAX = 4_000;

let dataDir: string;
let receiver: HttpReceiver;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'peakvolt-alert-kill-'));
  receiver = await startHttpReceiver('ok');
});
afterEach(async () => {
  await receiver.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const idOf = (index: number): string => `T${index}`;

/** Each transformer on a feeder of its own: an outage is an incident. */
function grid(count: number): Omit<GridModel, 'version'> {
  const indexes = Array.from({ length: count }, (_, i) => i);
  return {
    areas: [{ id: 'A1', name: 'A1', org: 'demo' }],
    feeders: indexes.map((i) => ({
      id: `F${i}`,
      name: `F${i}`,
      substationId: `S${i}`,
      substationName: `S${i}`,
    })),
    transformers: indexes.map((i) =>
      transformerOf(idOf(i), { areaId: 'A1', feederId: `F${i}`, org: 'demo' }),
    ),
  };
}

async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const database = createDatabase({
    file: join(dataDir, 'peakvolt.sqlite'),
    log: recordingLog(),
    clock: realClock,
  });
  await database.start();
  try {
    return await work(database);
  } finally {
    await database.stop();
  }
}

async function prepare(database: Database): Promise<void> {
  await database.registry.upsert(grid(ROUNDS * PER_ROUND), { validFromMs: 0 });
  await putOnCall(database, receiver.origin);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Sends one outage reading each; resolves when all are acknowledged. */
async function outages(service: RunningService, ids: readonly string[]): Promise<void> {
  const client = await connectAsync(service.brokerUrl, { reconnectPeriod: 0 });
  client.on('error', () => undefined);
  const ts = Date.now() - 60_000;
  await Promise.all(
    ids.map((id) =>
      client.publishAsync(`pq/v1/demo/${id}/data`, JSON.stringify({ ts, int: 60, u: { a: 0, b: 0, c: 0 } }), {
        qos: 1,
      }),
    ),
  );
  await client.endAsync(true);
}

/** Messages whose fate is not written down yet. */
async function waiting({ url, headers }: RunningService): Promise<number> {
  const answer = await fetch(new URL('/api/v1/alerting', url), { headers });
  return ((await answer.json()) as { outbox: { queued: number } }).outbox.queued;
}

/** The ids under which each incident was told as opened. */
function arrived(): Map<string, Set<string>> {
  const byIncident = new Map<string, Set<string>>();
  for (const { id, type, incidentId } of messagesOf(receiver)) {
    if (type !== 'incident.opened') continue;
    byIncident.set(incidentId, (byIncident.get(incidentId) ?? new Set()).add(id));
  }
  return byIncident;
}

describe('alerts under kill -9', () => {
  it(
    'loses none, and a duplicate carries the same id',
    async () => {
      await withDatabase(prepare);
      const config = join(dataDir, 'peakvolt.yaml');
      writeFileSync(
        config,
        `embeddedBroker: { port: ${await freePort()} }\nnotify: { allow: [127.0.0.1] }\nproof: { enabled: false }\n`,
      );
      const start = () => startService({ args: ['serve', '--config', config], dataDir });
      const acknowledged: string[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const service = await start();
        const ids = Array.from({ length: PER_ROUND }, (_, i) => idOf(round * PER_ROUND + i));
        await outages(service, ids);
        acknowledged.push(...ids);
        await delay(Math.random() * KILL_MS_MAX);
        await service.kill();
      }
      const last = await start();
      await expect.poll(() => arrived().size, { timeout: 150_000, interval: 500 }).toBe(acknowledged.length);
      // What left a process that was killed before it could say so stays leased until the lease has run out.
      await expect.poll(() => waiting(last), { timeout: 150_000, interval: 500 }).toBe(0);
      await last.stop();

      const kept = await withDatabase(async ({ incidents, outbox }) => {
        const { items } = await incidents.list({ areaIds: null, limit: 1000 });
        const rows = await Promise.all(
          items.map(async (i) => ({ incident: i, deliveries: await outbox.of(i.id) })),
        );
        return rows;
      });
      const transformers = kept.flatMap(({ incident }) => incident.members.map((m) => m.transformerId));
      expect(transformers.toSorted()).toEqual(acknowledged.toSorted());
      for (const { incident, deliveries } of kept) {
        expect(deliveries.map(({ delivery }) => delivery.state)).toEqual(['sent']);
        expect([...arrived().get(incident.id)!]).toEqual([deliveries[0]!.delivery.id]);
      }
      const messages = receiver.arrivals.length;
      process.stderr.write(
        `alerts: ${ROUNDS} kills, ${kept.length} incidents, ${messages} messages, 0 lost\n`,
      );
    },
    400_000 + ROUNDS * 20_000,
  );
});
