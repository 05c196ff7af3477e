import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, vi } from 'vitest';
import { createNotifiers, type ChannelOptions } from '../../../server/adapters/notify/channels.ts';
import { newVapidKeys } from '../../../server/adapters/notify/webPush.ts';
import { settingsFault } from '../../../server/core/incident/contact.ts';
import type { Channel, ContactPoint } from '../../../server/core/incident/delivery.ts';
import {
  notifierContract,
  NOW_MS,
  type NotifierBench,
  type Trouble,
  type Understood,
} from '../../contract/notifier.ts';
import { startHttpReceiver, type Arrival } from '../../fixtures/httpReceiver.ts';
import { startMailServer, type MailBehaviour } from '../../fixtures/mailServer.ts';
import { pushSubscription, vapidClaims } from '../../fixtures/pushSubscription.ts';

/** Long enough for a busy machine to answer on loopback; a hanging server costs it once a channel. */
const TIMEOUT_MS = 1500;
const KEY = 'k3y-0123456789abcdef';
const ROBOT_SECRET = 'SEC-robot-5ecret';
const HTTP_TROUBLES: Trouble[] = ['refuse', 'busy', 'limited', 'hang', 'cut', 'flood', 'redirect'];

function contactPoint(channel: Channel, settings: Record<string, string>): ContactPoint {
  expect(settingsFault(channel, settings)).toEqual([]);
  return {
    id: 'c1',
    userId: 'wang',
    channel,
    name: 'c',
    language: 'zh-CN',
    settings,
    priority: 0,
    enabled: true,
  };
}

interface WebhookBody {
  type: string;
  data: { deliveryId: string; title: string; text: string };
}

interface HttpEnd {
  channel: Channel;
  /** Answer of a service that is well. */
  answer: string;
  options?: ChannelOptions;
  settings(origin: string): Record<string, string>;
  secrets: readonly string[];
  /** Checks the signature and reads the message. */
  read(arrival: Arrival, origin: string): Understood;
}

function httpBench(end: HttpEnd): () => Promise<NotifierBench> {
  return async () => {
    const receiver = await startHttpReceiver(end.answer);
    const { origin } = receiver;
    const options = { ...end.options, fetch: { allow: ['127.0.0.0/8'], timeoutMs: TIMEOUT_MS } };
    if (options.sms !== undefined) options.sms = { ...options.sms, url: origin + options.sms.url };
    return {
      notifier: createNotifiers(options).get(end.channel)!,
      contact: contactPoint(end.channel, end.settings(origin)),
      secrets: end.secrets,
      behave: (trouble) => receiver.behave(trouble === 'refuse' ? 'echo' : trouble),
      understood: () => receiver.arrivals.map((arrival) => end.read(arrival, origin)),
      stop: receiver.stop,
    };
  };
}

const json = <T>(arrival: Arrival): T => JSON.parse(arrival.body.toString()) as T;
const query = (arrival: Arrival): URLSearchParams => new URL(arrival.target, 'http://x').searchParams;

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
notifierContract(
  'webhook',
  HTTP_TROUBLES,
  httpBench({
    channel: 'webhook',
    answer: 'ok',
    settings: (origin) => ({ url: `${origin}/in/${KEY}`, secret: WEBHOOK_SECRET }),
    secrets: [KEY, WEBHOOK_SECRET],
    read: (arrival) => {
      // The library compares with the clock: the signature was made at the time that the delivery was given.
      vi.useFakeTimers({ toFake: ['Date'], now: NOW_MS });
      try {
        const headers = arrival.headers as Record<string, string>;
        const { type, data } = new Webhook(WEBHOOK_SECRET).verify(arrival.body, headers) as WebhookBody;
        match(type, /^(incident\.[a-z]+|digest|test)$/);
        equal(data.deliveryId, headers['webhook-id']);
        return {
          id: headers['webhook-id']!,
          text: `${data.title} ${data.text}`,
        };
      } finally {
        vi.useRealTimers();
      }
    },
  }),
);

notifierContract(
  'wecom',
  HTTP_TROUBLES,
  httpBench({
    channel: 'wecom',
    answer: '{"errcode":0,"errmsg":"ok"}',
    settings: (origin) => ({ url: `${origin}/cgi-bin/webhook/send?key=${KEY}` }),
    secrets: [KEY],
    read: (arrival) => {
      equal(query(arrival).get('key'), KEY);
      return { id: null, text: json<{ text: { content: string } }>(arrival).text.content };
    },
  }),
);

notifierContract(
  'dingtalk',
  HTTP_TROUBLES,
  httpBench({
    channel: 'dingtalk',
    answer: '{"errcode":0,"errmsg":"ok"}',
    settings: (origin) => ({ url: `${origin}/robot/send?access_token=${KEY}`, secret: ROBOT_SECRET }),
    secrets: [KEY, ROBOT_SECRET],
    read: (arrival) => {
      const timestamp = query(arrival).get('timestamp');
      const sign = createHmac('sha256', ROBOT_SECRET)
        .update(`${timestamp}\n${ROBOT_SECRET}`)
        .digest('base64');
      equal(timestamp, String(NOW_MS));
      equal(query(arrival).get('sign'), sign);
      equal(query(arrival).get('access_token'), KEY);
      return { id: null, text: json<{ text: { content: string } }>(arrival).text.content };
    },
  }),
);

