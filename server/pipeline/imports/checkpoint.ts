import type { Settings } from '../../ports.ts';
import type { ImportOptions } from './report.ts';

const KEY_PREFIX = 'import.history.';

/** How far an import of one input came, so that it can go on after it was broken off. */
export interface Checkpoint {
  /** Rows of the input that an earlier run wrote. */
  rowsDone: number;
  advance(rowsDone: number, someRefused: boolean): Promise<void>;
  clear(): Promise<void>;
}

/** The checkpoint of `resumeKey`; without a key, or in a dry run, one that begins at 0 and keeps nothing. */
export async function checkpointOf(
  settings: Settings,
  { resumeKey, dryRun = false }: ImportOptions,
): Promise<Checkpoint> {
  if (resumeKey === undefined || dryRun) {
    return { rowsDone: 0, advance: () => Promise.resolve(), clear: () => Promise.resolve() };
  }
  const key = KEY_PREFIX + resumeKey;
  const stored = Number((await settings.get(key)) || 0);
  const rowsDone = Number.isSafeInteger(stored) && stored > 0 ? stored : 0;
  let held = false;
  return {
    rowsDone,
    async advance(rows, someRefused) {
      // A resumed run reports the whole input, so what the store refused must be offered to it again.
      held ||= someRefused;
      if (!held && rows > rowsDone) await settings.set(key, String(rows));
    },
    clear: () => settings.set(key, ''),
  };
}
