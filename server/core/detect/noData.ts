import type { PointStates } from '../pointStates.ts';
import { POINT_BIT } from '../pointStates.ts';
import type { DetectionSettings } from '../settings.ts';
import type { Transition } from './timedConditions.ts';

/**
 * No data (无数据): nothing came for longer than the grace. The one condition judged in processing time, as silence has
 * no time of its own. The grace is a multiple of the device's own interval, declared or learned.
 */
const CONDITION = 'no-data';

/** How long a point may be silent. */
export function graceMs(points: PointStates, p: number, settings: DetectionSettings): number {
  return Math.max(settings.graceIntervals * points.intervalMs(p), settings.graceMinS * 1000);
}

/**
 * Marks points that have become silent. Silence counts from `resumedMs` at the earliest: while we were down we heard
 * nobody, and that is no fault of theirs.
 */
export function findSilent(
  points: PointStates,
  nowMs: number,
  resumedMs: number,
  settings: DetectionSettings,
  emit: (transition: Transition) => void,
): void {
  const { receivedMs, bits, lastTsMs } = points.columns;
  for (let p = 0; p < points.rows; p++) {
    if ((bits[p]! & POINT_BIT.silent) !== 0 || Number.isNaN(receivedMs[p]!)) continue;
    const heardMs = Math.max(receivedMs[p]!, resumedMs);
    if (nowMs - heardMs <= graceMs(points, p, settings)) continue;
    bits[p] = bits[p]! | POINT_BIT.silent;
    emit(transition(p, 'raised', lastTsMs[p]! + points.intervalMs(p), nowMs));
  }
}

/** A live reading came: takes "no data" back. */
export function heard(
  points: PointStates,
  p: number,
  tsMs: number,
  nowMs: number,
  emit: (transition: Transition) => void,
): void {
  const { bits } = points.columns;
  if ((bits[p]! & POINT_BIT.silent) === 0) return;
  bits[p] = bits[p]! & ~POINT_BIT.silent;
  emit({ ...transition(p, 'cleared', tsMs, nowMs), endedBy: 'recovery' });
}

function transition(p: number, kind: 'raised' | 'cleared', tsMs: number, detectedMs: number): Transition {
  return {
    p,
    condition: CONDITION,
    phase: null,
    kind,
    severity: kind === 'raised' ? 'mild' : null,
    tsMs,
    detectedMs,
    valueV: null,
    limitV: null,
  };
}
