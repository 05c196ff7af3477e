import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SafeFetch } from '../../../server/adapters/notify/safeFetch.ts';
import { makeCertificates, type Certificates } from '../../fixtures/mosquittoCertificates.ts';

let certificates: Certificates;
let server: Server;
const usual = getCACertificates('default');

beforeAll(async () => {
  certificates = makeCertificates('client');
  const pem = (name: string): string => readFileSync(join(certificates.dir, name), 'utf8');
  server = createServer({ cert: pem('server.crt'), key: pem('server.key') }, (incoming, outgoing) => {
    outgoing.end(incoming.headers.host);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  setDefaultCACertificates(usual);
  server.close();
  certificates.remove();
});

/** Every name is at the server. */
const send = (hostname: string) =>
  new SafeFetch({
    allow: ['127.0.0.1'],
    lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
  }).send({
    method: 'POST',
    url: `https://${hostname}:${(server.address() as AddressInfo).port}/key`,
    headers: {},
    body: 'x',
  });

it('checks the certificate of the name that was asked for, wherever the connection went', async () => {
  expect(await send('localhost')).toMatchObject({
    kind: 'failed',
    reason: expect.stringMatching(/UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET_ISSUER/) as string,
  });
  setDefaultCACertificates([...usual, readFileSync(certificates.ca, 'utf8')]);
  expect(await send('localhost')).toMatchObject({
    kind: 'answer',
    status: 200,
    body: expect.stringMatching(/^localhost:\d+$/) as string,
  });
  expect(await send('gateway.example')).toMatchObject({
    kind: 'failed',
    reason: expect.stringMatching(/^https:\/\/gateway\.example:\d+: ERR_TLS_CERT_ALTNAME_INVALID$/) as string,
  });
});
