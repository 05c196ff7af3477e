/** Second Ctrl-C within this: the person means it. */
const IMPATIENT_MS = 5000;

/**
 * Resolves with the name of the first SIGINT or SIGTERM. A second one soon after ends the process at once: whatever was
 * acknowledged is in the spool by then.
 */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstMs: number | null = null;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (firstMs !== null && performance.now() - firstMs < IMPATIENT_MS) process.exit(130);
        firstMs ??= performance.now();
        resolve(signal);
      });
    }
  });
}
