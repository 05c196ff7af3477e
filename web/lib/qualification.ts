import type { Condition } from '../../server/core/condition.ts';
import { fromWall, toWall } from './analysis/zonedTime.ts';
import type { Compliance } from './api.ts';

/**
 * How a qualification rate looks: colour and shape are borrowed from a condition of the same urgency, so that they are
 * the same everywhere. 95 % and 98 % are the rates that China's supply supervision rule asks of urban homes and of
 * supply at 10 kV [H]; 99.5 % is a design choice.
 */
export const RATE_BANDS: readonly { below: number; look: Condition }[] = [
  { below: 95, look: 'serious-low' },
  { below: 98, look: 'mild-low' },
  { below: 99.5, look: 'watch' },
  { below: Infinity, look: 'normal' },
];

/** Rates under this carry their number on the map. */
const NUMBERED_BELOW_PCT = 98;

/** The look of a rate; too little data is unknown, never good. */
export function rateLook(ratePct: number | null | undefined): Condition {
  return RATE_BANDS.find(({ below }) => (ratePct ?? NaN) < below)?.look ?? 'no-data';
}

/** A rate for one decimal, cut and not rounded: 97.96 % is less than 98. */
export function shortRate(ratePct: number | null | undefined): number | null {
  return typeof ratePct === 'number' ? Math.floor(ratePct * 10 + 1e-6) / 10 : null;
}

/** Rows whose rate is worth ink, the lowest first. */
export function poorRows(ratePct: readonly (number | null)[], matches: Uint8Array): number[] {
  const rows: number[] = [];
  ratePct.forEach((rate, row) => {
    if (matches[row] === 1 && rate !== null && rate < NUMBERED_BELOW_PCT) rows.push(row);
  });
  return rows.sort((a, b) => ratePct[a]! - ratePct[b]! || a - b);
}

type Month = Compliance['points'][number]['months'][number];

/** A month shorter than this is one of which the end is still to come, or the start was not asked for. */
const MONTH_MS_MIN = 27.9 * 86_400_000;

/** Months as the page lists them: the newest first, `partial` where the span covers only a part of the month. */
export function monthRows(months: readonly Month[]): (Month & { partial: boolean })[] {
  return months.map((month) => ({ ...month, partial: month.toMs - month.fromMs < MONTH_MS_MIN })).reverse();
}

/** The months that a page shows: up to `toMs`, from the same month of the year before. */
export function pageSpan(toMs: number, timeZone: string): { from: number; to: number } {
  const wall = new Date(toWall(toMs, timeZone));
  const firstWall = Date.UTC(wall.getUTCFullYear() - 1, wall.getUTCMonth(), 1);
  return { from: Math.max(0, fromWall(firstWall, timeZone)), to: toMs };
}

/** Where the bars of a month table begin: what counts happens in the last tenth, unless someone is worse than that. */
export function barFromPct(ratesPct: readonly (number | null)[]): number {
  const lowest = Math.min(100, ...ratesPct.filter((rate) => rate !== null));
  return Math.min(90, Math.max(0, Math.floor(lowest / 10) * 10));
}

/** Length of a bar between `fromPct` and 100, %. */
export function barPct(ratePct: number, fromPct: number): number {
  return Math.min(100, Math.max(0, ((ratePct - fromPct) / (100 - fromPct)) * 100));
}
