import { POINT_BIT, RING_SIZE, type PointStates } from './pointStates.ts';
import { READING_FLAG, type Reading } from './reading.ts';
import type { DetectionSettings } from './settings.ts';

/** Quality remarks on a stream of readings: duplicate, gap, frozen, and the interval a device keeps. */

/** A step longer than this many intervals means that a reading is missing; below it is jitter. */
const GAP_INTERVALS = 1.5;
/** A new interval is believed after so many like steps running. */
const RIVAL_COUNT = 3;
/** Steps within a quarter of the interval are the interval. */
const LIKE_SHARE = 0.25;
/** Fewer equal readings than this prove nothing. */
const FROZEN_COUNT_MIN = 4;
const U16_MAX = 0xffff;

/** Whether the identity is one of the latest of its point. */
export function isDuplicate(points: PointStates, p: number, tsMs: number): boolean {
  const { ring, ringAt } = points.columns;
  const low = lowBits(tsMs);
  const size = Math.min(ringAt[p]!, RING_SIZE);
  for (let at = p * RING_SIZE, end = at + size; at < end; at++) if (ring[at] === low) return true;
  return false;
}

/** Remembers the identity in the place of the oldest. */
export function remember(points: PointStates, p: number, tsMs: number): void {
  const { ring, ringAt } = points.columns;
  const at = ringAt[p]!;
  ring[p * RING_SIZE + (at % RING_SIZE)] = lowBits(tsMs);
  ringAt[p] = at + 1 === 2 * RING_SIZE ? RING_SIZE : at + 1;
}

/** Whether readings are missing between the latest one and this. */
export function isGap(points: PointStates, p: number, tsMs: number): boolean {
  const stepMs = tsMs - points.columns.lastTsMs[p]!;
  return stepMs > GAP_INTERVALS * points.intervalMs(p);
}

/**
 * Keeps the device's interval: what it declares, else the step between readings. One odd step changes nothing; the same
 * odd step three times running is the new interval.
 */
export function learnInterval(points: PointStates, p: number, reading: Reading): void {
  const { intervalS, rivalS, rivalCount, bits, lastTsMs } = points.columns;
  if (reading.intervalS > 0) {
    intervalS[p] = seconds(reading.intervalS);
    bits[p] = bits[p]! | POINT_BIT.declared;
    return;
  }
  const stepMs = reading.tsMs - lastTsMs[p]!;
  if ((bits[p]! & POINT_BIT.declared) !== 0 || !(stepMs > 0)) return;
  const stepS = seconds(stepMs / 1000);
  if (intervalS[p] === 0) {
    intervalS[p] = stepS;
  } else if (isLike(stepS, intervalS[p]!)) {
    rivalCount[p] = 0;
  } else if (rivalCount[p]! > 0 && isLike(stepS, rivalS[p]!)) {
    rivalCount[p] = rivalCount[p]! + 1;
    if (rivalCount[p]! >= RIVAL_COUNT) {
      intervalS[p] = rivalS[p]!;
      rivalCount[p] = 0;
    }
  } else {
    rivalS[p] = stepS;
    rivalCount[p] = 1;
  }
}

/** Counts equal readings; whether the sensor seems stuck. An outage is still, and not stuck. */
export function isFrozen(
  points: PointStates,
  p: number,
  reading: Reading,
  unchanged: boolean,
  settings: DetectionSettings,
): boolean {
  const counts = points.columns.unchanged;
  if (!unchanged || (reading.flags & READING_FLAG.outage) !== 0) {
    counts[p] = 0;
    return false;
  }
  const count = Math.min(counts[p]! + 1, U16_MAX);
  counts[p] = count;
  return count >= FROZEN_COUNT_MIN && count * points.intervalMs(p) >= settings.frozenAfterS * 1000;
}

function isLike(stepS: number, intervalS: number): boolean {
  return Math.abs(stepS - intervalS) <= LIKE_SHARE * intervalS;
}

function seconds(intervalS: number): number {
  return Math.min(Math.max(Math.round(intervalS), 1), U16_MAX);
}

function lowBits(tsMs: number): number {
  return tsMs >>> 0;
}
