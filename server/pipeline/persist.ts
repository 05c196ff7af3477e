import type { Notice } from '../core/notice.ts';
import type { Clock, WriteResult } from '../ports.ts';
import { backoffMs, pause, unlessStopped } from './pause.ts';

/** Rows of one call: InfluxDB and DuckDB both take the most a second in batches of about this size. */
const PART_ROWS = 5_000;
/** Calls under way at once: an InfluxDB takes two to four times as much a second so. */
const PARTS_AT_ONCE = 4;
/** A store that says nothing for so long is taken to hang; the same rows are sent again, which is idempotent. */
const SILENT_MS_MAX = 60_000;
/** How often a parked store is asked whether someone has mended it. */
const PROBE_MS = 15_000;

export type WriterState =
  | { state: 'writing' }
  | { state: 'retrying'; reason: string; notice?: Notice | undefined }
  | { state: 'parked'; reason: string; remedy: string; notice?: Notice | undefined };

export interface PersistContext {
  clock: Clock;
  random: () => number;
  signal: AbortSignal;
  onState(state: WriterState): void;
}

/** A row that the store will never take, and what it said. */
export interface RefusedRow<Row> {
  row: Row;
  reason: string;
}

/**
 * Writes all rows, trying for ever what the store may yet take: waits (Retry-After, or back-off with jitter), halves what
 * is too large, and finds by bisection the rows that are refused for good.
 *
 * @returns the refused rows
 * @throws StoppedError when the signal comes first
 */
export async function persist<Row>(
  rows: readonly Row[],
  write: (rows: readonly Row[]) => Promise<WriteResult>,
  context: PersistContext,
): Promise<RefusedRow<Row>[]> {
  const refused: RefusedRow<Row>[] = [];
  for (let from = 0; from < rows.length; from += PART_ROWS * PARTS_AT_ONCE) {
    const parts: Promise<RefusedRow<Row>[]>[] = [];
    for (let i = from; i < Math.min(rows.length, from + PART_ROWS * PARTS_AT_ONCE); i += PART_ROWS) {
      parts.push(persistPart(rows.slice(i, i + PART_ROWS), write, context));
    }
    for (const some of await Promise.all(parts)) refused.push(...some);
  }
  return refused;
}

async function persistPart<Row>(
  rows: readonly Row[],
  write: (rows: readonly Row[]) => Promise<WriteResult>,
  context: PersistContext,
): Promise<RefusedRow<Row>[]> {
  const refused: RefusedRow<Row>[] = [];
  const todo: (readonly Row[])[] = [rows];
  for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
    const result = await settled(part, write, context);
    if (result.kind === 'stored') continue;
    if (part.length === 1) {
      refused.push({ row: part[0]!, reason: result.reason });
      continue;
    }
    const half = part.length >> 1;
    todo.push(part.slice(half), part.slice(0, half));
  }
  return refused;
}

type Settled = Exclude<WriteResult, { kind: 'retry' | 'parked' }>;

async function settled<Row>(
  rows: readonly Row[],
  write: (rows: readonly Row[]) => Promise<WriteResult>,
  { clock, random, signal, onState }: PersistContext,
): Promise<Settled> {
  for (let attempt = 0; ; attempt++) {
    const result = await unlessStopped(answer(write(rows), clock), signal);
    if (result.kind === 'parked') {
      onState({ state: 'parked', reason: result.reason, remedy: result.remedy, notice: result.notice });
      await pause(clock, PROBE_MS, signal);
    } else if (result.kind === 'retry') {
      onState({ state: 'retrying', reason: result.reason, notice: result.notice });
      await pause(clock, result.afterMs ?? backoffMs(attempt, random), signal);
    } else {
      onState({ state: 'writing' });
      return result;
    }
  }
}

/** The store's answer; silence and exceptions are answers too. */
function answer(writing: Promise<WriteResult>, clock: Clock): Promise<WriteResult> {
  return new Promise((resolve) => {
    const seconds = SILENT_MS_MAX / 1000;
    const silent: Notice = { code: 'store-silent', values: { seconds } };
    const cancel = clock.after(SILENT_MS_MAX, () =>
      resolve({ kind: 'retry', reason: `no answer within ${seconds} s`, notice: silent }),
    );
    writing
      .catch(({ message: error }: Error): WriteResult => ({
        kind: 'retry',
        reason: error,
        notice: { code: 'store-failed', values: { error } },
      }))
      .finally(cancel)
      .then(resolve, resolve);
  });
}
