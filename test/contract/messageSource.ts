import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { InboundMessage, MessageSource } from '../../server/ports.ts';

/** A source with a broker behind it, and the means to disturb it. */
export interface SourceUnderTest {
  /** A source of its own for each test; `windowMessagesMax` bounds what it holds unacknowledged. */
  create(options: { windowMessagesMax?: number; subscriptions?: readonly string[] }): MessageSource;
  /** How a device connects. The URL must lead over what `interrupt` cuts, if that is where acknowledgements travel. */
  device(): { url: string; options: IClientOptions };
  /** Cuts the connection on which unacknowledged messages came; whoever owes them connects again and sends again. */
  interrupt(): void;
  dispose(): Promise<void>;
}

const WAIT = { timeout: 20_000, interval: 10 };
const text = (message: InboundMessage): string => Buffer.from(message.payload).toString();

/** What every MessageSource must do. The clauses are those of MQTT 3.1.1. */
export function messageSourceContract(name: string, make: () => Promise<SourceUnderTest>): void {
  describe(`MessageSource on ${name}`, { timeout: 60_000 }, () => {
    let under: SourceUnderTest;
    let sources: MessageSource[];
    let clients: MqttClient[];
    beforeAll(async () => {
      under = await make();
    });
    afterAll(() => under.dispose());
    beforeEach(() => {
      sources = [];
      clients = [];
    });
    afterEach(async () => {
      for (const client of clients) await client.endAsync(true);
      for (const source of sources) await source.stop();
    });

    const device = async (options: IClientOptions = {}): Promise<MqttClient> => {
      const { url, options: login } = under.device();
      const client = await connectAsync(url, { reconnectPeriod: 20, ...login, ...options });
      clients.push(client);
      return client;
    };
    const start = async (
      onMessage: (message: InboundMessage) => void,
      options: { windowMessagesMax?: number; subscriptions?: readonly string[] } = {},
    ): Promise<MessageSource> => {
      const source = under.create(options);
      sources.push(source);
      await source.start(onMessage);
      await expect.poll(() => source.health().ok, WAIT).toBe(true);
      return source;
    };

    deliveryContract(start, device);
    acknowledgementContract(start, device, () => under.interrupt());
  });
}

type Start = (
  onMessage: (message: InboundMessage) => void,
  options?: { windowMessagesMax?: number; subscriptions?: readonly string[] },
) => Promise<MessageSource>;
type MakeDevice = (options?: IClientOptions) => Promise<MqttClient>;

function deliveryContract(start: Start, device: MakeDevice): void {
  test('hands over topic, bytes, quality of service and time of arrival', async () => {
    const got: InboundMessage[] = [];
    const source = await start((message) => {
      got.push(message);
      message.settle();
    });
    const beforeMs = Date.now();
    const client = await device();
    const bytes = Buffer.from([0, 255, 0x80, 10]);
    await client.publishAsync('pq/v1/org1/TQ001/data', bytes, { qos: 1 });
    await client.publishAsync('weather/v1/org1/S1', '温度', { qos: 0 });
    await expect.poll(() => got.length, WAIT).toBe(2);
    expect(got[0]).toMatchObject({ topic: 'pq/v1/org1/TQ001/data', qos: 1, retained: false });
    expect(Buffer.from(got[0]!.payload)).toEqual(bytes);
    expect(got[1]).toMatchObject({ topic: 'weather/v1/org1/S1', qos: 0 });
    expect(text(got[1]!)).toBe('温度');
    for (const message of got) expect(message.receivedMs).toBeGreaterThanOrEqual(beforeMs);
    expect(source.health()).toMatchObject({ ok: true, received: 2, unacknowledged: 0, paused: false });
  });

  test('leaves topics alone that were not asked for', async () => {
    const got: string[] = [];
    await start(
      (message) => {
        got.push(message.topic);
        message.settle();
      },
      { subscriptions: ['a/+/data', 'b/#'] },
    );
    const client = await device();
    for (const topic of ['a/1/data', 'a/1/meta', 'a/1/2/data', 'b', 'b/1/2', 'c', 'a/9/data']) {
      await client.publishAsync(topic, 'x', { qos: 1 });
    }
    await expect.poll(() => got.at(-1), WAIT).toBe('a/9/data');
    expect(got).toEqual(['a/1/data', 'b', 'b/1/2', 'a/9/data']);
  });

  test('tells when a device falls silent without a word: its last will', async () => {
    const got: InboundMessage[] = [];
    await start((message) => {
      got.push(message);
      message.settle();
    });
    const topic = 'pq/v1/org1/TQ002/status';
    const client = await device({
      reconnectPeriod: 0,
      will: { topic, payload: Buffer.from('{"online":false}'), qos: 1, retain: true },
    });
    client.stream.destroy();
    await expect
      .poll(() => got.map((m) => [m.topic, text(m), m.retained]), WAIT)
      .toEqual([[topic, '{"online":false}', false]]);
    // Retained: a client that comes later is told.
    const later = await device();
    const told = new Promise((resolve) => {
      later.on('message', (of, payload, packet) => resolve([of, payload.toString(), packet.retain]));
    });
    await later.subscribeAsync('pq/v1/org1/TQ002/#');
    expect(await told).toEqual([topic, '{"online":false}', true]);
    await later.publishAsync(topic, '', { qos: 1, retain: true });
  });

  test('publishes to devices', async () => {
    const source = await start((message) => message.settle());
    const client = await device();
    const commands: string[] = [];
    client.on('message', (topic, payload) => commands.push(`${topic} ${payload.toString()}`));
    await client.subscribeAsync('spBv1.0/g/NCMD/n', { qos: 1 });
    await source.publish('spBv1.0/g/NCMD/n', 'text');
    await source.publish('spBv1.0/g/NCMD/n', new Uint8Array([98, 105, 110]));
    await expect.poll(() => commands, WAIT).toEqual(['spBv1.0/g/NCMD/n text', 'spBv1.0/g/NCMD/n bin']);
  });
}

