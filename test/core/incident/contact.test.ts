import { describe, expect, it } from 'vitest';
import {
  CONTACT_FIELDS,
  keptSettings,
  redactedSettings,
  secretsOf,
  settingsFault,
} from '../../../server/core/incident/contact.ts';
import { CHANNELS, type Channel } from '../../../server/core/incident/delivery.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const WELL: Record<Channel, Record<string, string>> = {
  email: { address: 'wang@example.cn' },
  webhook: { url: 'https://hooks.example.cn/in/0123456789', secret: SECRET },
  'web-push': { endpoint: 'https://push.example.net/send/abcdefgh', p256dh: 'BA-_0', auth: 'k8J_x' },
  wecom: { url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6' },
  dingtalk: { url: 'https://oapi.dingtalk.com/robot/send?access_token=abcd1234', secret: 'SEC0123' },
  feishu: { url: 'https://open.feishu.cn/open-apis/bot/v2/hook/abcdefgh-1234' },
  slack: { url: 'https://hooks.slack.com/services/T0/B0/abcdefghijkl' },
  alertmanager: { url: 'http://alertmanager:9093', username: 'pv', password: 'p4ss' },
  sms: { to: '+86 138-0000-0000' },
  demo: {},
};

describe('settings of a contact point', () => {
  it.each(CHANNELS)('%s: whole ones have no fault, missing ones are named', (channel) => {
    expect(settingsFault(channel, WELL[channel])).toEqual([]);
    const needed = CONTACT_FIELDS[channel].filter((f) => !f.isOptional).map((f) => f.name);
    expect(settingsFault(channel, {}).map(({ field, code }) => [field, code])).toEqual(
      needed.map((name) => [name, 'missing']),
    );
    expect(settingsFault(channel, { ...WELL[channel], extra: '1' })).toEqual([
      { field: 'extra', code: 'unknown-field', message: 'is not a setting of this channel' },
    ]);
  });

  it.each<[Channel, string, string, string]>([
    ['email', 'address', 'a@example.cn, b@example.cn', 'address'],
    ['email', 'address', 'a@example.cn\r\nBcc: b@example.cn', 'address'],
    ['email', 'address', 'Wang <a@example.cn>', 'address'],
    ['webhook', 'url', 'file:///etc/passwd', 'url'],
    ['webhook', 'url', 'https://user:password@example.cn/', 'url'],
    ['webhook', 'secret', 'short', 'signing-secret'],
    ['sms', 'to', '138{{text}}', 'phone'],
    ['alertmanager', 'token', 'a\r\nx-evil: 1', 'line'],
    ['slack', 'url', `https://example.cn/${'a'.repeat(2000)}`, 'too-long'],
  ])('%s refuses %s = %j', (channel, field, value, code) => {
    const faults = settingsFault(channel, { ...WELL[channel], [field]: value });
    expect(faults.map((f) => [f.field, f.code])).toEqual([[field, code]]);
  });

  it.each(CHANNELS)('%s: shown without secrets', (channel) => {
    const shown = redactedSettings(channel, WELL[channel]);
    const text = JSON.stringify(shown);
    for (const secret of secretsOf(channel, WELL[channel])) expect(text).not.toContain(secret);
  });

  it('shows of a secret address whose it is, and nothing that is no setting', () => {
    expect(redactedSettings('dingtalk', { ...WELL.dingtalk, stray: 'x' })).toEqual({
      url: 'https://oapi.dingtalk.com/***',
      secret: '***',
    });
  });

  it('knows the parts of an address that may be a key', () => {
    expect(secretsOf('slack', WELL.slack)).toContain('abcdefghijkl');
    expect(secretsOf('wecom', WELL.wecom)).toContain('693a91f6');
    expect(secretsOf('webhook', { url: 'not an address', secret: '' })).toEqual(['not an address']);
  });
});

describe('secrets that come back as they were shown', () => {
  const shownOf = (channel: Channel) => redactedSettings(channel, WELL[channel]);

  it.each(CHANNELS)('%s: are kept, and with them nothing is lost', (channel) => {
    expect(keptSettings(channel, shownOf(channel), WELL[channel])).toEqual(WELL[channel]);
    expect(keptSettings(channel, WELL[channel], null)).toEqual(WELL[channel]);
  });

  it.each(CHANNELS)('%s: are asked for again where there were none', (channel) => {
    const isSecret = CONTACT_FIELDS[channel].some((field) => field.isSecret);
    const kept = keptSettings(channel, shownOf(channel), null);
    expect(kept === null).toBe(isSecret);
  });

  it('never go to another address', () => {
    const { webhook } = WELL;
    const moved = { ...shownOf('webhook'), url: 'https://other.example/x' };
    expect(keptSettings('webhook', moved, webhook)).toBeNull();
    expect(keptSettings('webhook', { ...moved, secret: webhook.secret! }, webhook)).toEqual({
      ...webhook,
      url: 'https://other.example/x',
    });
  });
});
