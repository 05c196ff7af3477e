import type { Notifier } from '../../alertPorts.ts';
import type { Channel } from '../../core/incident/delivery.ts';
import { ALERTMANAGER } from './alertmanager.ts';
import { DEMO_NOTIFIER } from './demo.ts';
import { DINGTALK } from './dingtalk.ts';
import { EmailNotifier, type EmailOptions } from './email.ts';
import { FEISHU } from './feishu.ts';
import { httpNotifier, type HttpChannel } from './httpNotifier.ts';
import { SafeFetch, type SafeFetchOptions } from './safeFetch.ts';
import { SLACK } from './slack.ts';
import { smsChannel, type SmsGateway } from './sms.ts';
import { WEBHOOK } from './webhook.ts';
import { WECOM } from './wecom.ts';
import { webPushChannel, type VapidKeys } from './webPush.ts';

/** What the installation has beyond what a contact point says; a channel without its part is not there. */
export interface ChannelOptions {
  /** Mail server; no e-mail when absent. */
  email?: EmailOptions | undefined;
  /** No Web Push when absent. */
  vapid?: VapidKeys | undefined;
  /** No text messages when absent. */
  sms?: SmsGateway | undefined;
  /** Adds the channel that tells nobody. */
  demo?: boolean | undefined;
  /** Which addresses inside the own network may be reached, and how long one is waited for. */
  fetch?: SafeFetchOptions | undefined;
}

/** The channels that can deliver here. `close` of each lets go of what it keeps. */
export function createNotifiers(options: ChannelOptions): Map<Channel, Notifier> {
  const fetch = new SafeFetch(options.fetch ?? {});
  const overHttp: HttpChannel[] = [WEBHOOK, WECOM, DINGTALK, FEISHU, SLACK, ALERTMANAGER];
  if (options.vapid !== undefined) overHttp.push(webPushChannel(options.vapid));
  if (options.sms !== undefined) overHttp.push(smsChannel(options.sms));
  const notifiers = overHttp.map((channel) => httpNotifier(channel, fetch));
  if (options.email !== undefined) notifiers.push(new EmailNotifier(options.email));
  if (options.demo === true) notifiers.push(DEMO_NOTIFIER);
  return new Map(notifiers.map((notifier) => [notifier.channel, notifier]));
}
