import { asApiError } from './api.ts';
import type { ssoEn } from './i18n/ssoEn.ts';

/** Why single sign-on came to nothing. */
export type SsoWhy = keyof typeof ssoEn.ssoWhy;
const REASONS: Readonly<Record<SsoWhy, true>> = {
  away: true,
  denied: true,
  stale: true,
  distrusted: true,
  unknown: true,
  forbidden: true,
};

function whyOf(text: unknown): SsoWhy | null {
  return typeof text === 'string' && Object.hasOwn(REASONS, text) ? (text as SsoWhy) : null;
}

/** What the address says of a login that came to nothing (`/?sso=away#/…`); said once, then gone from the address. */
export function takeSsoReturn(): SsoWhy | null {
  const why = whyOf(new URLSearchParams(location.search).get('sso'));
  if (why !== null) history.replaceState(history.state, '', `${location.pathname}${location.hash}`);
  return why;
}

/** The same of a login that could not be begun; anything else is thrown on. */
export function whyNotBegun(caught: unknown): SsoWhy | null {
  const { body } = asApiError(caught);
  return typeof body === 'object' && body !== null && 'reason' in body ? whyOf(body.reason) : null;
}
