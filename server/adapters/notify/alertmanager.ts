import type { AlertFacts, ContactPoint, Delivery } from '../../core/incident/delivery.ts';
import { messageLong, messageTitle } from '../../core/incident/message.ts';
import { placeName } from '../../core/incident/messageWords.ts';
import { jsonRequest, setting, type HttpChannel } from './httpNotifier.ts';

/**
 * Alertmanager, API v2. An alert is its labels, so they hold only what never changes of an incident; what may change is
 * an annotation. Without an end Alertmanager would end it after minutes of silence: ours lasts until it is resolved.
 */

const ACTIVE_MS = 7 * 86_400_000;
/** A digest, a forecast, a test, or that a planned outage begins is news, not a state. */
const NEWS_MS = 5 * 60_000;

export const ALERTMANAGER: HttpChannel = {
  channel: 'alertmanager',
  request: (delivery, contact, nowMs) => {
    const base = setting(contact, 'url').replace(/\/+$/, '');
    return jsonRequest(`${base}/api/v2/alerts`, [alertOf(delivery, contact, nowMs)], authorization(contact));
  },
};

function alertOf({ id, facts }: Delivery, { language }: ContactPoint, nowMs: number): unknown {
  return {
    labels: {
      ...(facts.incidentId === null
        ? { alertname: newsName(facts), delivery_id: id }
        : {
            alertname: 'PeakvoltIncident',
            incident_id: facts.incidentId,
            incident: String(facts.number ?? ''),
          }),
      ...(facts.simulated ? { simulated: 'true' } : {}),
      ...(facts.isTest ? { test: 'true' } : {}),
    },
    annotations: {
      summary: messageTitle(facts, language),
      description: messageLong(facts, language),
      severity: facts.severity,
      condition: facts.condition,
      place: placeName(facts.place, language),
      delivery_id: id,
    },
    startsAt: new Date(facts.startedMs).toISOString(),
    endsAt: new Date(endMs(facts, nowMs)).toISOString(),
    generatorURL: facts.url,
  };
}

function newsName({ kind, outage }: AlertFacts): string {
  if (kind === 'digest') return 'PeakvoltDigest';
  if (kind === 'tonight') return 'PeakvoltForecast';
  return outage === undefined ? 'PeakvoltTest' : 'PeakvoltPlannedOutage';
}

function endMs({ incidentId, kind, resolvedMs }: AlertFacts, nowMs: number): number {
  if (kind === 'resolved') return resolvedMs ?? nowMs;
  return nowMs + (incidentId === null ? NEWS_MS : ACTIVE_MS);
}

function authorization({ settings }: ContactPoint): Record<string, string> {
  const { username = '', password = '', token = '' } = settings;
  if (token !== '') return { authorization: `Bearer ${token}` };
  if (username === '') return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}
