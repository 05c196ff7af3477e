/**
 * Which times were seen, in any order, exactly, and in little memory: a regular series is one run of equal steps, however
 * long; only disorder costs.
 */
export class SeenTimes {
  /** Runs by ascending start, never overlapping. A run of one has step 0. */
  readonly #from: number[] = [];
  readonly #step: number[] = [];
  readonly #count: number[] = [];
  #last = 0;

  /** Number of runs: what it costs. */
  get size(): number {
    return this.#from.length;
  }

  /** Returns false when the time was seen before. */
  add(tsMs: number): boolean {
    const i = this.#runBefore(tsMs);
    this.#last = Math.max(0, i);
    if (i >= 0) {
      const offset = tsMs - this.#from[i]!;
      const step = this.#step[i]!;
      const length = step * (this.#count[i]! - 1);
      if (offset <= length) {
        if (offset === 0 || offset % step === 0) return false;
        this.#split(i, Math.ceil(offset / step));
        this.#insert(i + 1, tsMs);
        return true;
      }
      if (step > 0 && offset === length + step) {
        this.#count[i]!++;
        return true;
      }
    }
    if (!this.#joinNext(i + 1, tsMs) && !this.#pair(i, tsMs)) this.#insert(i + 1, tsMs);
    return true;
  }

  /** Index of the last run that starts at or before the time; −1 where none does. */
  #runBefore(tsMs: number): number {
    const from = this.#from;
    const last = this.#last;
    if (from[last] !== undefined && from[last] <= tsMs && (from[last + 1] ?? Infinity) > tsMs) return last;
    let low = 0;
    let high = from.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (from[middle]! <= tsMs) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Puts the time before the run that follows it: files are often written newest first. */
  #joinNext(next: number, tsMs: number): boolean {
    const gap = (this.#from[next] ?? NaN) - tsMs;
    if (this.#step[next] !== gap) return false;
    this.#from[next] = tsMs;
    this.#count[next]!++;
    this.#last = next;
    return true;
  }

  /** Makes two single times one run: with the one before, or else the one after. */
  #pair(i: number, tsMs: number): boolean {
    if (this.#count[i] === 1) {
      this.#step[i] = tsMs - this.#from[i]!;
      this.#count[i] = 2;
      return true;
    }
    if (this.#count[i + 1] !== 1) return false;
    this.#step[i + 1] = this.#from[i + 1]! - tsMs;
    this.#from[i + 1] = tsMs;
    this.#count[i + 1] = 2;
    return true;
  }

  #insert(at: number, tsMs: number): void {
    this.#from.splice(at, 0, tsMs);
    this.#step.splice(at, 0, 0);
    this.#count.splice(at, 0, 1);
    this.#last = at;
  }

  /** Leaves the first `kept` times in run `i` and makes a run of the rest. */
  #split(i: number, kept: number): void {
    const step = this.#step[i]!;
    const rest = this.#count[i]! - kept;
    this.#from.splice(i + 1, 0, this.#from[i]! + kept * step);
    this.#step.splice(i + 1, 0, rest === 1 ? 0 : step);
    this.#count.splice(i + 1, 0, rest);
    this.#count[i] = kept;
    if (kept === 1) this.#step[i] = 0;
  }
}
