import { messageLong, messageTitle } from '../../core/incident/message.ts';
import { codeVerdict, jsonRequest, setting, type HttpChannel } from './httpNotifier.ts';

/** Group robot of WeCom (企业微信): 20 messages a minute, answers 200 with `errcode`. */

/** Busy (-1), too often (45009), too many at once (45033). */
const PASSING = new Set([-1, 45_009, 45_033]);
const PAUSE_MS = 60_000;

export const WECOM: HttpChannel = {
  channel: 'wecom',
  request: ({ facts }, contact) =>
    jsonRequest(setting(contact, 'url'), {
      msgtype: 'text',
      text: {
        content: `${messageTitle(facts, contact.language)}\n${messageLong(facts, contact.language)}`,
      },
    }),
  verdict: codeVerdict('errcode', PASSING, PAUSE_MS),
};
