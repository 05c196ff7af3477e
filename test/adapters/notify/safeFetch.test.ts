import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AddressPolicy } from '../../../server/adapters/notify/addressPolicy.ts';
import { quoted, resultOf, retryAfterMs } from '../../../server/adapters/notify/answer.ts';
import { SafeFetch, type Lookup } from '../../../server/adapters/notify/safeFetch.ts';
import { startHttpReceiver, type HttpReceiver } from '../../fixtures/httpReceiver.ts';

const NOW_MS = Date.UTC(2026, 6, 14, 13, 7);
let receiver: HttpReceiver;
let port: string;

beforeAll(async () => {
  receiver = await startHttpReceiver('inside');
  port = new URL(receiver.origin).port;
});
afterAll(() => receiver.stop());

const post = (fetch: SafeFetch, url: string) => fetch.send({ method: 'POST', url, headers: {}, body: 'x' });
const answers =
  (...addresses: string[]): Lookup =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

describe('addresses inside', () => {
  it.each([
    'http://127.0.0.1',
    'http://127.1',
    'http://2130706433',
    'http://0x7f000001',
    'http://0177.0.0.1',
    'http://0.0.0.0',
    'http://localhost',
    'http://[::1]',
    'http://[::]',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:7f00:1]',
    'http://[::127.0.0.1]',
    'http://[64:ff9b::7f00:1]',
    'http://[2002:7f00:1::]',
    'http://[fe80::1]',
    'http://[fd00:ec2::254]',
    'http://169.254.169.254',
    'http://100.100.100.200',
    'http://168.63.129.16',
    'http://10.0.0.1',
    'http://172.16.0.1',
    'http://192.168.1.1',
    'http://224.0.0.1',
    'http://255.255.255.255',
    'http://198.18.0.1',
  ])('%s is never connected to', async (origin) => {
    const before = receiver.arrivals.length;
    expect(await post(new SafeFetch({}), `${origin}:${port}/key-in-the-path`)).toEqual({
      kind: 'forbidden',
      reason: expect.not.stringContaining('key-in-the-path') as string,
    });
    expect(receiver.arrivals).toHaveLength(before);
  });

  it.each([
    ['loopback', ['127.0.0.1']],
    ['the metadata of a cloud', ['169.254.169.254']],
    ['loopback in IPv6 clothes', ['::ffff:127.0.0.1']],
    ['nothing', ['0.0.0.0']],
    ['a public address and a private one', ['93.184.216.34', '10.0.0.1']],
    ['what is no address', ['evil']],
  ])('a name that is %s is refused', async (_, addresses) => {
    const fetch = new SafeFetch({ lookup: answers(...addresses) });
    expect(await post(fetch, `http://innocent.example:${port}/`)).toMatchObject({ kind: 'forbidden' });
  });

  it.each(['file:///etc/passwd', 'ftp://example.cn/', 'not an address', ''])('%j is no http', async (url) => {
    expect(await post(new SafeFetch({}), url)).toMatchObject({ kind: 'forbidden' });
  });
});

describe('rebinding', () => {
  it('connects to the address that was judged, and asks for the name once', async () => {
    const asked: string[] = [];
    // Judged at 192.0.2.1, which is let through by name of its range; whoever asks again gets the receiver.
    const lookup: Lookup = (hostname) => {
      asked.push(hostname);
      return answers(asked.length === 1 ? '192.0.2.1' : '127.0.0.1')(hostname);
    };
    const before = receiver.arrivals.length;
    const fetch = new SafeFetch({ lookup, allow: ['192.0.2.0/24'], timeoutMs: 300 });
    expect(await post(fetch, `http://rebind.example:${port}/`)).toMatchObject({ kind: 'failed' });
    expect(asked).toEqual(['rebind.example']);
    expect(receiver.arrivals).toHaveLength(before);
    // Asked anew for the next message, it is judged anew.
    expect(await post(fetch, `http://rebind.example:${port}/`)).toMatchObject({ kind: 'forbidden' });
    expect(receiver.arrivals).toHaveLength(before);
  });

  it('reaches what was judged under the name that was asked for', async () => {
    const fetch = new SafeFetch({ lookup: answers('127.0.0.1'), allow: ['127.0.0.1'] });
    expect(await post(fetch, `http://gateway.example:${port}/a?b=c`)).toMatchObject({
      status: 200,
      body: 'inside',
    });
    expect(receiver.arrivals.at(-1)).toMatchObject({ target: '/a?b=c', method: 'POST' });
    expect(receiver.arrivals.at(-1)!.headers.host).toBe(`gateway.example:${port}`);
  });
});

