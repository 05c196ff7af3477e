import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  createEmbeddedBroker,
  type EmbeddedBroker,
  type EmbeddedBrokerOptions,
} from '../../../server/adapters/mqtt/embeddedBroker.ts';
import { Logins } from '../../../server/adapters/mqtt/logins.ts';
import type { InboundMessage } from '../../../server/ports.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';
import { connectWireDevice, encode, PACKET, publishPacket } from './wire.ts';

/** What a device sees of the embedded broker, byte by byte. */

const WAIT = { timeout: 10_000, interval: 5 };
const CONNACK = 2;
let broker: EmbeddedBroker;
let log: ReturnType<typeof recordingLog>;

async function begin(options: Partial<EmbeddedBrokerOptions> = {}): Promise<InboundMessage[]> {
  log = recordingLog();
  broker = createEmbeddedBroker({ host: '127.0.0.1', port: 0, clock: realClock, log, ...options });
  const got: InboundMessage[] = [];
  await broker.start((message) => got.push(message));
  return got;
}

afterEach(() => broker.stop());

describe('acknowledgement of a device', () => {
  test('no PUBACK while nothing is settled, then in order of arrival', async () => {
    const got = await begin();
    const { socket, reader } = await connectWireDevice(broker.port);
    socket.write(Buffer.concat([5, 8, 6].map((id) => publishPacket(id, String(id)))));
    await expect.poll(() => got.length, WAIT).toBe(3);
    // Another device gets an answer meanwhile: the broker is not merely slow.
    const other = await connectWireDevice(broker.port);
    other.socket.write(publishPacket(1, 'other'));
    await expect.poll(() => got.length, WAIT).toBe(4);
    got[3]!.settle();
    await expect.poll(() => other.reader.acknowledged(), WAIT).toEqual([1]);
    got[2]!.settle();
    got[1]!.settle();
    other.socket.write(publishPacket(2, 'other'));
    await expect.poll(() => got.length, WAIT).toBe(5);
    got[4]!.settle();
    await expect.poll(() => other.reader.acknowledged(), WAIT).toEqual([1, 2]);
    expect(reader.acknowledged()).toEqual([]);
    got[0]!.settle();
    await expect.poll(() => reader.acknowledged(), WAIT).toEqual([5, 8, 6]);
    other.socket.destroy();
    socket.destroy();
  });

  test('settling after the device has gone harms nobody', async () => {
    const got = await begin();
    const { socket } = await connectWireDevice(broker.port);
    socket.write(publishPacket(1, 'x'));
    await expect.poll(() => got.length, WAIT).toBe(1);
    socket.destroy();
    await expect.poll(() => broker.health().detail, WAIT).toContain(' 0 clients');
    got[0]!.settle();
    await expect.poll(() => broker.health().unacknowledged, WAIT).toBe(0);
    expect(broker.health().ok).toBe(true);
  });

  test('one window for all devices: what has no room waits unread and unanswered', async () => {
    const got = await begin({ windowMessagesMax: 10 });
    const devices = await Promise.all([1, 2, 3].map(() => connectWireDevice(broker.port)));
    for (const { socket } of devices) {
      socket.write(Buffer.concat(Array.from({ length: 10 }, (_, i) => publishPacket(i + 1, 'x'))));
    }
    await expect.poll(() => broker.health(), WAIT).toMatchObject({ paused: true, unacknowledged: 30 });
    expect(got.length).toBe(10);
    for (let i = 0; i < 30; i++) {
      await expect.poll(() => got.length, WAIT).toBeGreaterThan(i);
      got[i]!.settle();
    }
    const answered = Array.from({ length: 10 }, (_, i) => i + 1);
    for (const { reader } of devices) await expect.poll(() => reader.acknowledged(), WAIT).toEqual(answered);
    expect(broker.health()).toMatchObject({ paused: false, unacknowledged: 0 });
  });

  test('a packet without end is cut off', async () => {
    await begin();
    const { socket } = await connectWireDevice(broker.port);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const endless = encode(PACKET.publish, 2, Buffer.alloc(32 * 2 ** 20));
    socket.write(endless.subarray(0, 12 * 2 ** 20));
    await closed;
    expect(broker.health().ok).toBe(true);
  });
});

