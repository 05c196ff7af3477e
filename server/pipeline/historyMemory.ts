import type { Reading } from '../core/reading.ts';

/** Identities kept in each of two generations: some hours of a fleet's back-fill, about 20 MB. */
const IDENTITIES_MAX = 250_000;

/**
 * Recognises history that is sent again. Detection remembers the latest identities of each live point; back-fill passes it
 * by, and would be written, and counted as stored, once more. What is older than this memory still is, to the same rows.
 */
export class HistoryMemory {
  #young = new Map<string, Set<number>>();
  #old = new Map<string, Set<number>>();
  #count = 0;

  /** Whether the identity is known; it is from now on. */
  seen({ transformerId, point, tsMs }: Reading): boolean {
    const key = `${transformerId}\n${point}`;
    const times = this.#young.get(key);
    if (times?.has(tsMs) === true || this.#old.get(key)?.has(tsMs) === true) return true;
    if (times === undefined) this.#young.set(key, new Set([tsMs]));
    else times.add(tsMs);
    if (++this.#count >= IDENTITIES_MAX) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#count = 0;
    }
    return false;
  }
}
