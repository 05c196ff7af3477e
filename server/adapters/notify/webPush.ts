import { createHash } from 'node:crypto';
import webPush from 'web-push';
import type { AlertFacts, ContactPoint, Delivery } from '../../core/incident/delivery.ts';
import { messageBrief, messageTitle } from '../../core/incident/message.ts';
import { setting, type HttpChannel } from './httpNotifier.ts';

/** Web Push (RFC 8030, 8291, 8292): encrypted for the browser, signed with the keys of this installation. */

export interface VapidKeys {
  /** `mailto:` or `https:` by which a push service may reach the operator. */
  subject: string;
  /** Base64url, as `web-push` generates them. */
  publicKey: string;
  privateKey: string;
}

/** A push service must take 4096 bytes encrypted; Han takes three bytes a character. */
const BODY_LENGTH_MAX = 400;
const TOPIC_LENGTH = 32;

/** Keys for a new installation; subscriptions are bound to them, so they are made once and kept. */
export function newVapidKeys(): Omit<VapidKeys, 'subject'> {
  return webPush.generateVAPIDKeys();
}

export function webPushChannel(vapidDetails: VapidKeys): HttpChannel {
  return {
    channel: 'web-push',
    secrets: [vapidDetails.privateKey],
    request: (delivery, contact, nowMs) => {
      const { facts } = delivery;
      const { endpoint, method, headers, body } = webPush.generateRequestDetails(
        {
          endpoint: setting(contact, 'endpoint'),
          keys: { p256dh: setting(contact, 'p256dh'), auth: setting(contact, 'auth') },
        },
        JSON.stringify(pushPayload(delivery, contact)),
        {
          vapidDetails,
          // After that another channel has told, or nobody can.
          TTL: Math.max(0, Math.floor((delivery.expiresMs - nowMs) / 1000)),
          urgency: facts.severity === 'mild' || facts.kind === 'digest' ? 'normal' : 'high',
          // While a phone is off, the newest word on an incident stands in for the older ones.
          ...(facts.incidentId === null ? {} : { topic: topicOf(facts.incidentId) }),
        },
      );
      const lengthFree = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length');
      return {
        method: method as 'POST',
        url: endpoint,
        headers: Object.fromEntries(lengthFree.map(([name, value]) => [name, String(value)])),
        body: body ?? '',
      };
    },
    // 404 and 410 mean that the browser unsubscribed: refused, as every other 4xx.
  };
}

/** What the service worker gets: `tag` replaces the notification of the same incident. */
function pushPayload({ id, facts }: Delivery, { language }: ContactPoint): unknown {
  return {
    deliveryId: id,
    kind: facts.kind,
    incidentId: facts.incidentId,
    number: facts.number,
    severity: facts.severity,
    title: messageTitle(facts, language),
    body: messageBrief(facts, language).slice(0, BODY_LENGTH_MAX).toWellFormed(),
    language,
    tag: facts.incidentId ?? facts.outage?.id ?? facts.kind,
    url: facts.url,
    simulated: facts.simulated,
    isTest: facts.isTest,
    actions: actionsOf(facts, language),
  };
}

function actionsOf(
  facts: AlertFacts,
  language: ContactPoint['language'],
): { action: string; title: string }[] {
  const open = { action: 'open', title: language === 'zh-CN' ? '查看' : 'Open' };
  const isAnswerable = facts.incidentId !== null && facts.kind !== 'resolved';
  if (!isAnswerable) return [open];
  return [{ action: 'acknowledge', title: language === 'zh-CN' ? '确认' : 'Acknowledge' }, open];
}

function topicOf(incidentId: string): string {
  return createHash('sha256').update(incidentId).digest('base64url').slice(0, TOPIC_LENGTH);
}
