import type { Clock } from '../ports.ts';

/** The work was told to stop while it waited. */
export class StoppedError extends Error {
  constructor() {
    super('Stopped.');
    this.name = 'StoppedError';
  }
}

/** Waits `delayMs`, or less when the signal comes. @throws StoppedError when it was or is aborted */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new StoppedError());
    const onAbort = (): void => {
      cancel();
      reject(new StoppedError());
    };
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Whichever comes first: the work, or the signal. The work itself goes on; its late outcome is ignored. */
export function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new StoppedError());
    const onAbort = (): void => reject(new StoppedError());
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

const BACKOFF_FIRST_MS = 250;
const BACKOFF_LAST_MS = 10_000;

/** Exponential back-off with full jitter above half: `attempt` from 0, `random` in [0, 1). */
export function backoffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempt, 20));
  return ceiling * (0.5 + random() / 2);
}
