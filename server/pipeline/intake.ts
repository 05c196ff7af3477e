import { type LogRecord, emptyRecord } from '../core/batchCodec.ts';
import type { DeadLetter } from '../core/reading.ts';
import type { ProofEngine } from '../core/proofEngine.ts';
import type { Clock, InboundMessage, Logger } from '../ports.ts';
import type { Engine, MessageDecoder } from './engine.ts';
import { HistoryMemory } from './historyMemory.ts';
import { StoppedError, backoffMs, pause } from './pause.ts';
import { type RecordLog, rowsOf } from './recordLog.ts';

/** A batch is closed after this, or after so many bytes of payload, or so many readings (architecture.md, step 2). */
const BATCH_MS = 10;
const BATCH_BYTES = 1 << 20;
const BATCH_READINGS = 50_000;

export interface IntakeDeps {
  log: RecordLog;
  engine: Engine;
  decoder: MessageDecoder;
  /** Watches the synthetic transformer of the self-proof. */
  proof: ProofEngine;
  clock: Clock;
  random: () => number;
  logger: Logger;
  publish(topic: string, payload: Uint8Array | string): Promise<void>;
  /** The record is durable, `copies` times (mostly once); called before its messages are settled. */
  onAppended(record: LogRecord, copies: number): void;
  /** The engine has taken exactly what the log holds: the moment for a snapshot. */
  onQuiet(): void;
}

interface Batch {
  record: LogRecord;
  settle: (() => void)[];
  bytes: number;
}

/**
 * From message to durable record: decode, detect, append, and only then settle, in the order of arrival. One batch at a
 * time is under way; what arrives meanwhile makes the next. A record holds what followed from its readings, so that the
 * log alone tells the whole story. When the spool cannot take a batch it is kept and tried for ever: nothing is
 * acknowledged, and the bounded window of the source stops the flow.
 */
