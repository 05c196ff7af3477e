import { decimal } from './quantity.ts';

/** Numbers up to here are seconds, milliseconds, microseconds; above: nanoseconds. Each scale covers 1973 to 5138. */
const SECONDS_MAX = 1e11;
const MILLIS_MAX = 1e14;
const MICROS_MAX = 1e17;
/** Longest text that can be a time. */
const TEXT_LENGTH_MAX = 40;

const ISO =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,:](\d{1,9}))?)?)? ?(Z|[+-]\d\d:?(?:\d\d)?)?$/i;
/** `20220321093008`, `20220321T093008Z`: IoT platforms and table exports. */
const COMPACT =
  /^((?:19|20|21)\d\d)(\d\d)(\d\d)T?(\d\d)(\d\d)(\d\d)(?:[.,]?(\d{1,9}))?(Z|[+-]\d\d:?(?:\d\d)?)?$/i;

/** Epoch of any unit, told apart by its magnitude, in whole UTC milliseconds. */
export function epochMs(epoch: number): number {
  const size = Math.abs(epoch);
  if (size < SECONDS_MAX) return Math.round(epoch * 1e3);
  if (size < MILLIS_MAX) return Math.round(epoch);
  if (size < MICROS_MAX) return Math.round(epoch / 1e3);
  return Math.round(epoch / 1e6);
}

/**
 * A time as devices write it: epoch number, epoch in text, ISO 8601 with or without an offset (`+08:00`, `+0800`, `Z`),
 * date and time with a space or slashes, or fourteen digits.
 *
 * @param zoneOffsetMin zone of a time without an offset, minutes east of UTC
 * @returns UTC milliseconds, or null when it is not a time
 */
export function timeMs(value: unknown, zoneOffsetMin: number): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? epochMs(value) : null;
  if (typeof value !== 'string' || value.length > TEXT_LENGTH_MAX) return null;
  const text = value.trim();
  const match = ISO.exec(text) ?? COMPACT.exec(text);
  if (match !== null) return civilMs(match, zoneOffsetMin);
  const epoch = decimal(text);
  return epoch === null || Number.isNaN(epoch) ? null : epochMs(epoch);
}

function civilMs(match: RegExpExecArray, zoneOffsetMin: number): number | null {
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone] = match;
  const utcMs = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const date = new Date(utcMs);
  // Date.UTC rolls 30 February over to March; such a time is not one.
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  return utcMs + Math.round(Number(`0.${fraction}`) * 1000) - offsetMin(zone, zoneOffsetMin) * 60_000;
}

function offsetMin(zone: string | undefined, zoneOffsetMin: number): number {
  if (zone === undefined) return zoneOffsetMin;
  if (zone === 'Z' || zone === 'z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)) * (zone.length > 3 ? 1 : 0);
  return zone.startsWith('-') ? -minutes : minutes;
}