describe('allow list', () => {
  it.each([['127.0.0.0/8'], ['127.0.0.1'], ['LOCALHOST']])('%s lets localhost through', async (entry) => {
    const fetch = new SafeFetch({ allow: [entry], lookup: answers('127.0.0.1') });
    expect(await post(fetch, `http://localhost:${port}/`)).toMatchObject({ kind: 'answer', status: 200 });
  });

  it('lets nothing else through', () => {
    const policy = new AddressPolicy(['10.1.0.0/16', 'fd12::/32', 'gateway.lan']);
    expect(policy.permits('a', '10.1.255.1')).toBe(true);
    expect(policy.permits('a', '::ffff:10.1.2.3')).toBe(true);
    expect(policy.permits('a', '10.2.0.1')).toBe(false);
    expect(policy.permits('a', 'fd12::1')).toBe(true);
    expect(policy.permits('a', 'fd13::1')).toBe(false);
    expect(policy.permits('gateway.lan', '10.2.0.1')).toBe(true);
    expect(policy.permits('gateway.lan.evil.example', '10.2.0.1')).toBe(false);
    expect(policy.permits('a', '2606:2800:220:1:248:1893:25c8:1946')).toBe(true);
    expect(policy.permits('a', '93.184.216.34')).toBe(true);
    expect(() => new AddressPolicy(['http://x/'])).toThrow('no host name');
  });
});

describe('trouble on the way', () => {
  it('waits for a resolver no longer than for anything else', async () => {
    const fetch = new SafeFetch({ lookup: () => new Promise(() => {}), timeoutMs: 50 });
    expect(await post(fetch, 'http://slow.example/secret')).toEqual({
      kind: 'failed',
      reason: 'http://slow.example: no answer in 50 ms',
    });
  });

  it.each([
    [
      'a name that nobody knows',
      () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' })),
      'ENOTFOUND',
    ],
    ['a name without an address', () => Promise.resolve([]), 'name has no address'],
  ])('says what it was: %s', async (_, lookup: Lookup, said) => {
    const outcome = await post(new SafeFetch({ lookup }), 'http://gone.example/secret');
    expect(outcome).toEqual({ kind: 'failed', reason: `http://gone.example: ${said}` });
  });

  it('survives an answer that is no HTTP', async () => {
    const server = createServer((socket) => socket.end('220 mail ready\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const fetch = new SafeFetch({ allow: ['127.0.0.1'] });
    const { port: other } = server.address() as AddressInfo;
    expect(await post(fetch, `http://127.0.0.1:${other}/`)).toMatchObject({ kind: 'failed' });
    server.close();
  });

  it('reads only so much of an answer', async () => {
    receiver.behave('flood');
    const fetch = new SafeFetch({ allow: ['127.0.0.1'], answerBytesMax: 1000 });
    const outcome = await post(fetch, receiver.origin);
    expect(outcome).toMatchObject({ kind: 'answer', status: 200, body: 'x'.repeat(1000) });
    receiver.behave('well');
  });
});

describe('what an answer means', () => {
  const result = (status: number, retryAfter: string | null = null, body = '') =>
    resultOf({ kind: 'answer', status, retryAfter, body }, { nowMs: NOW_MS, secrets: [] });

  it.each([
    [200, 'sent'],
    [202, 'sent'],
    [204, 'sent'],
    [301, 'refused'],
    [400, 'refused'],
    [401, 'refused'],
    [403, 'refused'],
    [404, 'refused'],
    [410, 'refused'],
    [408, 'retry'],
    [425, 'retry'],
    [429, 'retry'],
    [500, 'retry'],
    [502, 'retry'],
    [503, 'retry'],
    [599, 'retry'],
  ])('%i is %s', (status, kind) => {
    expect(result(status).kind).toBe(kind);
  });

  it.each([
    ['7', 7000],
    ['Tue, 14 Jul 2026 13:09:00 GMT', 120_000],
    ['Tue, 14 Jul 2026 12:00:00 GMT', 0],
    ['99999999', 86_400_000],
    ['soon', null],
    [null, null],
  ])('Retry-After %j is %j ms', (value, ms) => {
    expect(retryAfterMs(value, NOW_MS)).toBe(ms);
    expect(result(429, value)).toEqual({
      kind: 'retry',
      reason: '429',
      ...(ms === null ? {} : { afterMs: ms }),
    });
  });

  it('quotes on one line, bounded, without secrets in any form', () => {
    expect(quoted('a\r\n\u0000b\t c', [])).toBe('a b c');
    expect(quoted('key k/1+"2 and k%2F1%2B%222 and k/1+\\"2', ['k/1+"2'])).toBe('key *** and *** and ***');
    expect(quoted('abcdef abc', ['abc', 'abcdef'])).toBe('*** ***');
    expect(quoted('电'.repeat(1000), [])).toHaveLength(300);
  });
});
