import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMqttSubscriber } from '../../../server/adapters/mqtt/subscriber.ts';
import type { InboundMessage, MessageSource } from '../../../server/ports.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';
import { PACKET, publishPacket, startWireBroker } from './wire.ts';

/**
 * What the subscriber relies on in mqtt.js beyond its documentation: a message refused by `handleMessage` is not answered
 * and disturbs nothing, bytes may be written to `client.stream` between packets, and a withheld callback stops the reading.
 */

const WAIT = { timeout: 10_000, interval: 5 };
const PASSWORD = 'correct-horse-battery';
let broker: Awaited<ReturnType<typeof startWireBroker>>;
let source: MessageSource;
let got: InboundMessage[];
let log: ReturnType<typeof recordingLog>;

async function begin(options: { windowMessagesMax?: number; keepaliveS?: number } = {}): Promise<void> {
  log = recordingLog();
  source = createMqttSubscriber({
    url: broker.url,
    clientId: 'wire',
    username: 'peakvolt',
    password: PASSWORD,
    reconnectDelayMsMin: 5,
    reconnectDelayMsMax: 20,
    clock: realClock,
    log,
    ...options,
  });
  got = [];
  await source.start((message) => got.push(message));
}

const texts = (): string[] => got.map((message) => Buffer.from(message.payload).toString());
/** A ping of ours is answered in order, so what was to be sent before it has been sent. */
async function roundTrip(session: number): Promise<void> {
  const { reader } = broker.sessions[session]!;
  const before = reader.count(PACKET.publish);
  const sent = source.publish('round/trip', '');
  sent.catch(() => {});
  await expect.poll(() => reader.count(PACKET.publish), WAIT).toBe(before + 1);
}

test('the version of mqtt.js is one for which this was proven', () => {
  const manifest = readFileSync(join(import.meta.dirname, '../../../node_modules/mqtt/package.json'), 'utf8');
  // Another version may well do: read its handlers/publish.ts, run these tests, then change this line.
  expect((JSON.parse(manifest) as { version: string }).version).toBe('5.16.0');
});

