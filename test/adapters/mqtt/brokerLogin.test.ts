import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryLogin } from '../../../server/adapters/mqtt/brokerLogin.ts';
import { createEmbeddedBroker, type EmbeddedBroker } from '../../../server/adapters/mqtt/embeddedBroker.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';

const TIMEOUT_MS = 5_000;

describe('tryLogin', () => {
  let broker: EmbeddedBroker;
  beforeEach(async () => {
    const users = { peakvolt: 'korrekt-pferd' };
    broker = createEmbeddedBroker({
      host: '127.0.0.1',
      port: 0,
      users,
      allowAnonymous: false,
      clock: realClock,
      log: recordingLog(),
    });
    await broker.start(() => undefined);
  });
  afterEach(() => broker.stop());

  it('is content with the right password, in the URL too', async () => {
    const { host } = new URL(broker.url);
    const login = { username: 'peakvolt', password: 'korrekt-pferd' };
    const detail = `mqtt://${host} accepts the login`;
    expect(await tryLogin({ url: broker.url, ...login }, TIMEOUT_MS)).toEqual({ ok: true, detail });
    const url = `mqtt://peakvolt:korrekt-pferd@${host}`;
    expect(await tryLogin({ url }, TIMEOUT_MS)).toEqual({ ok: true, detail });
  });

  it('tells a wrong password, with the remedy and without the password', async () => {
    const login = { username: 'peakvolt', password: 'falsches-pferd' };
    const result = await tryLogin({ url: broker.url, ...login }, TIMEOUT_MS);
    expect(result).toMatchObject({ ok: false, remedy: expect.stringContaining('MQTT_PASSWORD') });
    expect(JSON.stringify(result)).not.toContain('pferd');
  });

  it('tells a version that the broker does not speak', async () => {
    const login = { username: 'peakvolt', password: 'korrekt-pferd', protocolVersion: 5 } as const;
    expect(await tryLogin({ url: broker.url, ...login }, TIMEOUT_MS)).toMatchObject({ ok: false });
  });

  it('tells that nothing listens', async () => {
    const { url } = broker;
    await broker.stop();
    expect(await tryLogin({ url }, TIMEOUT_MS)).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('Start the broker'),
    });
  });
});

describe('a listener that is no broker', () => {
  let server: Server;
  const listen = (onConnect: (socket: Socket) => void): Promise<string> =>
    new Promise((resolve) => {
      server = createServer((socket) => onConnect(socket.resume()));
      server.listen(0, '127.0.0.1', () =>
        resolve(`mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`),
      );
    });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('hangs up: told', async () => {
    const url = await listen((socket) => socket.destroy());
    expect(await tryLogin({ url }, TIMEOUT_MS)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('closed the connection'),
    });
  });

  it('says nothing: told after the time', async () => {
    const url = await listen(() => undefined);
    expect(await tryLogin({ url }, 50)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('does not answer'),
    });
  });
});
