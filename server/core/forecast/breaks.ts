import type { NameplateVersion, Transformer } from '../grid.ts';
import { DAY_MS, type ZoneOffset } from '../localTime.ts';
import { tapV } from './nameplate.ts';

/** Days on which a transformer became another, as far as voltage goes: history on the two sides is not one. */

export type BreakKind = 'tap' | 'capacity' | 'feeder' | 'radius' | 'level';

export interface LevelBreak {
  transformerId: string;
  /** First local day of the new state. */
  day: number;
  /** `level` was found in the data (`levelShifts.ts`); the others are dated changes of the registry. */
  kind: BreakKind;
  /** Change of the voltage without load, V; NaN where it cannot be told from the nameplate. */
  shiftV: number;
}

/** A radius that differs by less was measured again, not built. */
const RADIUS_CHANGE_MIN = 0.2;
/** A shift in the data so close to a dated tap change is that change, written down late. */
const SAME_BREAK_DAYS = 21;

/**
 * Breaks that the registry tells. Filling in what was unknown is not a change. Versions are of one transformer, ascending.
 */
export function recordedBreaks(versions: readonly NameplateVersion[], offset: ZoneOffset): LevelBreak[] {
  return versions.slice(1).flatMap((version, index) => {
    const before = versions[index]!.transformer;
    const { transformer: after, transformerId, validFromMs } = version;
    const day = Math.floor((validFromMs + offset(validFromMs)) / DAY_MS);
    const of = (kind: BreakKind, shiftV = NaN): LevelBreak => ({ transformerId, day, kind, shiftV });
    const found: LevelBreak[] = [];
    if (differs(before.tapPosition, after.tapPosition)) found.push(of('tap', tapShiftV(before, after)));
    if (differs(before.capacityKva, after.capacityKva)) found.push(of('capacity'));
    if (before.feederId !== after.feederId) found.push(of('feeder'));
    if (differs(before.lvRadiusM, after.lvRadiusM, RADIUS_CHANGE_MIN)) found.push(of('radius'));
    return found;
  });
}

/** Recorded breaks and those found in the data, ascending; a shift that a dated tap or feeder change explains is not told twice. */
export function mergeBreaks(recorded: readonly LevelBreak[], found: readonly LevelBreak[]): LevelBreak[] {
  const unexplained = found.filter(
    (shift) =>
      !recorded.some(
        ({ transformerId, day, kind }) =>
          transformerId === shift.transformerId &&
          kind !== 'radius' &&
          Math.abs(day - shift.day) <= SAME_BREAK_DAYS,
      ),
  );
  return [...recorded, ...unexplained].toSorted((a, b) => a.day - b.day);
}

function tapShiftV(before: Transformer, after: Transformer): number {
  return tapV(after, after.tapPosition! - before.tapPosition!);
}

function differs(before: number | null, after: number | null, shareMin = 0): boolean {
  if (before === null || after === null) return false;
  return Math.abs(after - before) > shareMin * Math.abs(before);
}
