import { createHmac } from 'node:crypto';
import { messageLong, messageTitle } from '../../core/incident/message.ts';
import { codeVerdict, jsonRequest, setting, type HttpChannel } from './httpNotifier.ts';

/** Group robot of DingTalk (钉钉): 20 messages a minute, answers 200 with `errcode`; signed where a secret is set. */

/** Busy (-1), too often (130101, 410100). */
const PASSING = new Set([-1, 130_101, 410_100]);
const PAUSE_MS = 60_000;

export const DINGTALK: HttpChannel = {
  channel: 'dingtalk',
  request: ({ facts }, contact, nowMs) => {
    const url = new URL(setting(contact, 'url'));
    const secret = contact.settings['secret'] ?? '';
    if (secret !== '') {
      const signature = createHmac('sha256', secret).update(`${nowMs}\n${secret}`).digest('base64');
      url.searchParams.set('timestamp', String(nowMs));
      url.searchParams.set('sign', signature);
    }
    return jsonRequest(url.href, {
      msgtype: 'text',
      text: {
        content: `${messageTitle(facts, contact.language)}\n${messageLong(facts, contact.language)}`,
      },
    });
  },
  verdict: codeVerdict('errcode', PASSING, PAUSE_MS),
};
