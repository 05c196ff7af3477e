import { inject, vi } from 'vitest';

/** Alone on two cores the demo makes back-test and forecast within half a minute of its start; beside other tests later. */
export const FIRST_RUN_MS = 240_000;

interface Run {
  error: string | null;
}

/** Resolves when the demo has forecast the season to come, which it does by itself. */
export async function firstRunMade(): Promise<void> {
  const url = new URL('/api/v1/readiness', inject('demo').url);
  const isMade = async (): Promise<boolean> => {
    // A connection that is kept may be closed between two questions when the machine is busy.
    const answer = await fetch(url, { headers: { connection: 'close' } });
    const { run, failed } = (await answer.json()) as { run: Run | null; failed: Run | null };
    if (failed !== null) throw new Error(`the first run failed: ${failed.error}`);
    return run !== null;
  };
  await vi.waitUntil(isMade, { timeout: FIRST_RUN_MS, interval: 500 });
}
