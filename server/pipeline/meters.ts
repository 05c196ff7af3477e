/** Figures of the last moments, from counts and times that are handed in. */

const RATE_SECONDS = 10;

/** Events a second over the last ten whole seconds. */
export class RateMeter {
  readonly #counts = new Float64Array(RATE_SECONDS + 1);
  #second = 0;

  add(count: number, nowMs: number): void {
    this.#counts[this.#roll(nowMs)]! += count;
  }

  perS(nowMs: number): number {
    const current = this.#roll(nowMs);
    let sum = 0;
    for (let i = 0; i < this.#counts.length; i++) if (i !== current) sum += this.#counts[i]!;
    return sum / RATE_SECONDS;
  }

  #roll(nowMs: number): number {
    const second = Math.floor(nowMs / 1000);
    // A clock that jumped back restarts the figure rather than freezing it.
    const passed = second < this.#second ? Infinity : second - this.#second;
    for (let i = 1; i <= Math.min(passed, this.#counts.length); i++) {
      this.#counts[(second - i + 1) % this.#counts.length] = 0;
    }
    this.#second = second;
    return second % this.#counts.length;
  }
}

const HALF_MS = 30_000;
/** Bucket edges grow by a tenth: 1 ms to 18 minutes in 146 steps. */
const GROWTH = 1.1;
const BUCKETS = 146;

/** 99th percentile of the last half to whole minute, within 10 %. */
export class LatencyMeter {
  #now = new Float64Array(BUCKETS);
  #before = new Float64Array(BUCKETS);
  #half = 0;

  add(delayMs: number, count: number, nowMs: number): void {
    this.#roll(nowMs);
    const bucket = Math.ceil(Math.log(Math.max(1, delayMs)) / Math.log(GROWTH));
    this.#now[Math.min(BUCKETS - 1, bucket)]! += count;
  }

  p99Ms(nowMs: number): number | null {
    this.#roll(nowMs);
    let total = 0;
    for (let i = 0; i < BUCKETS; i++) total += this.#now[i]! + this.#before[i]!;
    if (total === 0) return null;
    let above = total;
    for (let i = 0; i < BUCKETS; i++) {
      above -= this.#now[i]! + this.#before[i]!;
      if (above <= total * 0.01) return Math.round(GROWTH ** i);
    }
    return Math.round(GROWTH ** BUCKETS);
  }

  #roll(nowMs: number): void {
    const half = Math.floor(nowMs / HALF_MS);
    if (half === this.#half) return;
    this.#before = half === this.#half + 1 ? this.#now : new Float64Array(BUCKETS);
    this.#now = new Float64Array(BUCKETS);
    this.#half = half;
  }
}
