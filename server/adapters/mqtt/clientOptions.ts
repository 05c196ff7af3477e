import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { IClientOptions } from 'mqtt';
import type { Clock, Logger } from '../../ports.ts';
import { WINDOW_MESSAGES_MAX } from './receiveWindow.ts';

/** How we introduce ourselves to a broker. */

/** A half-open connection is found after one and a half of these. */
export const KEEPALIVE_S = 30;
const CONNECT_TIMEOUT_MS = 15_000;
const RECONNECT_DELAY_MS_MIN = 1000;
const RECONNECT_DELAY_MS_MAX = 30_000;
/** How long the broker keeps our session while we are away (MQTT 5; with 3.1.1 the broker decides). */
const SESSION_EXPIRY_S = 14 * 86_400;
/** MQTT 5 brokers do not send us more than this in one packet; an array payload is at most 1 MiB. */
const PACKET_BYTES_MAX = 4 * 2 ** 20;
/** [MQTT-3.1.2-24] The receive maximum is 16 bits wide. */
const RECEIVE_MAXIMUM_MAX = 65_535;
export const DEFAULT_SUBSCRIPTIONS = ['pq/v1/#', 'weather/v1/#'];

export interface MqttSubscriberOptions {
  /** `mqtt:`, `mqtts:`, `ws:` or `wss:`. */
  url: string;
  username?: string | undefined;
  password?: string | undefined;
  /** PEM files: authority of the broker, our certificate, its key. */
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  /** The broker keeps the session under this name: it must stay the same and be ours alone. */
  clientId: string;
  /** 4 is MQTT 3.1.1. */
  protocolVersion?: 4 | 5 | undefined;
  /** Topic filters; `$share/group/filter` where several ingest workers divide the work. */
  subscriptions?: readonly string[] | undefined;
  windowMessagesMax?: number | undefined;
  windowBytesMax?: number | undefined;
  keepaliveS?: number | undefined;
  reconnectDelayMsMin?: number | undefined;
  reconnectDelayMsMax?: number | undefined;
  clock: Clock;
  log: Logger;
}

/** What a connection needs; the rest is the subscriber's. */
export type LoginOptions = Omit<MqttSubscriberOptions, 'clientId' | 'clock' | 'log'>;

export function clientOptions(options: LoginOptions & { clientId: string }): IClientOptions {
  const url = new URL(options.url);
  const username = options.username ?? decodeURIComponent(url.username);
  const password = options.password ?? decodeURIComponent(url.password);
  const protocolVersion = options.protocolVersion ?? 4;
  return {
    protocol: url.protocol.slice(0, -1) as NonNullable<IClientOptions['protocol']>,
    // An IPv6 address comes in brackets.
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(url.protocol.startsWith('ws') ? { path: url.pathname + url.search } : {}),
    ...(username === '' ? {} : { username, password }),
    clientId: options.clientId,
    protocolVersion,
    clean: false,
    // We subscribe ourselves, where the broker has lost our session.
    resubscribe: false,
    keepalive: options.keepaliveS ?? KEEPALIVE_S,
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectPeriod: reconnectDelayMs(options, 0),
    reconnectOnConnackError: true,
    // mqtt.js would format every packet for its debug log, the CONNECT with the password among them.
    log: () => {},
    ...(protocolVersion === 5 ? { properties: sessionProperties(options) } : {}),
  };
}

function sessionProperties(options: LoginOptions): NonNullable<IClientOptions['properties']> {
  const receiveMaximum = Math.min(options.windowMessagesMax ?? WINDOW_MESSAGES_MAX, RECEIVE_MAXIMUM_MAX);
  return { receiveMaximum, sessionExpiryInterval: SESSION_EXPIRY_S, maximumPacketSize: PACKET_BYTES_MAX };
}

/**
 * Before attempt number `failures`: doubled each time up to the maximum, then anything from half to one and a half of
 * that, so that a thousand clients of a restarted broker do not come back in the same second.
 */
export function reconnectDelayMs(options: LoginOptions, failures: number): number {
  const min = options.reconnectDelayMsMin ?? RECONNECT_DELAY_MS_MIN;
  const max = options.reconnectDelayMsMax ?? RECONNECT_DELAY_MS_MAX;
  return Math.ceil(Math.min(max, min * 2 ** Math.min(failures, 16)) * (0.5 + Math.random()));
}

/** @throws Error naming the file that cannot be read, or saying that certificate and key do not belong together. */
export async function readPems(options: LoginOptions): Promise<Pems> {
  const pems: Pems = {};
  for (const name of ['ca', 'cert', 'key'] as const) {
    const path = options[name];
    if (path === undefined) continue;
    try {
      pems[name] = await readFile(path);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      throw new Error(`mqtt.${name}: ${path} cannot be read (${code})`, { cause: error });
    }
  }
  try {
    // mqtt.js would throw inside a timer.
    createSecureContext(pems);
  } catch (error) {
    throw new Error(`mqtt.ca, mqtt.cert, mqtt.key: ${(error as Error).message}`, { cause: error });
  }
  return pems;
}

interface Pems {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
}
