import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSession } from '../bench/bareSubscriber.ts';
import { startInfluxd } from '../fixtures/influxd.ts';
import { startMosquitto } from '../fixtures/mosquitto.ts';
import { startService, type RunningService } from '../fixtures/service.ts';
import { recordingLog } from '../fixtures/world.ts';
import type { Conservation } from '../../server/ports.ts';
import { transformerId } from './ingestProcess.ts';
import { createStore } from './parts.ts';

/**
 * R1: `kill -9` of the whole service at random moments, under load from a publisher that counts its acknowledgements; not
 * one acknowledged reading is missing, and the conservation sum is exact. `PEAKVOLT_KILL_ROUNDS` sets how often.
 */

const ROUNDS = Number(process.env['PEAKVOLT_KILL_ROUNDS'] ?? 8);
const TRANSFORMERS = 200;
const PUBLISHES_WAITING_MAX = 500;
const ROUND_MS_MAX = 700;
/** Bounds the backlog of a broker that goes on while the service is away. */
const PUBLISHES_PER_ROUND = 8_000;
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
  #granted = 0;
  #client: MqttClient | null = null;

  async connect(url: string): Promise<void> {
    this.#client = await connectAsync(url, { reconnectPeriod: 0, clean: true, connectTimeout: 5_000 });
    this.#client.on('error', () => undefined);
    this.#waiting = 0;
    this.#pump(this.#client);
  }

  /** It may publish so many more. */
  grant(count: number): void {
    this.#granted = count;
    if (this.#client !== null) this.#pump(this.#client);
  }

  async disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.endAsync(true);
  }

  #pump(client: MqttClient): void {
    while (
      this.#client === client &&
      client.connected &&
      this.#granted > 0 &&
      this.#waiting < PUBLISHES_WAITING_MAX
    ) {
      this.#granted--;
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

interface Setup {
  /** A broker of its own; absent: the embedded one. */
  mqttUrl?: string;
  influxUrl?: string;
}

/** The real service on the test's folder; the embedded broker keeps its port from run to run. */
function serviceOf(setup: Setup): () => Promise<RunningService> {
  const config = join(dataDir, 'peakvolt.yaml');
  return async () => {
    const env = {
      ...(setup.mqttUrl === undefined ? {} : { MQTT_URL: setup.mqttUrl }),
      ...(setup.influxUrl === undefined ? {} : { INFLUX_URL: setup.influxUrl }),
    };
    return startService({ args: ['serve', '--config', config], dataDir, env });
  };
}

async function register(service: RunningService): Promise<void> {
  const rows = Array.from({ length: TRANSFORMERS }, (_, i) => `${transformerId(i)},T,demo,A,F,220,50`);
  const answer = await fetch(`${service.url}/api/v1/imports/registry`, {
    method: 'POST',
    headers: { ...service.headers, 'content-type': 'text/csv' },
    body: ['transformer_id,name,org,area_id,feeder_id,nominal_v,customers', ...rows, ''].join('\n'),
  });
  expect((await answer.text()).trim().split('\n').at(-1)).toContain('"refused":0');
}

async function conservationOf(service: RunningService): Promise<Conservation> {
  const answer = await fetch(`${service.url}/api/v1/system`, { headers: service.headers });
  return ((await answer.json()) as { pipeline: { conservation: Conservation } }).pipeline.conservation;
}

async function drained(start: () => Promise<RunningService>, count: number): Promise<Conservation> {
  const service = await start();
  const isDone = async (): Promise<boolean> => {
    const { received, spooled } = await conservationOf(service);
    return received >= count && spooled === 0;
  };
  await expect.poll(isDone, { timeout: 60_000 + ROUNDS * 3_000, interval: 200 }).toBe(true);
  const conservation = await conservationOf(service);
  await service.stop();
  return conservation;
}

async function missing({ influxUrl }: Setup, publisher: Publisher): Promise<string[]> {
  const kind =
    influxUrl === undefined ? { kind: 'duckdb' as const } : { kind: 'influx' as const, url: influxUrl };
  const store = createStore({ dataDir, store: kind }, recordingLog());
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

interface Outcome {
  acknowledged: number;
  received: number;
  error: number;
  lost: string[];
}

async function killed(setup: Setup, brokerPort: number): Promise<Outcome> {
  writeFileSync(join(dataDir, 'peakvolt.yaml'), `embeddedBroker: { port: ${brokerPort} }\n`);
  const start = serviceOf(setup);
  const first = await start();
  await register(first);
  await first.stop();
  const publisher = new Publisher();
  if (setup.mqttUrl !== undefined) await publisher.connect(setup.mqttUrl);
  let random = 12_345;
  for (let round = 0; round < ROUNDS; round++) {
    const service = await start();
    if (setup.mqttUrl === undefined) await publisher.connect(`mqtt://127.0.0.1:${brokerPort}`);
    publisher.grant(PUBLISHES_PER_ROUND);
    random = (random * 16_807) % 2_147_483_647;
    await new Promise((resolve) => setTimeout(resolve, 50 + (random % ROUND_MS_MAX)));
    await service.kill();
    if (setup.mqttUrl === undefined) await publisher.disconnect();
  }
  await publisher.disconnect();
  const { received, error } = await drained(start, publisher.count);
  return { acknowledged: publisher.count, received, error, lost: await missing(setup, publisher) };
}

/** What must hold; a publisher that got nothing acknowledged would prove nothing. */
const ALL_KEPT = { error: 0, lost: [], enough: true, complete: true };

function verdict({ acknowledged, received, error, lost }: Outcome): object {
  if (process.env['PEAKVOLT_KILL_ROUNDS'] !== undefined) {
    process.stderr.write(
      `${ROUNDS} rounds: ${acknowledged} acknowledged, ${received} received, ${lost.length} lost, sum ${error}\n`,
    );
  }
  return { error, lost, enough: acknowledged > 100 * ROUNDS, complete: received >= acknowledged };
}

describe(`kill -9 under load, ${ROUNDS} rounds`, () => {
  const timeoutMs = 90_000 + ROUNDS * 10_000;

  it(
    'loses nothing that was acknowledged, with the embedded broker and store',
    async () => {
      const outcome = await killed({}, await freePort());
      expect(verdict(outcome)).toEqual(ALL_KEPT);
    },
    timeoutMs,
  );

  it(
    'loses nothing that was acknowledged, with Mosquitto and InfluxDB',
    async () => {
      const broker = await startMosquitto();
      const influxd = await startInfluxd();
      try {
        await openSession(broker.url, 'peakvolt-ingest');
        const outcome = await killed({ mqttUrl: broker.url, influxUrl: influxd.url }, await freePort());
        expect(verdict(outcome)).toEqual(ALL_KEPT);
      } finally {
        await influxd.stop();
        await broker.stop();
      }
    },
    timeoutMs,
  );
});
