import type { Clock } from '../ports.ts';

/** `npm` passes on the signal that the terminal has sent to us as well: within this it is the same Ctrl-C. */
const SAME_SIGNAL_MS = 500;

/**
 * Resolves with the name of the first SIGINT or SIGTERM. A second one ends the process at once: whatever was
 * acknowledged is in the spool by then.
 */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstMs: number | null = null;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (firstMs !== null && performance.now() - firstMs > SAME_SIGNAL_MS) process.exit(130);
        firstMs ??= performance.now();
        resolve(signal);
      });
    }
  });
}

/**
 * Ends the process `graceMs` after the signal, whatever hangs; the result calls that off. A service manager kills soon
 * after, and without a word.
 */
export function endAfter(
  stopping: Promise<unknown>,
  graceMs: number,
  { clock, onLate }: { clock: Clock; onLate(): void },
): () => void {
  let done = false;
  let cancel = (): void => undefined;
  const arm = async (): Promise<void> => {
    await stopping;
    if (done) return;
    cancel = clock.after(graceMs, () => {
      onLate();
      process.exit(1);
    });
  };
  void arm();
  return () => {
    done = true;
    cancel();
  };
}
