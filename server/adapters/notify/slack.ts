import { messageLong, messageTitle } from '../../core/incident/message.ts';
import { jsonRequest, setting, type HttpChannel } from './httpNotifier.ts';

/** Incoming webhook of Slack, or of what speaks like it (Mattermost, Rocket.Chat). */
export const SLACK: HttpChannel = {
  channel: 'slack',
  request: ({ facts }, contact) =>
    jsonRequest(setting(contact, 'url'), {
      text: `*${escapeText(messageTitle(facts, contact.language))}*\n${escapeText(messageLong(facts, contact.language))}`,
    }),
};

/** The three characters that Slack reads as markup: without them nobody can be called by `<!channel>` in a name. */
function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
