import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MqttSubscriberOptions } from '../../../server/adapters/mqtt/clientOptions.ts';
import { createMqttSubscriber } from '../../../server/adapters/mqtt/subscriber.ts';
import type { InboundMessage, MessageSource } from '../../../server/ports.ts';
import { startMosquitto, type Mosquitto } from '../../fixtures/mosquitto.ts';
import { makeCertificates, type Certificates } from '../../fixtures/mosquittoCertificates.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';

/** The subscriber and a real Mosquitto with the deployed configuration, when things go wrong. */

const WAIT = { timeout: 30_000, interval: 10 };
const USERS = { peakvolt: 'korrekt-pferd', simulator: 'sim', TQ001: 'device' };
const sources: MessageSource[] = [];
const clients: MqttClient[] = [];
const brokers: Mosquitto[] = [];
let sessions = 0;

function subscriber(options: Partial<MqttSubscriberOptions> & { url: string }): {
  source: MessageSource;
  log: ReturnType<typeof recordingLog>;
} {
  const log = recordingLog();
  const source = createMqttSubscriber({
    clientId: `fault-${++sessions}`,
    reconnectDelayMsMin: 20,
    reconnectDelayMsMax: 100,
    clock: realClock,
    log,
    ...options,
  });
  sources.push(source);
  return { source, log };
}

async function publisher(url: string, options: object = {}): Promise<MqttClient> {
  const client = await connectAsync(url, { reconnectPeriod: 50, ...options });
  clients.push(client);
  return client;
}

afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
  for (const source of sources.splice(0)) await source.stop();
  for (const broker of brokers.splice(0)) await broker.stop();
});

describe.each([4, 5] as const)('Mosquitto restarted, protocol version %i', (protocolVersion) => {
  let broker: Mosquitto;
  beforeAll(async () => {
    broker = await startMosquitto();
  });
  afterAll(() => broker.stop());

  test('its persistent session kept: nothing that was acknowledged to the publisher is missing', async () => {
    const got = new Set<string>();
    const held: InboundMessage[] = [];
    const { source } = subscriber({ url: broker.url, protocolVersion });
    await source.start((message) => {
      got.add(Buffer.from(message.payload).toString());
      held.push(message);
    });
    await expect.poll(() => source.health().ok, WAIT).toBe(true);
    const client = await publisher(broker.url, { clean: false, clientId: `publisher-${protocolVersion}` });
    const acknowledged = new Set<string>();
    let next = 0;
    const publishSome = (count: number): void => {
      for (let i = 0; i < count; i++) {
        const payload = String(next++);
        client.publish('pq/v1/o/t/data', payload, { qos: 1 }, (error) => {
          if (!error) acknowledged.add(payload);
        });
      }
    };
    const settleHalf = (): void => {
      for (const message of held.splice(0, held.length / 2)) message.settle();
    };

    publishSome(500);
    await expect.poll(() => got.size, WAIT).toBe(500);
    settleHalf();
    for (let round = 0; round < 3; round++) {
      publishSome(500);
      await broker.halt();
      publishSome(100);
      await broker.resume();
      await expect.poll(() => acknowledged.size, WAIT).toBe(next);
      settleHalf();
    }
    // The service itself was away as well: what came meanwhile was queued for its session.
    await source.stop();
    publishSome(300);
    await expect.poll(() => acknowledged.size, WAIT).toBe(next);
    await broker.restart();
    const { source: second } = subscriber({
      url: broker.url,
      protocolVersion,
      clientId: `fault-${sessions}`,
    });
    await second.start((message) => {
      got.add(Buffer.from(message.payload).toString());
      message.settle();
    });
    await expect.poll(() => [...acknowledged].filter((payload) => !got.has(payload)).length, WAIT).toBe(0);
    expect(acknowledged.size).toBe(2600);
    await expect.poll(() => second.health(), WAIT).toMatchObject({ ok: true, unacknowledged: 0 });
  });

  test('an empty broker in its place: the subscription is made again', async () => {
    const got: string[] = [];
    const empty = await startMosquitto({ extra: ['persistence false'] });
    brokers.push(empty);
    const { source } = subscriber({ url: empty.url, protocolVersion });
    await source.start((message) => {
      got.push(Buffer.from(message.payload).toString());
      message.settle();
    });
    await expect.poll(() => source.health().ok, WAIT).toBe(true);
    await empty.restart();
    const client = await publisher(empty.url);
    await expect
      .poll(async () => {
        await client.publishAsync('pq/v1/o/t/data', 'after', { qos: 1 });
        return got.includes('after');
      }, WAIT)
      .toBe(true);
  });
});

