import { secretsOf } from '../../core/incident/contact.ts';
import type { Channel, ContactPoint, Delivery, DeliveryResult } from '../../core/incident/delivery.ts';
import type { Notifier } from '../../alertPorts.ts';
import { resultOf, type Verdict } from './answer.ts';
import type { OutgoingRequest, SafeFetch } from './safeFetch.ts';

/** What one HTTP channel makes of a message. */
export interface HttpChannel {
  readonly channel: Channel;
  /** Pure; throws where the settings cannot be used. */
  request(delivery: Delivery, contact: ContactPoint, nowMs: number): OutgoingRequest;
  readonly verdict?: Verdict;
  /** Secrets of the channel itself, beside those of the contact point. */
  readonly secrets?: readonly string[];
}

/** A notifier that sends what the channel says and reads what comes back. */
export function httpNotifier(channel: HttpChannel, fetch: SafeFetch): Notifier {
  return {
    channel: channel.channel,
    async deliver(delivery: Delivery, contact: ContactPoint, nowMs: number): Promise<DeliveryResult> {
      let request: OutgoingRequest;
      try {
        request = channel.request(delivery, contact, nowMs);
      } catch {
        // The error of a library may quote the key that it could not use.
        return { kind: 'refused', reason: 'the settings of this contact point cannot be used' };
      }
      const secrets = [
        ...secretsOf(channel.channel, contact.settings),
        ...(channel.secrets ?? []),
        // As it travels a login looks different from what it was made of.
        ...(request.headers['authorization']?.split(' ').slice(1) ?? []),
      ].filter((secret) => secret !== '');
      return resultOf(await fetch.send(request), { nowMs, secrets, verdict: channel.verdict });
    },
  };
}

/** A setting that must be there. */
export function setting(contact: ContactPoint, name: string): string {
  const value = contact.settings[name] ?? '';
  if (value === '') throw new Error(`${name} is missing`);
  return value;
}

/** A POST of JSON. */
export function jsonRequest(
  url: string,
  content: unknown,
  headers: Readonly<Record<string, string>> = {},
): OutgoingRequest {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'peakvolt', ...headers },
    body: JSON.stringify(content),
  };
}

/** Reads a number out of a JSON answer, such as an error code; null where there is none. */
function answerCode(body: string, name: string): number | null {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    const code: unknown = (value as Record<string, unknown>)[name];
    return typeof code === 'number' ? code : null;
  } catch {
    return null;
  }
}

/** Verdict of a service that answers 200 to everything and says in a code how it went: 0 is well. */
export function codeVerdict(name: string, passing: ReadonlySet<number>, afterMs: number): Verdict {
  return (body) => {
    const code = answerCode(body, name);
    if (code === 0) return null;
    if (code === null) return { kind: 'unread', afterMs };
    return passing.has(code) ? { kind: 'retry', afterMs } : { kind: 'refused' };
  };
}