notifierContract(
  'feishu',
  HTTP_TROUBLES,
  httpBench({
    channel: 'feishu',
    answer: '{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}',
    settings: (origin) => ({ url: `${origin}/open-apis/bot/v2/hook/${KEY}`, secret: ROBOT_SECRET }),
    secrets: [KEY, ROBOT_SECRET],
    read: (arrival) => {
      const { timestamp, sign, content } = json<{
        timestamp: string;
        sign: string;
        content: { text: string };
      }>(arrival);
      equal(timestamp, String(NOW_MS / 1000));
      equal(sign, createHmac('sha256', `${timestamp}\n${ROBOT_SECRET}`).digest('base64'));
      return { id: null, text: content.text };
    },
  }),
);

notifierContract(
  'slack',
  HTTP_TROUBLES,
  httpBench({
    channel: 'slack',
    answer: 'ok',
    settings: (origin) => ({ url: `${origin}/services/T0/B0/${KEY}` }),
    secrets: [KEY],
    read: (arrival) => ({ id: null, text: json<{ text: string }>(arrival).text }),
  }),
);

notifierContract(
  'alertmanager (receiver)',
  HTTP_TROUBLES,
  httpBench({
    channel: 'alertmanager',
    answer: '',
    settings: (origin) => ({ url: `${origin}/`, username: 'peakvolt', password: KEY }),
    secrets: [KEY, Buffer.from(`peakvolt:${KEY}`).toString('base64')],
    read: (arrival) => {
      const login = Buffer.from(`peakvolt:${KEY}`).toString('base64');
      equal(arrival.headers.authorization, `Basic ${login}`);
      equal(arrival.target === '/api/v2/alerts' || arrival.target === '/elsewhere', true);
      const [alert] = json<{ annotations: { delivery_id: string; summary: string } }[]>(arrival);
      return { id: alert!.annotations.delivery_id, text: alert!.annotations.summary };
    },
  }),
);

const smsEnd = (name: string, type: string, body: string, parse: (body: string) => Understood): void =>
  notifierContract(
    `sms (${name})`,
    HTTP_TROUBLES,
    httpBench({
      channel: 'sms',
      answer: '{"code":"OK"}',
      options: {
        sms: {
          url: `/send?apikey=${KEY}&to={{to}}`,
          method: 'POST',
          headers: { 'Content-Type': type, authorization: `Key ${KEY}` },
          body,
          answerContains: '"OK"',
        },
      },
      settings: () => ({ to: '+86 138-0000-0000' }),
      secrets: [KEY],
      read: (arrival) => {
        equal(query(arrival).get('to'), '+86 138-0000-0000');
        return parse(arrival.body.toString());
      },
    }),
  );
smsEnd(
  'json',
  'application/json',
  '{"to":"{{to}}","id":"{{id}}","text":"{{text}}"}',
  (body) => JSON.parse(body) as Understood,
);
smsEnd('form', 'application/x-www-form-urlencoded', 'to={{to}}&id={{id}}&text={{text}}', (body) => {
  const form = new URLSearchParams(body);
  return { id: form.get('id'), text: form.get('text')! };
});

const VAPID = { subject: 'mailto:duty@example.cn', ...newVapidKeys() };
const SUBSCRIPTION = pushSubscription();
notifierContract(
  'web-push',
  HTTP_TROUBLES,
  httpBench({
    channel: 'web-push',
    answer: '',
    options: { vapid: VAPID },
    settings: (origin) => ({ endpoint: `${origin}/push/${KEY}`, ...SUBSCRIPTION.settings }),
    secrets: [KEY, SUBSCRIPTION.settings.auth, VAPID.privateKey],
    read: (arrival, origin) => {
      const { aud, sub } = vapidClaims(arrival.headers.authorization!, VAPID.publicKey);
      deepEqual({ aud, sub }, { aud: origin, sub: VAPID.subject });
      equal(arrival.headers['ttl'], '86400');
      equal(arrival.headers['content-encoding'], 'aes128gcm');
      const payload = JSON.parse(SUBSCRIPTION.decrypt(arrival.body)) as { deliveryId: string; title: string };
      return { id: payload.deliveryId, text: payload.title };
    },
  }),
);

const MAIL_TROUBLES: Partial<Record<Trouble, MailBehaviour>> = {
  refuse: 'refuse',
  busy: 'busy',
  hang: 'hang',
  cut: 'cut',
};
notifierContract('email', Object.keys(MAIL_TROUBLES) as Trouble[], async () => {
  const server = await startMailServer();
  const email = { url: server.url, from: 'Peakvolt <pv@grid.example>', timeoutMs: TIMEOUT_MS };
  return {
    notifier: createNotifiers({ email }).get('email')!,
    contact: contactPoint('email', { address: 'wang@example.cn' }),
    secrets: [server.password],
    behave: (trouble) => server.behave(MAIL_TROUBLES[trouble as Trouble] ?? 'well'),
    understood: () =>
      server.mails.map(({ headers, text, html, to }) => {
        deepEqual(to, ['wang@example.cn']);
        ok(html.includes('<html lang="zh-CN">'));
        equal(headers['auto-submitted'], 'auto-generated');
        return {
          id: /^<(.+)@grid\.example>$/.exec(headers['message-id']!)![1]!,
          text: `${headers['subject']}\n${text}`,
        };
      }),
    stop: server.stop,
  };
});

notifierContract('demo', [], async () => {
  const told: Understood[] = [];
  const demo = createNotifiers({ demo: true }).get('demo')!;
  return {
    notifier: {
      channel: 'demo',
      deliver: async (message, contact, nowMs) => {
        const result = await demo.deliver(message, contact, nowMs);
        deepEqual(result, { kind: 'sent', detail: 'simulated, told nobody' });
        told.push({ id: message.id, text: '河西线【模拟】【测试】已恢复告警汇总' });
        return result;
      },
    },
    contact: contactPoint('demo', {}),
    secrets: [],
    behave: () => {},
    understood: () => told,
    stop: () => Promise.resolve(),
  };
});
