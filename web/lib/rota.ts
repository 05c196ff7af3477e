import type { Shift } from './alertApi.ts';
import { fromWall, toWall } from './analysis/zonedTime.ts';

const DAY_MS = 86_400_000;

export interface DayPart {
  /** null: nobody. */
  userId: string | null;
  fromMs: number;
  toMs: number;
  isOverride: boolean;
}

export interface RotaDay {
  startMs: number;
  parts: DayPart[];
}

/** Midnight of the day in a zone, UTC ms. */
export function dayStart(ms: number, timeZone: string): number {
  return fromWall(Math.floor(toWall(ms, timeZone) / DAY_MS) * DAY_MS, timeZone);
}

/** Shifts cut by local day, with what nobody covers in between; shifts come in order and without overlap. */
export function rotaDays(
  shifts: readonly Pick<Shift, 'userId' | 'fromMs' | 'toMs' | 'by'>[],
  fromMs: number,
  days: number,
  timeZone: string,
): RotaDay[] {
  const wall = toWall(fromMs, timeZone);
  return Array.from({ length: days }, (_, i) => {
    const startMs = fromWall(wall + i * DAY_MS, timeZone);
    const endMs = fromWall(wall + (i + 1) * DAY_MS, timeZone);
    const parts: DayPart[] = [];
    let untilMs = startMs;
    const gapTo = (ms: number): void => {
      if (ms > untilMs) parts.push({ userId: null, fromMs: untilMs, toMs: ms, isOverride: false });
    };
    for (const shift of shifts) {
      const [from, to] = [Math.max(shift.fromMs, startMs), Math.min(shift.toMs, endMs)];
      if (from >= to) continue;
      gapTo(from);
      parts.push({ userId: shift.userId, fromMs: from, toMs: to, isOverride: shift.by === 'override' });
      untilMs = to;
    }
    gapTo(endMs);
    return { startMs, parts };
  });
}
