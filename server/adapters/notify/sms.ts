import { escapeHtml } from '../../core/incident/messageHtml.ts';
import { messageShort } from '../../core/incident/message.ts';
import { setting, type HttpChannel } from './httpNotifier.ts';

/** Text messages through whatever gateway takes them over HTTP: the operator writes its request with holes in it. */

export interface SmsGateway {
  /** `{{to}}`, `{{text}}`, `{{id}}` are filled in, escaped for an address. */
  url: string;
  method: 'GET' | 'POST' | 'PUT';
  /** Keys of the gateway go here. */
  headers: Readonly<Record<string, string>>;
  /** Filled in too, escaped for its content type: JSON, form or XML; as it is for any other. */
  body: string;
  /** What the answer holds when the gateway took the message; any 2xx when absent. */
  answerContains?: string | undefined;
}

/** An answer without the agreed words: the gateway may be out of order, or out of money. */
const PAUSE_MS = 60_000;

export function smsChannel(gateway: SmsGateway): HttpChannel {
  const { answerContains } = gateway;
  const contentType =
    Object.entries(gateway.headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const url = new URL(gateway.url.replaceAll(/\{\{|\}\}/g, ''));
  return {
    channel: 'sms',
    // Of the telephone number nothing is secret; of the gateway everything but its host is.
    secrets: [
      ...Object.entries(gateway.headers)
        .filter(([name]) => !/^(content-type|accept|user-agent)$/i.test(name))
        .map(([, value]) => value),
      ...[...url.searchParams.values()].filter((value) => value.length >= 6),
    ].filter((value) => value !== ''),
    request: ({ id, facts }, contact) => {
      const values = { to: setting(contact, 'to'), text: messageShort(facts, contact.language), id };
      return {
        method: gateway.method,
        url: filled(gateway.url, values, encodeURIComponent),
        headers: { 'user-agent': 'peakvolt', ...gateway.headers },
        body: filled(gateway.body, values, escapeFor(contentType)),
      };
    },
    ...(answerContains === undefined
      ? {}
      : {
          verdict: (body) => (body.includes(answerContains) ? null : { kind: 'unread', afterMs: PAUSE_MS }),
        }),
  };
}

function filled(
  template: string,
  values: { to: string; text: string; id: string },
  escape: (text: string) => string,
): string {
  return template.replace(/\{\{(to|text|id)\}\}/g, (_, name: keyof typeof values) => escape(values[name]));
}

function escapeFor(contentType: string): (text: string) => string {
  if (/json/i.test(contentType)) return (text) => JSON.stringify(text).slice(1, -1);
  if (/x-www-form-urlencoded/i.test(contentType)) return encodeURIComponent;
  if (/xml/i.test(contentType)) return escapeHtml;
  return (text) => text;
}
