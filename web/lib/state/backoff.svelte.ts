import { time } from './time.svelte.ts';

const FIRST_DELAY_MS = 1_000;
const DELAY_MS_MAX = 30_000;

/** Tries something again after a failure: after a second, then twice as long each time, at most half a minute. */
export class Backoff {
  /** When the next attempt comes (the page's clock); null while none is due. */
  atMs = $state<number | null>(null);
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #again: () => void;

  constructor(again: () => void) {
    this.#again = again;
  }

  failed(): void {
    this.#clear();
    const delayMs = Math.min(DELAY_MS_MAX, FIRST_DELAY_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.atMs = time.nowMs + delayMs;
    this.#timer = setTimeout(() => {
      this.#clear();
      this.#again();
    }, delayMs);
  }

  /** It worked: the next failure starts with a short delay again. */
  succeeded(): void {
    this.#failures = 0;
    this.#clear();
  }

  stop(): void {
    this.#clear();
  }

  #clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.atMs = null;
  }
}
