import { crc32 } from '../core/checksum.ts';
import type { DeadLetter, Reading } from '../core/reading.ts';
import type {
  Clock,
  DeadLetterStore,
  Logger,
  PipelineStatus,
  ReadingStore,
  RecomputeWindow,
} from '../ports.ts';
import { Lane } from './lane.ts';
import type { Ledger } from './ledger.ts';
import { RateMeter } from './meters.ts';
import { nativePayload } from './nativePayload.ts';
import { backoffMs, pause } from './pause.ts';
import { type PersistContext, type RefusedRow, type WriterState, persist } from './persist.ts';
import { Recomputer } from './recompute.ts';
import type { LogEntry, RecordLog } from './recordLog.ts';

/** Few large writes cost the store far less than many small ones; a reading is still queryable within a second. */
const ROWS_WORTHWHILE = 5_000;
const LINGER_MS = 250;
/** Rows taken from the log at once: two rounds of parallel writes. */
const ROWS_AT_ONCE = 40_000;

export interface StoreWriterDeps {
  log: RecordLog;
  ledger: Ledger;
  store: ReadingStore;
  deadLetters: Pick<DeadLetterStore, 'add'>;
  /** Supply organisation of a transformer, for the topic under which a refused reading can be replayed. */
  orgOf(transformerId: string): string;
  clock: Clock;
  random: () => number;
  logger: Logger;
}

/** Drains the log into the reading store, at the store's pace. */
export class StoreWriter {
  readonly #deps: StoreWriterDeps;
  readonly #lane: Lane;
  readonly #recomputer: Recomputer;
  readonly #rate = new RateMeter();
  #state: WriterState | { state: 'idle' } = { state: 'idle' };
  #lastStoredMs: number | null = null;
  #retries = 0;

  constructor(deps: StoreWriterDeps) {
    this.#deps = deps;
    this.#recomputer = new Recomputer(deps);
    this.#lane = new Lane({
      ...deps,
      name: 'store',
      rowsMax: ROWS_AT_ONCE,
      rowsWorthwhile: ROWS_WORTHWHILE,
      lingerMs: LINGER_MS,
      write: (entries, signal) => this.#write(entries, signal),
    });
  }

  get cursor(): number {
    return this.#lane.cursor;
  }

  get oldestMs(): number | null {
    return this.#lane.oldestMs;
  }

  pendingRecompute(): RecomputeWindow[] {
    return this.#recomputer.pending();
  }

  start(cursor: number, recompute: readonly RecomputeWindow[]): void {
    this.#recomputer.add(recompute);
    this.#lane.start(cursor);
  }

  async stop(graceMs: number): Promise<void> {
    await this.#lane.stop(graceMs);
    await this.#recomputer.stop();
  }

  status(): PipelineStatus['writer'] {
    const caughtUp = this.#lane.cursor >= this.#deps.log.lastSeq;
    const state = this.#state.state === 'writing' && caughtUp ? 'idle' : this.#state.state;
    return {
      state,
      reason: 'reason' in this.#state ? this.#state.reason : null,
      remedy: 'remedy' in this.#state ? this.#state.remedy : null,
      ...('notice' in this.#state ? { notice: this.#state.notice } : {}),
      lastStoredMs: this.#lastStoredMs,
      storedPerS: this.#rate.perS(this.#deps.clock.nowMs()),
      retries: this.#retries,
    };
  }

  async #write(entries: readonly LogEntry[], signal: AbortSignal): Promise<() => void> {
    const { store, ledger, clock, random } = this.#deps;
    const context: PersistContext = { clock, random, signal, onState: (state) => this.#enter(state) };
    const readings = entries.flatMap(({ record }) => record.readings);
    const refused = await persist(readings, (rows) => store.writeReadings(rows), context);
    if (refused.length > 0) await this.#bury(refused, context);
    const means = entries.flatMap(({ record }) => record.means);
    this.#report('10-minute means', await persist(means, (rows) => store.writeMeans(rows), context));
    const dailies = entries.flatMap(({ record }) => record.dailies);
    this.#report('daily summaries', await persist(dailies, (rows) => store.writeDailies(rows), context));
    return () => {
      ledger.readingsDone(readings.length, refused.length);
      if (readings.length > refused.length) this.#lastStoredMs = clock.nowMs();
      this.#rate.add(readings.length - refused.length, clock.nowMs());
      for (const { record } of entries) this.#recomputer.add(record.recompute);
    };
  }

  #enter(next: WriterState): void {
    const before = this.#state;
    this.#state = next;
    if (next.state === 'retrying') this.#retries++;
    if (
      before.state === next.state &&
      'reason' in before &&
      'reason' in next &&
      before.reason === next.reason
    )
      return;
    const { logger } = this.#deps;
    if (next.state === 'parked') {
      logger.error(
        { reason: next.reason, remedy: next.remedy },
        'The store takes nothing until someone acts; readings wait in the spool',
      );
    } else if (next.state === 'retrying') {
      logger.warn({ reason: next.reason }, 'The store does not take readings; they wait in the spool');
    } else if (before.state === 'parked' || before.state === 'retrying') {
      logger.info({}, 'The store takes readings again');
    }
  }

  /** Refused for good: into the dead letters, durable before the lane moves on. */
  async #bury(refused: readonly RefusedRow<Reading>[], context: PersistContext): Promise<void> {
    const { deadLetters, logger, clock, random } = this.#deps;
    const letters = refused.map(({ row, reason }) => this.#letter(row, reason));
    logger.error(
      { count: letters.length, reason: refused[0]!.reason },
      'The store refused readings for good; they are dead letters now',
    );
    for (let attempt = 0; ; attempt++) {
      try {
        return await deadLetters.add(letters);
      } catch (caught) {
        const error = (caught as Error).message;
        const notice = { code: 'dead-letters-failed', values: { error } } as const;
        context.onState({ state: 'retrying', reason: `dead letters: ${error}`, notice });
        await pause(clock, backoffMs(attempt, random), context.signal);
      }
    }
  }

  #letter(row: Reading, reason: string): DeadLetter {
    const topic = `pq/v1/${this.#deps.orgOf(row.transformerId)}/${row.transformerId}/data`;
    const payload = new TextEncoder().encode(JSON.stringify(nativePayload(row)));
    const receivedMs = this.#deps.clock.nowMs();
    const id = stableId(row, payload);
    return {
      id,
      receivedMs,
      topic,
      payload,
      reason: 'store-refused',
      detail: reason,
      transformerId: row.transformerId,
    };
  }

  #report(what: string, refused: readonly { reason: string }[]): void {
    if (refused.length === 0) return;
    this.#deps.logger.error(
      { count: refused.length, reason: refused[0]!.reason },
      `The store refused ${what}; they are left out`,
    );
  }
}

/** A UUIDv7 made of the reading itself, so that a batch that is written again buries it once. */
function stableId(row: Reading, payload: Uint8Array): string {
  const salted = (salt: number): string => {
    const bytes = new Uint8Array(payload.length + 1);
    bytes[0] = salt;
    bytes.set(payload, 1);
    return crc32(bytes).toString(16).padStart(8, '0');
  };
  const time = Math.max(0, Math.floor(row.tsMs)).toString(16).padStart(12, '0').slice(-12);
  const [a, b, c] = [salted(1), salted(2), salted(3)];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${a.slice(0, 3)}-8${a.slice(3, 6)}-${b}${c.slice(0, 4)}`;
}
