import type { Clock, Logger, Spool, StateFile } from '../ports.ts';
import type { Engine } from './engine.ts';
import type { Ledger } from './ledger.ts';
import { type Marks, decodeEngineState, decodeMarks, encodeEngineState, encodeMarks } from './marks.ts';
import type { RecordLog } from './recordLog.ts';
import { Replayer } from './replayer.ts';

/** Marks are small: after a crash at most this much is written to the stores again. */
const MARKS_MS = 2_000;
/** After a crash at most this much is stepped again … */
const ENGINE_MS = 60_000;
/** … or more, so that the standstill while the state is copied (it can be 100 MB) stays this part of the time. */
const STANDSTILL_SHARE = 1 / 300;
/**
 * … but less when so much of the spool was filled since: a full spool leaves the engine ahead of the log by what could not
 * be kept, so that no state can be saved, and the spool can be trimmed only up to the last one.
 */
const ENGINE_SPOOL_SHARE = 1 / 8;
/** Rows stepped again between two looks at the event loop. */
const REPLAY_ROWS = 20_000;

export interface CheckpointDeps {
  spool: Spool;
  log: RecordLog;
  ledger: Ledger;
  engine: Engine;
  marksFile: StateFile;
  engineFile: StateFile;
  clock: Clock;
  logger: Logger;
  /** The marks of this very moment. */
  marks(): Marks;
  /** Incidents are durably judged up to here; Infinity where nobody judges. */
  judgedSeq(): number;
}

/** Saves how far everything has come, brings it back after a restart, and trims what nobody needs from the spool. */
export class Checkpoint {
  readonly #deps: CheckpointDeps;
  #engineSavedMs = 0;
  #engineSeq = 0;
  /** Least use of the spool since the engine's state was saved. */
  #leastBytes = 0;
  #marksSavedMs = 0;
  #engineEveryMs = ENGINE_MS;
  #saving: Promise<void> = Promise.resolve();
  #busy = false;
  #savedMarks = '';

  constructor(deps: CheckpointDeps) {
    this.#deps = deps;
  }

