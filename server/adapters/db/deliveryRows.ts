import type { AlertFacts, Delivery, DeliveryAttempt } from '../../core/incident/delivery.ts';
import type { DeliveryTable } from './alertSchema.ts';
import type { Tables } from './schema.ts';
import { storable } from './upsert.ts';

/** Deliveries as rows, and back. */

export function deliveryRow(delivery: Delivery): DeliveryTable {
  return {
    id: delivery.id,
    incident_id: delivery.incidentId,
    user_id: delivery.userId,
    contact_point_id: delivery.contactPointId,
    state: delivery.state,
    attempts: delivery.attempts,
    created_ms: delivery.createdMs,
    next_ms: delivery.nextMs,
    lease_until_ms: delivery.leaseUntilMs,
    expires_ms: delivery.expiresMs,
    instead_of: delivery.insteadOf,
    facts: JSON.stringify(delivery.facts),
  };
}

export function deliveryOf(row: DeliveryTable): Delivery {
  return {
    id: row.id,
    incidentId: row.incident_id,
    userId: row.user_id,
    contactPointId: row.contact_point_id,
    facts: JSON.parse(row.facts) as AlertFacts,
    state: row.state as Delivery['state'],
    attempts: row.attempts,
    createdMs: row.created_ms,
    nextMs: row.next_ms,
    leaseUntilMs: row.lease_until_ms,
    expiresMs: row.expires_ms,
    insteadOf: row.instead_of,
  };
}

export function attemptRow(attempt: DeliveryAttempt): Tables['delivery_attempt'] {
  return {
    delivery_id: attempt.deliveryId,
    number: attempt.number,
    started_ms: attempt.startedMs,
    ended_ms: attempt.endedMs,
    result: attempt.result,
    detail: storable(attempt.detail),
  };
}

export function attemptOf(row: Tables['delivery_attempt']): DeliveryAttempt {
  return {
    deliveryId: row.delivery_id,
    number: row.number,
    startedMs: row.started_ms,
    endedMs: row.ended_ms,
    result: row.result as DeliveryAttempt['result'],
    detail: row.detail,
  };
}