export class Intake {
  readonly #deps: IntakeDeps;
  readonly #abort = new AbortController();
  readonly #history = new HistoryMemory();
  #filling: Batch;
  #full: Batch[] = [];
  #due = false;
  #tickDue = false;
  #listeningSinceMs = NaN;
  #cancelTimer: (() => void) | null = null;
  #pumping: Promise<void> | null = null;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
    this.#filling = emptyBatch();
  }

  /** The spool refuses what is appended; acknowledgement waits. */
  stuck: string | null = null;

  /** Takes a message; calls its `settle` once what it says is on disk. */
  readonly onMessage = (message: InboundMessage): void => {
    this.#take(message.topic, message.payload, message.receivedMs, () => message.settle(), true);
  };

  /** Sends a dead letter through the decoder again; what is refused once more is not kept a second time. */
  replay(letter: DeadLetter): Promise<boolean> {
    return new Promise((resolve) => {
      const nowMs = this.#deps.clock.nowMs();
      const refused: number = this.#take(
        letter.topic,
        letter.payload,
        nowMs,
        () => resolve(refused === 0),
        false,
      );
    });
  }

  /** Decodes into the batch under way; returns how many parts of the message were refused. */
  #take(
    topic: string,
    payload: Uint8Array,
    receivedMs: number,
    settle: () => void,
    keepRefused: boolean,
  ): number {
    const batch = this.#filling;
    if (batch.settle.length === 0) batch.record.receivedMs = receivedMs;
    const { record } = batch;
    const lettersBefore = record.deadLetters.length;
    for (const command of this.#deps.decoder.decode(topic, payload, receivedMs, record))
      this.#publish(command);
    const refused = record.deadLetters.length - lettersBefore;
    if (!keepRefused) record.deadLetters.length = lettersBefore;
    batch.settle.push(settle);
    batch.bytes += payload.length;
    if (batch.bytes >= BATCH_BYTES || record.readings.length >= BATCH_READINGS) {
      this.#full.push(batch);
      this.#filling = emptyBatch();
      this.#pump();
    } else if (this.#cancelTimer === null && this.#pumping === null) {
      this.#cancelTimer = this.#deps.clock.after(BATCH_MS, () => this.flush());
    }
    return refused;
  }

  /** Lets the engine's time pass with the next batch, which is made now. */
  tick(): void {
    this.#tickDue = true;
    this.flush();
  }

  flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#due = true;
    this.#pump();
  }

  /** Brings in what has arrived, but no longer than `graceMs`: what is left was never acknowledged. */
  async stop(graceMs: number): Promise<void> {
    const cancel = this.#deps.clock.after(graceMs, () => this.#abort.abort());
    this.flush();
    await this.#pumping;
    cancel();
    this.#abort.abort();
  }

  #pump(): void {
    this.#pumping ??= this.#run().finally(() => {
      this.#pumping = null;
    });
  }

  async #run(): Promise<void> {
    for (;;) {
      let batch = this.#full.shift();
      if (batch === undefined) {
        if (!this.#due) return;
        this.#due = false;
        batch = this.#filling;
        this.#filling = emptyBatch();
      }
      try {
        await this.#bring(batch);
      } catch (error) {
        if (error instanceof StoppedError) return;
        throw error;
      }
      // What arrived meanwhile has waited long enough.
      this.#due ||= this.#filling.settle.length > 0 || this.#tickDue;
    }
  }

  async #bring({ record, settle }: Batch): Promise<void> {
    const { engine, clock, onAppended, onQuiet, log } = this.#deps;
    if (settle.length === 0) record.receivedMs = clock.nowMs();
    if (this.#tickDue) {
      this.#tickDue = false;
      record.tickMs = clock.nowMs();
      if (Number.isNaN(this.#listeningSinceMs)) this.#listeningSinceMs = record.tickMs;
      record.listeningSinceMs = this.#listeningSinceMs;
      engine.tick(record.tickMs);
    }
    this.#stepAll(record);
    if (rowsOf(record) > 1 || record.duplicates > 0 || record.recompute.length > 0) {
      onAppended(record, await this.#append(record));
      log.announce();
    }
    for (const one of settle) one();
    onQuiet();
  }

  /** Steps the engine over the record's readings, leaves duplicates out, and adds what followed. */
  #stepAll(record: LogRecord): void {
    const { engine, proof } = this.#deps;
    const { readings, receivedMs } = record;
    const proven = proof.takeFrom(readings, receivedMs);
    let kept = 0;
    for (const reading of readings) {
      const verdict = engine.step(reading, receivedMs);
      if (verdict === 'duplicate' || (verdict === 'history' && this.#history.seen(reading))) continue;
      readings[kept++] = reading;
    }
    record.duplicates += readings.length - kept;
    readings.length = kept;
    record.events = [...engine.takeEvents(), ...proven];
    Object.assign(record, engine.takeClosed());
  }

  async #append(record: LogRecord): Promise<number> {
    const { log, clock, random, logger } = this.#deps;
    for (let attempt = 0; ; attempt++) {
      try {
        const copies = await log.append(record);
        if (this.stuck !== null) logger.info({}, 'The spool takes readings again');
        this.stuck = null;
        return copies;
      } catch (error) {
        const reason = (error as Error).message;
        if (this.stuck !== reason) {
          logger.error({ reason }, 'The spool cannot keep readings: nothing is acknowledged until it can');
        }
        this.stuck = reason;
        await pause(clock, backoffMs(attempt, random), this.#abort.signal);
      }
    }
  }

  #publish({ topic, payload }: { topic: string; payload: Uint8Array | string }): void {
    this.#deps.publish(topic, payload).catch((error: Error) => {
      this.#deps.logger.warn(
        { topic, reason: error.message },
        'A request to a device could not be published',
      );
    });
  }
}

function emptyBatch(): Batch {
  return { record: emptyRecord(0), settle: [], bytes: 0 };
}