  /** Brings back ledger and engine from what was saved and the spool after it; returns where the writers go on. */
  async restore(): Promise<Pick<Marks, 'storeSeq' | 'recordsSeq' | 'recompute'>> {
    const { spool, ledger, log, logger, engine, clock } = this.#deps;
    const { firstSeq, lastSeq } = spool.status();
    const marks = this.#usable(await this.#readMarks(), firstSeq, lastSeq);
    ledger.restore(marks.ledger);
    this.#engineSeq = await this.#restoreEngine(firstSeq, lastSeq);
    this.#engineSavedMs = this.#marksSavedMs = clock.nowMs();
    let replayed = 0;
    const replayer = new Replayer(engine);
    for (let at = Math.min(this.#engineSeq, marks.ledgerSeq); at < lastSeq;) {
      const { entries, upTo } = await log.read(at, REPLAY_ROWS);
      for (const { seq, record } of entries) {
        if (seq > marks.ledgerSeq) ledger.appended(record);
        if (seq > this.#engineSeq) {
          replayer.step(record);
          replayed++;
        }
      }
      at = upTo;
    }
    replayer.end();
    logger.info(
      { lastSeq, storedSeq: marks.storeSeq, replayed },
      'Detection is back where the spool ends; what the store lacks is written now',
    );
    return marks;
  }

  /** The engine has taken exactly what the log holds: saves what is due. */
  quiet(): void {
    if (this.#busy) return;
    const nowMs = this.#deps.clock.nowMs();
    // Also after a clock that was set back.
    if (this.#muchSpooled() || Math.abs(nowMs - this.#engineSavedMs) >= this.#engineEveryMs) this.#save(true);
    else if (Math.abs(nowMs - this.#marksSavedMs) >= MARKS_MS) this.#save(false);
  }

  #muchSpooled(): boolean {
    const { bytes, bytesMax } = this.#deps.spool.status();
    this.#leastBytes = Math.min(this.#leastBytes, bytes);
    return bytes - this.#leastBytes > bytesMax * ENGINE_SPOOL_SHARE;
  }

  /** Saves marks alone; possible at any moment, also while the spool is full. */
  saveMarks(): void {
    if (!this.#busy) this.#save(false);
  }

  /** Saves everything; the pipeline stands still. */
  async finish(engineIsQuiet: boolean): Promise<void> {
    await this.#saving;
    this.#save(engineIsQuiet);
    await this.#saving;
  }

  #save(withEngine: boolean): void {
    const { clock, engine, log, logger } = this.#deps;
    this.#busy = true;
    const marks = this.#deps.marks();
    const seq = log.lastSeq;
    this.#marksSavedMs = clock.nowMs();
    const state = withEngine ? encodeEngineState(seq, engine.snapshot()) : null;
    if (state !== null) {
      this.#leastBytes = this.#deps.spool.status().bytes;
      this.#engineSavedMs = clock.nowMs();
      this.#engineEveryMs = Math.max(
        ENGINE_MS,
        (this.#engineSavedMs - this.#marksSavedMs) / STANDSTILL_SHARE,
      );
    }
    this.#saving = this.#write(marks, seq, state)
      .catch((error: Error) =>
        logger.error({ reason: error.message }, 'The state could not be saved; it is tried again'),
      )
      .finally(() => {
        this.#busy = false;
      });
  }

  async #write(marks: Marks, seq: number, state: Uint8Array | null): Promise<void> {
    const { marksFile, engineFile, spool, log } = this.#deps;
    const text = JSON.stringify(marks);
    if (state === null && text === this.#savedMarks) return;
    await marksFile.write(encodeMarks(marks));
    this.#savedMarks = text;
    if (state !== null) {
      await engineFile.write(state);
      this.#engineSeq = seq;
    }
    log.release(Math.min(marks.storeSeq, marks.recordsSeq));
    const needless = Math.min(
      marks.ledgerSeq,
      marks.storeSeq,
      marks.recordsSeq,
      this.#engineSeq,
      this.#deps.judgedSeq(),
    );
    if (needless >= spool.status().firstSeq) await spool.trim(needless);
  }

  async #readMarks(): Promise<Marks | null> {
    const bytes = await this.#deps.marksFile.read();
    return bytes === null ? null : decodeMarks(bytes);
  }

  /** Marks that fit the spool; without them everything that the spool holds is counted and written. */
  #usable(marks: Marks | null, firstSeq: number, lastSeq: number): Marks {
    const before = firstSeq - 1;
    if (marks === null) {
      if (before > 0)
        this.#deps.logger.error(
          { firstSeq },
          'The marks are lost: counts begin anew with what the spool holds',
        );
      const ledger = this.#deps.ledger.state();
      return { ledgerSeq: before, ledger, storeSeq: before, recordsSeq: before, recompute: [] };
    }
    if (marks.ledgerSeq <= lastSeq) return marks;
    this.#deps.logger.error(
      { lastSeq, expected: marks.ledgerSeq },
      'The spool holds less than was acknowledged: it was replaced or damaged, and the conservation sum shows what is missing',
    );
    return { ...marks, ledgerSeq: before, storeSeq: before, recordsSeq: before };
  }

  async #restoreEngine(firstSeq: number, lastSeq: number): Promise<number> {
    const { engine, engineFile, logger } = this.#deps;
    const bytes = await engineFile.read();
    if (bytes === null) return firstSeq - 1;
    const { seq, state } = decodeEngineState(bytes);
    try {
      engine.restore(state);
      return Math.min(seq, lastSeq);
    } catch (error) {
      logger.error(
        { reason: (error as Error).message },
        'The saved state of detection does not fit this version; it is made again from the spool',
      );
      return firstSeq - 1;
    }
  }
}