/** Acknowledgements reached whoever waits for them: a device has its own, and a broker answers what was sent after ours. */
async function arrived(source: MessageSource, published: readonly Promise<unknown>[]): Promise<void> {
  await Promise.all(published);
  await source.publish('test/round-trip', '');
}

function acknowledgementContract(start: Start, device: MakeDevice, interrupt: () => void): void {
  test('is sent again what was not settled, in order, and nothing that was', async () => {
    const got: InboundMessage[] = [];
    const source = await start((message) => {
      if (['0', '1', '2', '3'].includes(text(message))) message.settle();
      else got.push(message);
    });
    const client = await device({ clean: false, clientId: 'again' });
    const published = Array.from({ length: 10 }, (_, i) =>
      client.publishAsync('pq/v1/o/t/data', String(i), { qos: 1 }),
    );
    await expect.poll(() => got.length, WAIT).toBeGreaterThan(0);
    await arrived(source, published.slice(0, 4));
    expect(source.health().unacknowledged).toBeGreaterThan(0);
    const stale = got.splice(0);

    // A device may send the next only when the one before is answered; a broker sends all at once.
    interrupt();
    await expect.poll(() => got.length, WAIT).toBeGreaterThan(0);
    expect(text(got[0]!)).toBe('4');
    // The first copies belong to a connection that is gone: settling them answers nothing on the new one.
    for (const message of stale) message.settle();
    await source.publish('test/round-trip', '');
    stale.push(...got.splice(0));

    interrupt();
    await expect.poll(() => got.length, WAIT).toBeGreaterThan(0);
    for (const message of stale) message.settle();
    const again: string[] = [];
    await expect
      .poll(() => {
        for (const message of got.splice(0)) {
          again.push(text(message));
          message.settle();
        }
        return again;
      }, WAIT)
      .toEqual(['4', '5', '6', '7', '8', '9']);
    await arrived(source, published);
    expect(source.health().unacknowledged).toBe(0);

    interrupt();
    client.publish('pq/v1/o/t/data', 'last', { qos: 1 });
    await expect.poll(() => got.map(text), WAIT).toEqual(['last']);
    got[0]!.settle();
  });

  test('settling twice, and in any order, acknowledges each message once', async () => {
    const got: InboundMessage[] = [];
    const seen: string[] = [];
    const source = await start((message) => {
      got.push(message);
      seen.push(text(message));
    });
    const client = await device();
    const expected = Array.from({ length: 20 }, (_, i) => String(i));
    const published = expected.map((payload) => client.publishAsync('pq/v1/o/t/data', payload, { qos: 1 }));
    // How many come before the first is settled is the broker's affair: an embedded one reads a device chunk by chunk.
    await expect
      .poll(() => {
        for (const message of got.splice(0).reverse()) {
          message.settle();
          message.settle();
        }
        return seen;
      }, WAIT)
      .toEqual(expected);
    await arrived(source, published);
    expect(source.health().unacknowledged).toBe(0);
  });

  test('stops reading when too much is unacknowledged, and goes on when there is room', async () => {
    // More devices than places, so that the window fills even where each device has one message under way.
    const windowMessagesMax = 4;
    const devices = ['T0', 'T1', 'T2', 'T3', 'T4', 'T5'];
    const expected = Array.from({ length: 50 }, (_, i) => String(i));
    const held: InboundMessage[] = [];
    const seen = new Map<string, string[]>(devices.map((id) => [`pq/v1/o/${id}/data`, []]));
    const source = await start(
      (message) => {
        held.push(message);
        seen.get(message.topic)!.push(text(message));
      },
      { windowMessagesMax },
    );
    const published: Promise<unknown>[] = [];
    for (const id of devices) {
      const client = await device();
      for (const payload of expected) {
        published.push(client.publishAsync(`pq/v1/o/${id}/data`, payload, { qos: 1 }));
      }
    }
    await expect.poll(() => source.health().paused, WAIT).toBe(true);
    let most = 0;
    await expect
      .poll(
        () => {
          most = Math.max(most, held.length);
          for (const message of held.splice(0)) message.settle();
          return [...seen.values()].map((payloads) => payloads.length);
        },
        { ...WAIT, interval: 1 },
      )
      .toEqual(devices.map(() => expected.length));
    for (const message of held.splice(0)) message.settle();
    await arrived(source, published);
    expect(most).toBe(windowMessagesMax);
    for (const payloads of seen.values()) expect(payloads).toEqual(expected);
    await expect
      .poll(() => source.health(), WAIT)
      .toMatchObject({ paused: false, unacknowledged: 0, ok: true });
  });
}
