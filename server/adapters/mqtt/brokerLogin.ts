import { randomUUID } from 'node:crypto';
import { connect } from 'mqtt';
import { brokerAddress, explainFault } from './brokerFault.ts';
import { clientOptions, readPems, type LoginOptions } from './clientOptions.ts';

export type LoginResult = { ok: true; detail: string } | { ok: false; detail: string; remedy: string };

/**
 * Signs in to the broker as the service would and leaves at once. Under a name of its own and without a session: the one
 * that the broker keeps for the service stays as it is.
 *
 * @throws Error when a PEM file cannot be used.
 */
export async function tryLogin(options: LoginOptions, timeoutMs: number): Promise<LoginResult> {
  const address = brokerAddress(options.url);
  const pems = await readPems(options);
  const wanted = clientOptions({ ...options, clientId: `peakvolt-doctor-${randomUUID()}` });
  // They ask the broker to keep the session.
  delete wanted.properties;
  const client = connect({ ...wanted, ...pems, clean: true, reconnectPeriod: 0, connectTimeout: timeoutMs });
  const { promise, resolve } = Promise.withResolvers<LoginResult>();
  const refuse = (error: unknown): void => {
    const { detail, remedy } = explainFault(error, address);
    resolve({ ok: false, detail, remedy });
  };
  client.once('connect', () => resolve({ ok: true, detail: `${address} accepts the login` }));
  // Every error has a listener: a late one must not end the program.
  client.on('error', refuse);
  // A broker that hangs up without a word gives no error.
  client.once('close', () => refuse(new Error('the broker closed the connection during the login')));
  const result = await promise;
  await client.endAsync(!result.ok);
  return result;
}
