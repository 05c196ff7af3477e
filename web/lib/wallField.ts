import { fromWall, toWall } from './analysis/zonedTime.ts';

/** A time for a `datetime-local` field, on the wall clock of the grid; empty where there is none. */
export function toField(ms: number | null, timeZone: string): string {
  return ms === null ? '' : new Date(toWall(ms, timeZone)).toISOString().slice(0, 16);
}

/** The time of a field; null while it is empty or half typed. */
export function fromField(text: string, timeZone: string): number | null {
  const wall = Date.parse(`${text}Z`);
  return Number.isNaN(wall) ? null : fromWall(wall, timeZone);
}
