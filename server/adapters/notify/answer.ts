import type { DeliveryResult } from '../../core/incident/delivery.ts';
import type { FetchOutcome } from './safeFetch.ts';

/** What the answer of the other end means for a delivery. */

const DETAIL_LENGTH_MAX = 300;
/** Longer than a delivery lives makes no difference. */
const RETRY_AFTER_MS_MAX = 86_400_000;
/** Statuses below 500 that pass: timeout, too early, too many. */
const PASSING = new Set([408, 425, 429]);

/**
 * What a service says in its body rather than in its status; null: the status is right. `unread`: it did not say what
 * it always says, so whoever answered 2xx (a proxy's page) was not the service.
 */
export type Verdict = (
  body: string,
) => { kind: 'retry' | 'unread'; afterMs: number } | { kind: 'refused' } | null;

/**
 * 2xx was sent; 408, 425, 429, 5xx and the network may pass; what else is refused. `secrets` are taken out of what is
 * quoted.
 */
export function resultOf(
  outcome: FetchOutcome,
  { nowMs, secrets, verdict }: { nowMs: number; secrets: readonly string[]; verdict?: Verdict | undefined },
): DeliveryResult {
  if (outcome.kind === 'forbidden') return { kind: 'refused', reason: outcome.reason };
  if (outcome.kind === 'failed') return { kind: 'retry', reason: outcome.reason };
  const { status, body, retryAfter } = outcome;
  const reason = `${status} ${quoted(body, secrets)}`.trim();
  const afterMs = retryAfterMs(retryAfter, nowMs);
  const passing = (ms: number | null): DeliveryResult =>
    ms === null ? { kind: 'retry', reason } : { kind: 'retry', reason, afterMs: ms };
  const said = verdict?.(body) ?? null;
  if (said?.kind === 'retry') return passing(afterMs ?? said.afterMs);
  if (PASSING.has(status) || status >= 500) return passing(afterMs);
  if (said?.kind === 'refused' || status < 200 || status >= 300) return { kind: 'refused', reason };
  if (said?.kind === 'unread') return passing(afterMs ?? said.afterMs);
  return { kind: 'sent', detail: reason };
}

/** Retry-After in seconds or as a date (RFC 9110, 10.2.3); null where there is none that can be read. */
export function retryAfterMs(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  const ms = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), RETRY_AFTER_MS_MAX);
}

/** A piece of what someone else wrote: one line, bounded, without a secret that it repeats. */
export function quoted(text: string, secrets: readonly string[]): string {
  let clean = text;
  // Longest first: a part of a secret must not be cut out of the middle of it.
  for (const secret of secrets.toSorted((a, b) => b.length - a.length))
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
      clean = clean.replaceAll(form, '***');
  return clean
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, DETAIL_LENGTH_MAX)
    .toWellFormed();
}
