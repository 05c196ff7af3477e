import { Webhook } from 'standardwebhooks';
import { evidenceSentence } from '../../core/incident/evidence.ts';
import type { AlertFacts, ContactPoint, Delivery } from '../../core/incident/delivery.ts';
import { messageLong, messageTitle } from '../../core/incident/message.ts';
import { jsonRequest, setting, type HttpChannel } from './httpNotifier.ts';

/** Signed webhook (standardwebhooks.com): `webhook-id` is the delivery, so a duplicate is recognised by it. */
export const WEBHOOK: HttpChannel = {
  channel: 'webhook',
  request: (delivery, contact, nowMs) => {
    const request = jsonRequest(setting(contact, 'url'), webhookBody(delivery, contact));
    const signer = new Webhook(setting(contact, 'secret'));
    return {
      ...request,
      headers: {
        ...request.headers,
        'webhook-id': delivery.id,
        'webhook-timestamp': String(Math.floor(nowMs / 1000)),
        'webhook-signature': signer.sign(delivery.id, new Date(nowMs), request.body.toString()),
      },
    };
  },
};

/** The body: described in docs/notifications.md, the same on every attempt. */
function webhookBody({ id, facts, createdMs }: Delivery, { language }: ContactPoint): unknown {
  return {
    type: typeOf(facts),
    timestamp: new Date(createdMs).toISOString(),
    data: {
      deliveryId: id,
      incidentId: facts.incidentId,
      number: facts.number,
      severity: facts.severity,
      condition: facts.condition,
      place: facts.place,
      worstV: facts.worstV,
      limitV: facts.limitV,
      startedMs: facts.startedMs,
      resolvedMs: facts.resolvedMs,
      transformers: facts.transformers,
      customers: facts.customers,
      importantCustomers: facts.importantCustomers,
      cause: causeOf(facts),
      outage: facts.outage ?? null,
      tonight: facts.tonight ?? null,
      items: facts.items ?? [],
      simulated: facts.simulated,
      isTest: facts.isTest,
      url: facts.url,
      timeZone: facts.timeZone,
      title: messageTitle(facts, language),
      text: messageLong(facts, language),
    },
  };
}

function typeOf({ kind }: AlertFacts): string {
  if (kind === 'digest' || kind === 'test') return kind;
  if (kind === 'tonight') return 'forecast.tonight';
  return kind.startsWith('outage-') ? kind.replace('-', '.') : `incident.${kind}`;
}

function causeOf({ cause }: AlertFacts): unknown {
  if (cause === null) return null;
  return {
    kind: cause.kind,
    confidence: cause.confidence,
    evidence: cause.evidence.map((piece) => ({
      ...piece,
      zh: evidenceSentence(piece, 'zh-CN'),
      en: evidenceSentence(piece, 'en'),
    })),
  };
}
