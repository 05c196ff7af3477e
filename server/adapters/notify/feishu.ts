import { createHmac } from 'node:crypto';
import { messageLong, messageTitle } from '../../core/incident/message.ts';
import { codeVerdict, jsonRequest, setting, type HttpChannel } from './httpNotifier.ts';

/** Group robot of Feishu (飞书): 100 messages a minute, answers with `code`; signed where a secret is set. */

/** Too often: by robot (11232), by the platform (99991400). */
const PASSING = new Set([11_232, 99_991_400]);
const PAUSE_MS = 60_000;

export const FEISHU: HttpChannel = {
  channel: 'feishu',
  request: ({ facts }, contact, nowMs) => {
    const secret = contact.settings['secret'] ?? '';
    return jsonRequest(setting(contact, 'url'), {
      ...(secret === '' ? {} : signed(secret, Math.floor(nowMs / 1000))),
      msg_type: 'text',
      content: {
        text: `${messageTitle(facts, contact.language)}\n${messageLong(facts, contact.language)}`,
      },
    });
  },
  verdict: codeVerdict('code', PASSING, PAUSE_MS),
};

/** What is signed is the key, and the message is empty: so the platform wants it. */
function signed(secret: string, timestampS: number): { timestamp: string; sign: string } {
  return {
    timestamp: String(timestampS),
    sign: createHmac('sha256', `${timestampS}\n${secret}`).digest('base64'),
  };
}