describe('deferred acknowledgement on the wire', () => {
  beforeEach(async () => {
    broker = await startWireBroker();
  });
  afterEach(async () => {
    await source.stop();
    await broker.stop();
  });

  test('nothing is acknowledged before it is settled, and then in order of arrival [MQTT-4.6.0-2]', async () => {
    await begin();
    await expect.poll(() => source.health().ok, WAIT).toBe(true);
    const { socket, reader } = broker.sessions[0]!;
    socket.write(Buffer.concat([7, 3, 9, 1].map((id) => publishPacket(id, String(id)))));
    await expect.poll(() => texts(), WAIT).toEqual(['7', '3', '9', '1']);
    await roundTrip(0);
    expect(reader.acknowledged()).toEqual([]);

    got[3]!.settle();
    got[1]!.settle();
    await roundTrip(0);
    expect(reader.acknowledged()).toEqual([]);
    got[0]!.settle();
    await expect.poll(() => reader.acknowledged(), WAIT).toEqual([7, 3]);
    got[2]!.settle();
    await expect.poll(() => reader.acknowledged(), WAIT).toEqual([7, 3, 9, 1]);
  });

  test('acknowledgements that fall due together travel together', async () => {
    await begin();
    await expect.poll(() => source.health().ok, WAIT).toBe(true);
    const session = broker.sessions[0]!;
    const ids = Array.from({ length: 2000 }, (_, i) => i + 1);
    session.socket.write(Buffer.concat(ids.map((id) => publishPacket(id, 'x'))));
    await expect.poll(() => got.length, WAIT).toBe(2000);
    for (const message of got) message.settle();
    await expect.poll(() => session.reader.acknowledged(), WAIT).toEqual(ids);
    expect(session.ackChunks).toBeLessThanOrEqual(3);
  });

  test('messages in the same chunk as the CONNACK belong to the new connection; old ones are never answered on it', async () => {
    await begin();
    await expect.poll(() => source.health().ok, WAIT).toBe(true);
    broker.sessions[0]!.socket.write(publishPacket(1, 'old'));
    await expect.poll(() => texts(), WAIT).toEqual(['old']);
    // The broker uses packet id 1 again for another message: acknowledging `old` would acknowledge that one.
    broker.withConnack.push(publishPacket(1, 'new'), publishPacket(2, 'old', { dup: true }));
    broker.sessions[0]!.socket.destroy();
    await expect.poll(() => texts(), WAIT).toEqual(['old', 'new', 'old']);
    got[0]!.settle();
    await expect.poll(() => source.health().ok, WAIT).toBe(true);
    await roundTrip(1);
    expect(broker.sessions[1]!.reader.acknowledged()).toEqual([]);
    expect(source.health().unacknowledged).toBe(2);
    got[1]!.settle();
    got[2]!.settle();
    await expect.poll(() => broker.sessions[1]!.reader.acknowledged(), WAIT).toEqual([1, 2]);
  });

  test('a full window stops the reading, keeps the connection alive, and survives a lost connection', async () => {
    await begin({ windowMessagesMax: 4, keepaliveS: 1 });
    await expect.poll(() => source.health().ok, WAIT).toBe(true);
    const { socket, reader } = broker.sessions[0]!;
    socket.write(Buffer.concat([1, 2, 3, 4, 5, 6].map((id) => publishPacket(id, String(id)))));
    await expect.poll(() => source.health().paused, WAIT).toBe(true);
    // Longer than one and a half keepalives with no answer read: it must still be there.
    await expect.poll(() => reader.count(PACKET.pingreq), WAIT).toBeGreaterThanOrEqual(5);
    expect(broker.sessions.length).toBe(1);
    expect(texts()).toEqual(['1', '2', '3', '4']);

    // What is held counts against the window of the next connection as well: it is still in memory.
    socket.destroy();
    await expect.poll(() => broker.sessions.length, WAIT).toBe(2);
    await expect.poll(() => source.health().connectedSinceMs !== null, WAIT).toBe(true);
    expect(source.health()).toMatchObject({ unacknowledged: 4, paused: true });
    for (const message of got.splice(0)) message.settle();
    expect(source.health()).toMatchObject({ unacknowledged: 0, paused: false });
  });

  test('a half-open connection is given up and made again', async () => {
    await begin({ keepaliveS: 1 });
    await expect.poll(() => source.health().ok, WAIT).toBe(true);
    const { socket } = broker.sessions[0]!;
    socket.removeAllListeners('data');
    await expect.poll(() => broker.sessions.length, WAIT).toBe(2);
    await expect.poll(() => source.health().ok, WAIT).toBe(true);
  });

  test('stop answers what is settled, nothing else, and says goodbye', async () => {
    await begin();
    await expect.poll(() => source.health().ok, WAIT).toBe(true);
    const { socket, reader } = broker.sessions[0]!;
    socket.write(Buffer.concat([1, 2, 3].map((id) => publishPacket(id, String(id)))));
    await expect.poll(() => got.length, WAIT).toBe(3);
    got[0]!.settle();
    await source.stop();
    await expect.poll(() => reader.count(PACKET.disconnect), WAIT).toBe(1);
    expect(reader.acknowledged()).toEqual([1]);
  });

  test('a publish that cannot be sent is refused, and one that is under way ends with the source', async () => {
    await begin();
    await expect(source.publish('a', 'b')).rejects.toThrow('is not connected');
    await expect.poll(() => source.health().ok, WAIT).toBe(true);
    const ended = source.publish('a', 'b').then(
      () => 'sent',
      (error: Error) => error.message,
    );
    await source.stop();
    expect(await ended).toBe('Message removed');
  });
});

describe('a broker that refuses', () => {
  test.each([
    [4, 'refused the user name or password', 'MQTT_PASSWORD'],
    [5, 'does not allow this user', 'MQTT_USERNAME'],
    [2, 'refused the client identifier', 'mqtt.clientId'],
    [1, 'does not speak this version', 'mqtt.protocolVersion'],
  ])(
    'code %i: health says so and how to mend it, tries again, and keeps the password to itself',
    async (code, detail, remedy) => {
      broker = await startWireBroker({ returnCode: code });
      await begin();
      await expect.poll(() => source.health().detail, WAIT).toContain(detail);
      expect(source.health()).toMatchObject({ ok: false, connectedSinceMs: null });
      expect(source.health().remedy).toContain(remedy);
      await expect.poll(() => broker.sessions.length, WAIT).toBeGreaterThan(2);
      expect(JSON.stringify(source.health()) + log.lines.join('\n')).not.toContain(PASSWORD);
      expect(log.lines.filter((line) => line.includes(detail)).length).toBe(1);
      await source.stop();
      await broker.stop();
    },
  );
});