describe('health tells the truth', () => {
  let broker: Mosquitto;
  let certificates: Certificates;
  beforeAll(async () => {
    certificates = makeCertificates('peakvolt');
    broker = await startMosquitto({ users: USERS, certsDir: certificates.dir });
  });
  afterAll(async () => {
    await broker.stop();
    certificates.remove();
  });

  const faultOf = async (
    options: Partial<MqttSubscriberOptions> & { url: string },
  ): Promise<{ detail: string; remedy: string | undefined; said: string }> => {
    const { source, log } = subscriber(options);
    await source.start((message) => message.settle());
    await expect.poll(() => source.health().remedy !== undefined, WAIT).toBe(true);
    const health = source.health();
    expect(health).toMatchObject({ ok: false, connectedSinceMs: null });
    return {
      detail: health.detail,
      remedy: health.remedy,
      said: JSON.stringify(health) + log.lines.join('\n'),
    };
  };

  test.each([4, 5] as const)(
    'a wrong password, protocol version %i, and never the password',
    async (protocolVersion) => {
      const { detail, remedy, said } = await faultOf({
        url: broker.url,
        username: 'peakvolt',
        password: 'falsch-pferd',
        protocolVersion,
      });
      expect(detail).toMatch(/refused the user name or password|does not allow this user/);
      expect(remedy).toContain('MQTT_PASSWORD');
      expect(said).not.toContain('falsch-pferd');
    },
  );

  test('a password in the URL is used and never shown', async () => {
    const url = broker.url.replace('mqtt://', 'mqtt://peakvolt:korrekt-pferd@');
    const { source, log } = subscriber({ url });
    await source.start((message) => message.settle());
    await expect.poll(() => source.health().ok, WAIT).toBe(true);
    expect(JSON.stringify(source.health()) + log.lines.join('\n')).not.toMatch(/pferd/);
  });

  test('no broker at all', async () => {
    const gone = await startMosquitto();
    await gone.stop();
    const { detail, remedy } = await faultOf({ url: gone.url });
    expect(detail).toContain('nothing listens');
    expect(remedy).toContain('MQTT_URL');
  });

  test('a broker whose certificate nobody we know has signed', async () => {
    const { clientCert: cert, clientKey: key, otherCa: ca } = certificates;
    const { detail, remedy } = await faultOf({ url: broker.tlsUrl, ca, cert, key });
    expect(detail).toContain('not signed by a known authority');
    expect(remedy).toContain('MQTT_CA');
  });

  test('no client certificate where one is asked for', async () => {
    const { remedy } = await faultOf({ url: broker.tlsUrl, ca: certificates.ca });
    expect(remedy).toMatch(/MQTT_CERT/);
  });

  test('a certificate file that is not there ends the start with its name', async () => {
    const { source } = subscriber({ url: broker.tlsUrl, ca: '/nowhere/ca.crt' });
    await expect(source.start(() => {})).rejects.toThrow('mqtt.ca: /nowhere/ca.crt cannot be read (ENOENT)');
  });

  test.each([4, 5] as const)(
    'two processes with one client id, protocol version %i',
    async (protocolVersion) => {
      const login = { username: 'peakvolt', password: USERS.peakvolt, protocolVersion, clientId: 'twins' };
      const twins = [0, 1].map(() => subscriber({ url: broker.url, ...login }).source);
      for (const twin of twins) await twin.start((message) => message.settle());
      for (const twin of twins) {
        await expect.poll(() => twin.health().remedy ?? '', WAIT).toContain('mqtt.clientId');
        expect(twin.health().ok).toBe(false);
      }
    },
  );
});

describe('the deployed access rules', () => {
  let broker: Mosquitto;
  beforeAll(async () => {
    broker = await startMosquitto({ users: USERS });
  });
  afterAll(() => broker.stop());

  test('a device speaks for itself only, and reads nothing', async () => {
    const got: string[] = [];
    const { source } = subscriber({ url: broker.url, username: 'peakvolt', password: USERS.peakvolt });
    await source.start((message) => {
      got.push(message.topic);
      message.settle();
    });
    await expect.poll(() => source.health().ok, WAIT).toBe(true);
    const device = await publisher(broker.url, { username: 'TQ001', password: USERS.TQ001 });
    const overheard: string[] = [];
    device.on('message', (topic) => overheard.push(topic));
    await device.subscribeAsync('pq/v1/#', { qos: 1 });
    for (const topic of [
      'pq/v1/o/TQ002/data',
      'pq/v1/o/TQ001/command',
      'weather/v1/o/S1',
      'pq/v1/o/TQ001/data',
    ]) {
      await device.publishAsync(topic, '{}', { qos: 1 });
    }
    await expect.poll(() => got, WAIT).toEqual(['pq/v1/o/TQ001/data']);
    expect(overheard).toEqual([]);
  });
});
