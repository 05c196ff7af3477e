import type { AlertFacts, ContactPoint, Delivery } from '../../core/incident/delivery.ts';
import type { AlertSettings } from '../../core/incident/settings.ts';

/** A page that nobody could be given is tried for a day (then the next channel): a phone may be off, a gateway down. */
const EXPIRES_MS = 24 * 3_600_000;
/** A page whose channel does not work for so long goes to the person's next channel instead of waiting for this one. */
export const FALLBACK_MS = 120_000;
const RETRY_FIRST_MS = 5_000;
const RETRY_LAST_MS = 30 * 60_000;

/** Contact points of a person that can be used, in the order in which they are tried. */
export function contactsOf(settings: Pick<AlertSettings, 'contactPoints'>, userId: string): ContactPoint[] {
  return settings.contactPoints
    .filter((contact) => contact.userId === userId && contact.enabled)
    .toSorted((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
}

/** A message as a row of the outbox, due at `nextMs`. */
export function newDelivery(
  id: string,
  contact: Pick<ContactPoint, 'id' | 'userId'>,
  facts: AlertFacts,
  nowMs: number,
  nextMs: number = nowMs,
): Delivery {
  return {
    id,
    incidentId: facts.incidentId,
    userId: contact.userId,
    contactPointId: contact.id,
    facts,
    state: 'queued',
    attempts: 0,
    createdMs: nowMs,
    nextMs,
    leaseUntilMs: null,
    expiresMs: nextMs + EXPIRES_MS,
    insteadOf: null,
  };
}

/** The same message over the person's next contact point; null when there is none left. `newId` names it. */
export function standIn(
  delivery: Delivery,
  settings: Pick<AlertSettings, 'contactPoints'>,
  nowMs: number,
  newId: () => string,
): Delivery | null {
  const contacts = contactsOf(settings, delivery.userId);
  const at = contacts.findIndex((contact) => contact.id === delivery.contactPointId);
  const next = contacts[at + 1];
  if (next === undefined) return null;
  return { ...newDelivery(newId(), next, delivery.facts, nowMs), insteadOf: delivery.id };
}

/** Wait before attempt `attempts + 1`: doubling, with jitter so that a gateway that comes back is not stormed. */
export function retryDelayMs(attempts: number, random: () => number): number {
  const ceiling = Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** Math.min(attempts - 1, 16));
  return ceiling * (0.5 + random() / 2);
}
