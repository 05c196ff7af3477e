import { describe, expect, it } from 'vitest';
import { dayStart, HOUR_MS, localDayStart, localHour, zoneOffset } from '../../server/core/localTime.ts';

describe('local time', () => {
  it.each([
    { zone: 'UTC', at: '2026-07-01T00:00Z', offsetH: 0 },
    { zone: 'Asia/Shanghai', at: '2026-07-01T00:00Z', offsetH: 8 },
    { zone: 'Asia/Kolkata', at: '2026-07-01T00:00Z', offsetH: 5.5 },
    { zone: 'Europe/Berlin', at: '2026-03-29T00:59:59Z', offsetH: 1 },
    { zone: 'Europe/Berlin', at: '2026-03-29T01:00Z', offsetH: 2 },
    { zone: 'Australia/Lord_Howe', at: '2026-04-04T15:00Z', offsetH: 10.5 },
    { zone: 'America/St_Johns', at: '1969-12-31T12:00Z', offsetH: -3.5 },
  ])('$zone at $at', ({ zone, at, offsetH }) => {
    const offset = zoneOffset(zone);
    expect(offset(Date.parse(at)) / HOUR_MS).toBe(offsetH);
    expect(offset(Date.parse(at)) / HOUR_MS, 'from the cache').toBe(offsetH);
  });

  it.each([
    { zone: 'Asia/Shanghai', at: '2026-07-01T15:59:59Z', start: '2026-06-30T16:00Z' },
    { zone: 'Asia/Shanghai', at: '2026-07-01T16:00Z', start: '2026-07-01T16:00Z' },
    // 23 and 25 hours long.
    { zone: 'Europe/Berlin', at: '2026-03-29T12:00Z', start: '2026-03-28T23:00Z' },
    { zone: 'Europe/Berlin', at: '2026-03-30T12:00Z', start: '2026-03-29T22:00Z' },
    { zone: 'Europe/Berlin', at: '2026-10-25T22:59Z', start: '2026-10-24T22:00Z' },
  ])('the day of $at in $zone begins $start', ({ zone, at, start }) => {
    const offset = zoneOffset(zone);
    expect(localDayStart(Date.parse(at), offset)).toBe(Date.parse(start));
    const day = Math.floor(localHour(Date.parse(at), offset) / 24);
    expect(dayStart(day, offset)).toBe(Date.parse(start));
  });

  it('refuses a zone that is none', () => {
    expect(() => zoneOffset('Asia/Nowhere')).toThrow(RangeError);
  });
});
