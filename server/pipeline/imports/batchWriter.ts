import type { Reading } from '../../core/reading.ts';
import type { Clock, ReadingStore } from '../../ports.ts';
import { ImportFailure } from './report.ts';

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 30_000;
/** A person or a connection waits on the import: after so long it gives up, and can be resumed. */
const GIVE_UP_MS = 600_000;

/** Writes rows until the store has them, and returns the positions that it will never take, with its reason. */
export type BatchWriter = (rows: readonly Reading[]) => Promise<{ index: number; reason: string }[]>;

/**
 * Retries what the store may yet take, halves what is too large, and finds refused rows by bisection.
 *
 * @throws ImportFailure when the store needs someone to act, or takes nothing for ten minutes.
 */
export function batchWriter(store: Pick<ReadingStore, 'writeReadings'>, clock: Clock): BatchWriter {
  const write = async (
    rows: readonly Reading[],
    offset: number,
  ): Promise<{ index: number; reason: string }[]> => {
    const result = await patiently(store, clock, rows);
    if (result.kind === 'stored') return [];
    if (rows.length === 1) return [{ index: offset, reason: result.reason }];
    const half = rows.length >>> 1;
    return [...(await write(rows.slice(0, half), offset)), ...(await write(rows.slice(half), offset + half))];
  };
  return (rows) => (rows.length === 0 ? Promise.resolve([]) : write(rows, 0));
}

type Settled = { kind: 'stored' } | { kind: 'too-large' | 'refused'; reason: string };

async function patiently(
  store: Pick<ReadingStore, 'writeReadings'>,
  clock: Clock,
  rows: readonly Reading[],
): Promise<Settled> {
  const deadlineMs = clock.nowMs() + GIVE_UP_MS;
  for (let delayMs = RETRY_MS_MIN; ; delayMs = Math.min(delayMs * 2, RETRY_MS_MAX)) {
    const result = await store.writeReadings(rows);
    if (result.kind === 'parked') throw new ImportFailure(result.reason, result.remedy);
    if (result.kind !== 'retry') return result;
    const waitMs = Math.max(delayMs, result.afterMs ?? 0);
    if (clock.nowMs() + waitMs > deadlineMs) {
      throw new ImportFailure(
        `the store took nothing for ${GIVE_UP_MS / 60_000} minutes: ${result.reason}`,
        'Mend the store (peakvolt doctor), then give the same file again: it goes on where it stopped.',
      );
    }
    await new Promise<void>((resolve) => clock.after(waitMs, resolve));
  }
}
