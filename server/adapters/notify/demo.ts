import type { Notifier } from '../../alertPorts.ts';

/** The channel of the demo: what would have been told is on its page, and nobody is woken. */
export const DEMO_NOTIFIER: Notifier = {
  channel: 'demo',
  deliver: () => Promise.resolve({ kind: 'sent', detail: 'simulated, told nobody' }),
};
