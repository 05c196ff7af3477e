import type { LogRecord } from '../core/batchCodec.ts';
import type { Conservation } from '../ports.ts';

/** What the ledger keeps over a restart. */
export interface LedgerState {
  received: number;
  duplicate: number;
  stored: number;
  deadLettered: number;
  readingsWaiting: number;
  lettersWaiting: number;
}

/**
 * The conservation sum (R6). Received is counted where records become durable, stored and dead-lettered where the stores
 * took them, and what waits is given up only by entries that were read back: an entry that vanished shows as an error.
 */
export class Ledger {
  #state: LedgerState = {
    received: 0,
    duplicate: 0,
    stored: 0,
    deadLettered: 0,
    readingsWaiting: 0,
    lettersWaiting: 0,
  };

  state(): LedgerState {
    return { ...this.#state };
  }

  restore(state: LedgerState): void {
    this.#state = { ...state };
  }

  /** A record is durable. */
  appended(record: LogRecord): void {
    const { readings, deadLetters, duplicates } = record;
    this.#state.received += readings.length + deadLetters.length + duplicates;
    this.#state.duplicate += duplicates;
    this.#state.readingsWaiting += readings.length;
    this.#state.lettersWaiting += deadLetters.length;
  }

  /** The readings of some records were stored, but for `refused` of them, which are dead letters now. */
  readingsDone(readings: number, refused: number): void {
    this.#state.readingsWaiting -= readings;
    this.#state.stored += readings - refused;
    this.#state.deadLettered += refused;
  }

  lettersDone(letters: number): void {
    this.#state.lettersWaiting -= letters;
    this.#state.deadLettered += letters;
  }

  /** The sum. A reader that has reached the end of the log has nothing waiting, whatever the count says. */
  conservation(reached: { readings: boolean; letters: boolean }): Conservation {
    const { received, stored, deadLettered, duplicate, readingsWaiting, lettersWaiting } = this.#state;
    const spooled = (reached.readings ? 0 : readingsWaiting) + (reached.letters ? 0 : lettersWaiting);
    const error = received - (stored + spooled + deadLettered + duplicate);
    return { received, stored, spooled, deadLettered, duplicate, error };
  }
}
