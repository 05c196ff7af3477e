import type { Condition } from '../../server/core/condition.ts';
import { dayLabel } from './charts/chartStyle.ts';
import type { Dictionary, Locale } from './i18n/dictionary.ts';
import type { Status } from './readinessApi.ts';

const DAY_MS = 86_400_000;

/**
 * How a status of the forecast looks: colour and shape are borrowed from a condition of the same urgency, as those of the
 * qualification rate are. What is not known looks as no data does, never as ready.
 */
export const FORECAST_LOOKS: Readonly<Record<Status, Condition>> = {
  at_risk: 'serious-low',
  watch: 'watch',
  ready: 'normal',
  unknown: 'no-data',
};

/** Most urgent first. */
export const STATUSES = ['at_risk', 'watch', 'ready', 'unknown'] as const satisfies readonly Status[];

/** Rows that may go low, the likeliest first: what the forecast's layers put numbers on. */
export function likelyRows(
  status: readonly Status[],
  pLow: readonly (number | null)[],
  matches: Uint8Array,
): number[] {
  const rows: number[] = [];
  status.forEach((one, row) => {
    if (matches[row] === 1 && (one === 'at_risk' || one === 'watch')) rows.push(row);
  });
  return rows.sort((a, b) => (pLow[b] ?? 0) - (pLow[a] ?? 0) || a - b);
}

/** `Nov 27–Nov 29`, of local days since 1970, both in it. */
export function dayRange(firstDay: number, lastDay: number, locale: Locale): string {
  const first = dayName(firstDay, locale);
  return firstDay === lastDay ? first : `${first}–${dayName(lastDay, locale)}`;
}

/** A local day since 1970. */
export function dayName(day: number, locale: Locale): string {
  return dayLabel(day * DAY_MS, locale);
}

/** Why a forecast says nothing of a transformer. */
export function unknownSays(reason: string | null, t: Dictionary): string {
  if (reason === null) return t.notInRun;
  return t.unknownBecause(t.unknownReasons[reason as keyof typeof t.unknownReasons] ?? reason);
}

/** The page of Readiness with one transformer open. */
export function readinessLink(transformerId: string): string {
  return `#/readiness?t=${encodeURIComponent(transformerId)}`;
}
