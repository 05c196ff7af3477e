const HOUR_MS = 3_600_000;
const offsets = new Map<string, number>();

/** Milliseconds by which a zone's wall clock is ahead of UTC at a time. */
function zoneOffsetMs(ms: number, timeZone: string): number {
  const hour = Math.floor(ms / HOUR_MS);
  const key = `${timeZone}/${hour}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    offset = wallMs(hour * HOUR_MS, timeZone) - hour * HOUR_MS;
    if (offsets.size > 20_000) offsets.clear();
    offsets.set(key, offset);
  }
  return offset;
}

/**
 * A time moved so that UTC shows the zone's wall clock: charts then put their ticks on the grid's days, whatever zone
 * the browser is in. {@link fromWall} is the way back.
 */
export function toWall(ms: number, timeZone: string): number {
  return ms + zoneOffsetMs(ms, timeZone);
}

export function fromWall(wall: number, timeZone: string): number {
  const guess = wall - zoneOffsetMs(wall, timeZone);
  return wall - zoneOffsetMs(guess, timeZone);
}

function wallMs(ms: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const part = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const get = (name: Intl.DateTimeFormatPartTypes): number => part.get(name) ?? 0;
  return Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
}