describe('who may connect', () => {
  const answer = async (login: readonly string[]): Promise<number> => {
    const { socket, reader } = await connectWireDevice(broker.port, login);
    socket.destroy();
    return reader.packets.find((packet) => packet.type === CONNACK)!.body[1]!;
  };

  test('users sign in with their password, which is never said again', async () => {
    await begin({ users: { TQ001: 'korrekt-pferd' }, allowAnonymous: false });
    expect(await answer(['TQ001', 'korrekt-pferd'])).toBe(0);
    expect(await answer(['TQ001', 'falsch-pferd'])).toBe(5);
    expect(await answer(['TQ001'])).toBe(5);
    expect(await answer(['TQ002', 'korrekt-pferd'])).toBe(5);
    expect(await answer(['__proto__', ''])).toBe(5);
    expect(await answer([])).toBe(5);
    expect(JSON.stringify(broker.health()) + log.lines.join('\n')).not.toMatch(/pferd/);
  });

  test('beyond this machine it does not start without users unless told to', async () => {
    const open = (options: Partial<EmbeddedBrokerOptions>): Promise<InboundMessage[]> =>
      begin({ host: '0.0.0.0', ...options });
    await expect(open({})).rejects.toThrow('embeddedBroker.users');
    await expect(open({ allowAnonymous: false })).rejects.toThrow('embeddedBroker.users');
    await open({ allowAnonymous: true });
    expect(await answer([])).toBe(0);
  });

  test.each([
    ['loopback, nothing set', { host: '127.0.0.1' }, '127.0.0.1', true],
    ['all addresses, users', { host: '0.0.0.0', users: { a: 'b' } }, '10.0.0.7', false],
    [
      'users and anonymous, from afar',
      { host: '0.0.0.0', users: { a: 'b' }, allowAnonymous: true },
      '10.0.0.7',
      false,
    ],
    [
      'users and anonymous, from here',
      { host: '0.0.0.0', users: { a: 'b' }, allowAnonymous: true },
      '::1',
      true,
    ],
    ['anonymous, from afar', { host: '0.0.0.0', allowAnonymous: true }, '10.0.0.7', true],
    ['a name that only looks local', { host: '127.0.0.1.example.org' }, '127.0.0.1', false],
  ])('a client without a name: %s', async (_case, options, remoteAddress, admitted) => {
    await begin();
    expect(new Logins(options).admits(remoteAddress, undefined, undefined)).toBe(admitted);
  });

  test('a web page is not from here: where there are users it gives a password', async () => {
    await begin({ websocketPort: 0, users: { a: 'b' }, allowAnonymous: true });
    const codes: number[] = [];
    for (const options of [{}, { origin: 'https://elsewhere.example' }]) {
      const socket = new WebSocket(`ws://127.0.0.1:${broker.websocketPort}`, ['mqtt'], options);
      const answer: number[] = [];
      socket.on('message', (part: Buffer) => answer.push(...part));
      await once(socket, 'open');
      // MQTT 3.1.1, clean session, client identifier "p" [MQTT-3.1].
      socket.send(Buffer.from('100d00044d5154540402003c000170', 'hex'));
      await expect.poll(() => answer.length, WAIT).toBe(4);
      codes.push(answer[3]!);
      socket.terminate();
    }
    // MQTT 3.1.1 §3.2.2.3: 0 is accepted, 5 is not authorized.
    expect(codes).toEqual([0, 5]);
  });

  test('a web page of another site cannot publish through its user’s browser', async () => {
    await begin({ websocketPort: 0 });
    const socket = new WebSocket(`ws://127.0.0.1:${broker.websocketPort}`, ['mqtt'], {
      origin: 'https://elsewhere.example',
    });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('401');
  });
});
