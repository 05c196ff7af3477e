import { expect, test } from 'vitest';
import { explainFault } from '../../../server/adapters/mqtt/brokerFault.ts';

const ADDRESS = 'mqtt://broker:1883';

test.each([
  [{ code: 5, message: 'Connection refused: Not authorized' }, 'mqtt-not-allowed'],
  [{ code: 134, message: 'Bad user name' }, 'mqtt-credentials'],
  [{ code: 'ECONNREFUSED', message: '' }, 'mqtt-nothing-listens'],
  [{ code: 'SELF_SIGNED_CERT_IN_CHAIN', message: 'self-signed certificate' }, 'mqtt-certificate-unknown'],
  [new Error('connack timeout'), 'mqtt-silent'],
  [new Error('Keepalive timeout'), 'mqtt-silent'],
])('a known fault holds a code and the address (%o)', (error, code) => {
  const { detail, notice } = explainFault(error, ADDRESS);
  expect(detail).toMatch(/^mqtt:\/\/broker:1883: (the|nothing) /);
  expect(notice).toEqual({ code, values: { address: ADDRESS } });
});

test.each([
  [
    { code: 'ERR_SSL_WRONG_VERSION_NUMBER', message: 'wrong version' },
    'mqtt-tls',
    'ERR_SSL_WRONG_VERSION_NUMBER',
  ],
  [new Error('read ECONNRESET'), 'mqtt-failed', 'read ECONNRESET'],
  [{}, 'mqtt-failed', ''],
])('any other is quoted (%o)', (error, code, quote) => {
  expect(explainFault(error, ADDRESS).notice).toEqual({ code, values: { address: ADDRESS, error: quote } });
});
