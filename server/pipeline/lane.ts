import type { Clock, Logger } from '../ports.ts';
import { StoppedError, backoffMs, pause, unlessStopped } from './pause.ts';
import type { LogEntry, RecordLog } from './recordLog.ts';

export interface LaneOptions {
  name: string;
  log: RecordLog;
  clock: Clock;
  random: () => number;
  logger: Logger;
  /** Rows taken at once. */
  rowsMax: number;
  /** With fewer rows than this waiting, `lingerMs` is waited for more. */
  rowsWorthwhile: number;
  lingerMs: number;
  /**
   * Brings the entries to where they belong, trying for ever. What it returns is called in the same turn in which the
   * lane's position moves past them, so that counts and position never disagree.
   */
  write(entries: readonly LogEntry[], signal: AbortSignal): Promise<() => void>;
}

/** One reader of the log, going on at its own pace; other lanes do not wait for it. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #abort = new AbortController();
  /** Ends the wait for more rows. */
  readonly #hurry = new AbortController();
  #cursor = 0;
  /** Arrival of the first record that was read last. */
  #readMs: number | null = null;
  #finishing = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Everything up to this entry is where it belongs. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Arrival of the oldest record that is not yet where it belongs; null when there is none. Memory need not hold it. */
  get oldestMs(): number | null {
    const { log } = this.#options;
    return this.#cursor >= log.lastSeq ? null : (log.oldestAfter(this.#cursor) ?? this.#readMs);
  }

  start(cursor: number): void {
    this.#cursor = cursor;
    this.#running = this.#run();
  }

  /** Lets the lane reach the end of the log, but no longer than `graceMs`; what is left stays in the spool. */
  async stop(graceMs: number): Promise<void> {
    this.#finishing = true;
    this.#hurry.abort();
    this.#options.log.announce();
    const cancel = this.#options.clock.after(graceMs, () => this.#abort.abort());
    await this.#running;
    cancel();
  }

  async #run(): Promise<void> {
    const { log, name, logger, clock, random } = this.#options;
    for (let failures = 0; ;) {
      try {
        if (this.#cursor >= log.lastSeq) {
          if (this.#finishing) return;
          await unlessStopped(log.grown(this.#cursor), this.#abort.signal);
          continue;
        }
        await this.#advance();
        failures = 0;
      } catch (error) {
        if (error instanceof StoppedError) return;
        logger.error(
          { lane: name, reason: (error as Error).message },
          'Reading the spool failed; trying again',
        );
        await pause(clock, backoffMs(failures++, random), this.#abort.signal).catch(() => undefined);
      }
    }
  }

  async #advance(): Promise<void> {
    const { log, clock, rowsMax, rowsWorthwhile, lingerMs, write } = this.#options;
    const signal = this.#abort.signal;
    if (!this.#finishing && log.rowsAfter(this.#cursor) < rowsWorthwhile) {
      await pause(clock, lingerMs, this.#hurry.signal).catch(() => undefined);
    }
    const { entries, upTo } = await unlessStopped(log.read(this.#cursor, rowsMax), signal);
    this.#readMs = entries[0]?.record.receivedMs ?? this.#readMs;
    const commit = await unlessStopped(write(entries, signal), signal);
    commit();
    this.#cursor = upTo;
  }
}
