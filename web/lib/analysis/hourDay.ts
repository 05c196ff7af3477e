import { toWall } from './zonedTime.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Lowest value of each clock hour of each local day. */
export interface HourDay {
  /** Wall-clock midnights (UTC shows the local day), ascending, without holes. */
  daysMs: number[];
  /** `[day index, hour 0…23, value]`; hours without data are not there. */
  cells: [day: number, hour: number, value: number][];
}

/** Sorts values into hours by days of a zone. */
export function hourByDay(
  tsMs: readonly number[],
  values: readonly (number | null)[],
  timeZone: string,
): HourDay {
  const lowest = new Map<number, number>();
  tsMs.forEach((ts, i) => {
    const value = values[i] ?? null;
    if (value === null || !Number.isFinite(value)) return;
    const hour = Math.floor(toWall(ts, timeZone) / HOUR_MS);
    lowest.set(hour, Math.min(lowest.get(hour) ?? Infinity, value));
  });
  const hours = [...lowest.keys()].sort((a, b) => a - b);
  if (hours.length === 0) return { daysMs: [], cells: [] };
  const firstDay = Math.floor(hours[0]! / 24);
  const lastDay = Math.floor(hours[hours.length - 1]! / 24);
  return {
    daysMs: Array.from({ length: lastDay - firstDay + 1 }, (_, i) => (firstDay + i) * DAY_MS),
    cells: hours.map((hour) => [Math.floor(hour / 24) - firstDay, hour % 24, lowest.get(hour)!]),
  };
}
