import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNotifiers } from '../../../server/adapters/notify/channels.ts';
import { newVapidKeys } from '../../../server/adapters/notify/webPush.ts';
import { CONTACT_FIELDS } from '../../../server/core/incident/contact.ts';
import type { AlertFacts, Channel, ContactPoint } from '../../../server/core/incident/delivery.ts';
import { delivery, NOW_MS } from '../../contract/notifier.ts';
import { startHttpReceiver, type HttpReceiver } from '../../fixtures/httpReceiver.ts';
import { startMailServer } from '../../fixtures/mailServer.ts';
import { pushSubscription } from '../../fixtures/pushSubscription.ts';

const vapid = { subject: 'mailto:duty@example.cn', ...newVapidKeys() };
const subscription = pushSubscription();
const sms = { url: 'http://sms.invalid/', method: 'GET', headers: {}, body: '' } as const;
const allow = { fetch: { allow: ['127.0.0.0/8'] } };
let receiver: HttpReceiver;

beforeAll(async () => {
  receiver = await startHttpReceiver('ok');
});
afterAll(() => receiver.stop());

function contactPoint(
  channel: Channel,
  settings: Record<string, string>,
  language: ContactPoint['language'] = 'en',
): ContactPoint {
  return { id: 'c1', userId: 'u', channel, name: 'c', language, settings, priority: 0, enabled: true };
}

/** Sends over a channel whose service answers so. */
async function answered(channel: Channel, body: string, status = 200) {
  receiver.behave('well', { status, body });
  const contact = contactPoint(channel, { url: receiver.origin });
  return createNotifiers(allow).get(channel)!.deliver(delivery('d'), contact, NOW_MS);
}

describe('what a service says in its body', () => {
  it.each<[Channel, string, string, number?]>([
    ['wecom', '{"errcode":0,"errmsg":"ok"}', 'sent'],
    ['wecom', '{"errcode":45009,"errmsg":"api freq out of limit"}', 'retry'],
    ['wecom', '{"errcode":-1,"errmsg":"system busy"}', 'retry'],
    ['wecom', '{"errcode":93000,"errmsg":"invalid webhook url"}', 'refused'],
    ['wecom', '<html>Login to the hotel network</html>', 'retry'],
    ['wecom', '<html>not found</html>', 'refused', 404],
    ['dingtalk', '{"errcode":0,"errmsg":"ok"}', 'sent'],
    ['dingtalk', '{"errcode":130101,"errmsg":"send too fast"}', 'retry'],
    ['dingtalk', '{"errcode":310000,"errmsg":"sign not match"}', 'refused'],
    ['dingtalk', '{"errcode":300001,"errmsg":"token is not exist"}', 'refused'],
    ['feishu', '{"code":0,"msg":"success"}', 'sent'],
    ['feishu', '{"code":11232,"msg":"frequency limited"}', 'retry'],
    ['feishu', '{"code":11232,"msg":"frequency limited"}', 'retry', 400],
    ['feishu', '{"code":19021,"msg":"sign match fail"}', 'refused'],
    ['feishu', '{"code":19001,"msg":"incoming webhook access token invalid"}', 'refused'],
    ['slack', 'no_service', 'refused', 404],
    ['slack', 'channel_is_archived', 'refused', 410],
  ])('%s: %s is %s', async (channel, body, kind, status) => {
    const result = await answered(channel, body, status);
    expect(result.kind).toBe(kind);
    expect('afterMs' in result ? result.afterMs : null).toBe(kind === 'retry' ? 60_000 : null);
  });
});

describe('web push', () => {
  const sendPush = async (
    over: Partial<AlertFacts>,
    language: ContactPoint['language'] = 'en',
    status = 201,
  ) => {
    receiver.behave('well', { status, body: '' });
    const contact = contactPoint(
      'web-push',
      { endpoint: receiver.origin, ...subscription.settings },
      language,
    );
    const result = await createNotifiers({ ...allow, vapid })
      .get('web-push')!
      .deliver(delivery('d', over), contact, NOW_MS);
    const arrival = receiver.arrivals.at(-1)!;
    const payload = JSON.parse(subscription.decrypt(arrival.body)) as Record<string, unknown>;
    return { result, payload, headers: arrival.headers };
  };

  it('says what happened, what can be done, and how urgent it is', async () => {
    const { payload, headers } = await sendPush({});
    expect(payload).toEqual({
      deliveryId: 'd',
      kind: 'opened',
      incidentId: '0197f3c4-8a10-7000-8000-000000000128',
      number: 128,
      severity: 'severe',
      title: 'Severe low voltage: Hexi feeder #128',
      body: '174.2 V (limit 198.0). 14 transformers, 1,126 homes. since 21:04',
      language: 'en',
      tag: '0197f3c4-8a10-7000-8000-000000000128',
      url: 'https://pv.example.cn/#/incidents/128',
      simulated: false,
      isTest: false,
      actions: [
        { action: 'acknowledge', title: 'Acknowledge' },
        { action: 'open', title: 'Open' },
      ],
    });
    expect(headers['urgency']).toBe('high');
    expect(headers['topic']).toMatch(/^[\w-]{32}$/);
  });

  it('offers no answer to what is over, and lets a newer word replace an older one', async () => {
    const opened = await sendPush({ severity: 'mild' }, 'zh-CN');
    const resolved = await sendPush({ kind: 'resolved', resolvedMs: NOW_MS }, 'zh-CN');
    expect(resolved.payload['actions']).toEqual([{ action: 'open', title: '查看' }]);
    expect(resolved.headers['topic']).toBe(opened.headers['topic']);
    expect(opened.headers['urgency']).toBe('normal');
  });

  it('fits what a push service must take', async () => {
    const items = Array.from({ length: 50 }, (_, i) => ({
      number: i,
      severity: 'mild' as const,
      place: { zh: '长'.repeat(60), en: '' },
      worstV: 195,
    }));
    await sendPush({ kind: 'digest', incidentId: null, number: null, items }, 'zh-CN');
    expect(receiver.arrivals.at(-1)!.body.length).toBeLessThanOrEqual(4096);
  });

  it.each([404, 410])('%i: the browser has unsubscribed', async (status) => {
    expect((await sendPush({}, 'en', status)).result.kind).toBe('refused');
  });
});

