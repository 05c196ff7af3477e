import { seededRandom } from './random.ts';

/** Time between two knots of load and voltage noise. */
export const KNOT_MS = 900_000;
/** AR(1) coefficient at one knot (domain.md §3, L). */
const LOAD_PHI = 0.85;
/** Slow drift of the source voltage: half gone after about two days. */
const DRIFT_PHI = 0.9964;
/** Synoptic weather, one knot a day. */
const WEATHER_PHI = 0.72;
const POOL_BITS = 18;
const WEATHER_BITS = 14;

/**
 * One long, circular AR(1) series of unit variance. A channel (a transformer's load, a feeder's drift …) reads it from an
 * offset of its own, so noise is a function of (seed, channel, time): any moment can be asked for in any order.
 */
export interface NoisePool {
  values: Float32Array;
  mask: number;
}

export interface Noise {
  load: NoisePool;
  drift: NoisePool;
  weather: NoisePool;
}

export function buildNoise(seed: number): Noise {
  return {
    load: arPool(seed ^ 0x10ad, LOAD_PHI, POOL_BITS),
    drift: arPool(seed ^ 0xd21f7, DRIFT_PHI, POOL_BITS),
    weather: arPool(seed ^ 0x3ea7e2, WEATHER_PHI, WEATHER_BITS),
  };
}

/** A circle of 2^`bits` knots. */
export function arPool(seed: number, phi: number, bits: number): NoisePool {
  const size = 2 ** bits;
  const random = seededRandom(seed);
  const shocks = Float64Array.from({ length: size }, () => random.normal());
  const gain = Math.sqrt(1 - phi * phi);
  const values = new Float32Array(size);
  let state = 0;
  // The last quarter runs first: its end is where the series begins, which closes the circle.
  for (let i = size - size / 4; i < size; i++) state = phi * state + gain * shocks[i]!;
  for (let i = 0; i < size; i++) {
    state = phi * state + gain * shocks[i]!;
    values[i] = state;
  }
  return { values, mask: size - 1 };
}

/** The pool at a (fractional) knot, straight between knots. */
export function noiseAt(pool: NoisePool, offset: number, knot: number, fraction: number): number {
  const from = pool.values[(offset + knot) & pool.mask]!;
  return from + (pool.values[(offset + knot + 1) & pool.mask]! - from) * fraction;
}
