import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordingLog } from '../fixtures/world.ts';
import { type IngestOptions, startIngest, transformerId } from './ingestProcess.ts';
import { createStore } from './parts.ts';

/**
 * R1: `kill -9` at random moments, under load from a publisher that counts its acknowledgements; not one acknowledged
 * reading is missing, and the conservation sum is exact. `PEAKVOLT_KILL_ROUNDS` sets how often.
 */

const ROUNDS = Number(process.env['PEAKVOLT_KILL_ROUNDS'] ?? 8);
const TRANSFORMERS = 200;
const PUBLISHES_WAITING_MAX = 500;
const ROUND_MS_MAX = 700;
const START_MS = Date.now() - 6 * 86_400_000;

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'peakvolt-kill-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Publishes ever new readings, as fast as they are acknowledged, and remembers which were. */
class Publisher {
  readonly acknowledged = new Map<string, number[]>();
  count = 0;
  #next = 0;
  #waiting = 0;
  #client: MqttClient | null = null;

  async connect(url: string): Promise<void> {
    this.#client = await connectAsync(url, { reconnectPeriod: 0, clean: true, connectTimeout: 5_000 });
    this.#client.on('error', () => undefined);
    this.#waiting = 0;
    this.#pump(this.#client);
  }

  async disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.endAsync(true);
  }

  #pump(client: MqttClient): void {
    while (this.#client === client && client.connected && this.#waiting < PUBLISHES_WAITING_MAX) {
      const index = this.#next++;
      const id = transformerId(index % TRANSFORMERS);
      const ts = START_MS + Math.floor(index / TRANSFORMERS) * 1000;
      const body = JSON.stringify({ ts, int: 1, u: { a: 220 + (index % 50) / 10, b: 221, c: 219 } });
      this.#waiting++;
      client.publish(`pq/v1/demo/${id}/data`, body, { qos: 1 }, (error) => {
        this.#waiting--;
        if (error !== null && error !== undefined) return;
        this.count++;
        const times = this.acknowledged.get(id);
        if (times === undefined) this.acknowledged.set(id, [ts]);
        else times.push(ts);
        this.#pump(client);
      });
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function drained(options: IngestOptions): Promise<{ received: number; error: number }> {
  const ingest = await startIngest(options);
  await expect
    .poll(async () => (await ingest.report()).status.conservation.spooled, { timeout: 60_000, interval: 200 })
    .toBe(0);
  const { conservation } = (await ingest.report()).status;
  await ingest.stop();
  return conservation;
}

async function missing(options: IngestOptions, publisher: Publisher): Promise<string[]> {
  const store = createStore(options, recordingLog());
  await store.start();
  const lost: string[] = [];
  for (const [transformerId, times] of publisher.acknowledged) {
    const span = { transformerId, point: 'outlet', fromMs: START_MS, toMs: Date.now() };
    const kept = new Set((await store.readings(span, 10_000_000)).tsMs);
    for (const ts of times) if (!kept.has(ts)) lost.push(`${transformerId} ${ts}`);
  }
  await store.stop();
  return lost;
}

describe('kill -9 under load', () => {
  it(
    `loses nothing that was acknowledged, in ${ROUNDS} rounds, with the embedded broker and store`,
    async () => {
      const brokerPort = await freePort();
      const options: IngestOptions = {
        dataDir,
        brokerPort,
        store: { kind: 'duckdb' },
        transformers: TRANSFORMERS,
      };
      const publisher = new Publisher();
      let random = 12_345;
      for (let round = 0; round < ROUNDS; round++) {
        const ingest = await startIngest(options);
        await publisher.connect(ingest.brokerUrl);
        random = (random * 16_807) % 2_147_483_647;
        await new Promise((resolve) => setTimeout(resolve, 50 + (random % ROUND_MS_MAX)));
        await ingest.kill();
        await publisher.disconnect();
      }
      const { received, error } = await drained(options);
      expect(error).toBe(0);
      expect(publisher.count).toBeGreaterThan(100 * ROUNDS);
      expect(received).toBeGreaterThanOrEqual(publisher.count);
      expect(await missing(options, publisher)).toEqual([]);
    },
    60_000 + ROUNDS * 10_000,
  );
});
