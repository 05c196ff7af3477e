import type { AlertDesk } from './ports.ts';

const EMPTY = {
  routes: [],
  policies: [],
  schedules: [],
  silences: [],
  outages: [],
  seasons: [],
  contactPoints: [],
  people: [],
};

/** Stands where alerting will: there is nothing to be told of, and whoever wants to change something hears so. */
export function idleAlerts(): AlertDesk {
  const refuse = () => Promise.reject(new Error('alerting is not running'));
  return {
    act: () => Promise.resolve({ kind: 'refused', reason: 'not-running' }),
    active: () => [],
    settings: () => EMPTY,
    people: () => [],
    put: refuse,
    remove: refuse,
    warnings: () => [],
    testContact: refuse,
    proof: () => ({
      lastProvenMs: null,
      lastSentMs: null,
      ok: false,
      watchdog: { configured: false, lastPingMs: null, lastError: null },
    }),
    onChange: () => () => undefined,
  };
}