describe('names that are markup', () => {
  const name = `<!channel> & "quoted"\n{{to}}`;
  const place = { zh: name, en: name };

  it('call nobody in Slack', async () => {
    receiver.behave('well');
    const contact = contactPoint('slack', { url: receiver.origin });
    await createNotifiers(allow).get('slack')!.deliver(delivery('d', { place }), contact, NOW_MS);
    const { text } = JSON.parse(receiver.arrivals.at(-1)!.body.toString()) as { text: string };
    expect(text).toContain('&lt;!channel&gt; &amp; "quoted"');
    expect(text).not.toContain('<!');
  });

  it.each([
    [
      'application/json',
      '{"a":"{{text}}","b":"{{to}}"}',
      (body: string) => (JSON.parse(body) as { a: string }).a,
    ],
    [
      'application/x-www-form-urlencoded',
      'a={{text}}&b=1',
      (body: string) => new URLSearchParams(body).get('a')!,
    ],
    ['text/xml', '<a>{{text}}</a>', (body: string) => body],
    ['text/plain', '{{text}}', (body: string) => body],
  ])('stay text in an SMS gateway that takes %s', async (type, body, read) => {
    receiver.behave('well');
    const gateway = {
      url: `${receiver.origin}/?t={{text}}`,
      method: 'PUT',
      headers: { 'content-type': type },
      body,
    } as const;
    const contact = contactPoint('sms', { to: '13800000000' });
    await createNotifiers({ ...allow, sms: gateway })
      .get('sms')!
      .deliver(delivery('d', { place }), contact, NOW_MS);
    const arrival = receiver.arrivals.at(-1)!;
    expect(arrival.method).toBe('PUT');
    expect(read(arrival.body.toString())).toContain(type === 'text/xml' ? '&lt;!channel&gt;' : '<!channel>');
    // A hole in a name is no hole of the template.
    expect(read(arrival.body.toString())).not.toContain('13800000000');
    expect(new URL(arrival.target, 'http://x').searchParams.get('t')).toContain('<!channel> & "quoted"');
  });
});

describe('e-mail', () => {
  it('keeps its connection, and the mails of one incident together', async () => {
    const server = await startMailServer();
    const notifier = createNotifiers({ email: { url: server.url, from: 'pv@grid.example' } }).get('email')!;
    const contact = contactPoint('email', { address: 'a@example.cn' });
    for (const id of ['m1', 'm2', 'm3'])
      expect(await notifier.deliver(delivery(id), contact, NOW_MS)).toMatchObject({ kind: 'sent' });
    expect(server.connections).toBe(1);
    expect(new Set(server.mails.map((mail) => mail.headers['references'])).size).toBe(1);
    expect(server.mails[0]!.headers['x-priority']).toMatch(/^1/);
    expect(server.mails[0]!.text).toContain('Since: 2026-07-14 21:04 (Asia/Shanghai)');

    server.behave('wrong-login');
    const stranger = createNotifiers({ email: { url: server.url, from: 'pv@grid.example' } }).get('email')!;
    const refused = await stranger.deliver(delivery('m4'), contact, NOW_MS);
    expect(refused).toMatchObject({ kind: 'refused' });
    expect(JSON.stringify(refused)).not.toContain(server.password);
    notifier.close?.();
    stranger.close?.();
    await server.stop();
  });
});

describe('the set of channels', () => {
  it('holds what the installation can do', () => {
    expect([...createNotifiers({}).keys()]).toEqual([
      'webhook',
      'wecom',
      'dingtalk',
      'feishu',
      'slack',
      'alertmanager',
    ]);
    const all = createNotifiers({ vapid, sms, demo: true, email: { url: 'smtp://x', from: 'a@b.c' } });
    expect([...all.keys()].slice(6)).toEqual(['web-push', 'sms', 'email', 'demo']);
    for (const [channel, notifier] of all) expect(notifier.channel).toBe(channel);
  });
});

describe('docs/notifications.md', () => {
  const text = readFileSync('docs/notifications.md', 'utf8');

  it('names every setting of every channel', () => {
    for (const [channel, fields] of Object.entries(CONTACT_FIELDS)) {
      const row = text.split('\n').find((line) => line.startsWith(`| \`${channel}\``))!;
      for (const { name, isSecret } of fields)
        expect(row).toContain(isSecret ? `**\`${name}\`**` : `\`${name}\``);
    }
  });

  it('names every field of the webhook', async () => {
    receiver.behave('well');
    const secret = Buffer.alloc(32, 7).toString('base64');
    const contact = contactPoint('webhook', { url: receiver.origin, secret });
    await createNotifiers(allow).get('webhook')!.deliver(delivery('d'), contact, NOW_MS);
    const { data } = JSON.parse(receiver.arrivals.at(-1)!.body.toString()) as { data: object };
    for (const name of Object.keys(data)) expect(text).toMatch(new RegExp(`^\\|[^|]*\`${name}\``, 'm'));
  });
});
