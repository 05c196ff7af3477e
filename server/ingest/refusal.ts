import type { RefusalReason } from '../core/reading.ts';

/** Why one input unit was not taken. */
export interface Refusal {
  reason: RefusalReason;
  detail: string;
  /** The transformer it speaks of, where that could be read. */
  transformerId: string | null;
}

/** Longest piece of foreign text that a detail repeats. */
const QUOTE_LENGTH_MAX = 60;

export function refusal(reason: RefusalReason, detail: string, transformerId: string | null = null): Refusal {
  return { reason, detail, transformerId };
}

/** Foreign text for a detail: short, one line, no control characters. */
export function quoted(text: unknown): string {
  // String() of a foreign object may throw (`{"toString":1}`) or recurse without end (nested lists).
  if (typeof text === 'object' && text !== null) return Array.isArray(text) ? 'a list' : 'an object';
  const one = String(text)
    .slice(0, QUOTE_LENGTH_MAX + 1)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, ' ');
  return one.length > QUOTE_LENGTH_MAX ? `"${one.slice(0, QUOTE_LENGTH_MAX)}…"` : `"${one}"`;
}
