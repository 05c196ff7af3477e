/** Local days and clock hours of the grid, without asking the time-zone database for every reading. */

/** Milliseconds to add to UTC for local time. */
export type ZoneOffset = (utcMs: number) => number;

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Offsets change on these boundaries at most (Lord Howe Island changes on a half hour). */
const BLOCK_MS = HOUR_MS / 2;
/** Bound of the cache: about three years of half hours; a long import starts it again. */
const BLOCKS_MAX = 50_000;

/** Offset function of an IANA zone. Throws a RangeError when the name is unknown. */
export function zoneOffset(timeZone: string): ZoneOffset {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const blocks = new Map<number, number>();
  let lastBlock = NaN;
  let lastOffsetMs = 0;
  return (utcMs) => {
    const block = Math.floor(utcMs / BLOCK_MS);
    if (block === lastBlock) return lastOffsetMs;
    let offsetMs = blocks.get(block);
    if (offsetMs === undefined) {
      if (blocks.size >= BLOCKS_MAX) blocks.clear();
      offsetMs = wallClockMs(format, block * BLOCK_MS) - block * BLOCK_MS;
      blocks.set(block, offsetMs);
    }
    lastBlock = block;
    lastOffsetMs = offsetMs;
    return offsetMs;
  };
}

/** Number of the local clock hour since 1970; the hour that a clock change repeats counts once. */
export function localHour(utcMs: number, offset: ZoneOffset): number {
  return Math.floor((utcMs + offset(utcMs)) / HOUR_MS);
}

/** UTC time at which the local day that holds `utcMs` begins. */
export function localDayStart(utcMs: number, offset: ZoneOffset): number {
  return dayStart(Math.floor((utcMs + offset(utcMs)) / DAY_MS), offset);
}

/** UTC time at which a local day (number since 1970) begins. */
export function dayStart(localDay: number, offset: ZoneOffset): number {
  const midnightMs = localDay * DAY_MS;
  // The offset at midnight is not known before midnight is: two rounds settle it, a change at midnight included.
  let utcMs = midnightMs - offset(midnightMs);
  utcMs = midnightMs - offset(utcMs);
  return utcMs;
}

function wallClockMs(format: Intl.DateTimeFormat, utcMs: number): number {
  const part = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of format.formatToParts(utcMs)) {
    if (type in part) part[type as keyof typeof part] = Number(value);
  }
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
}
