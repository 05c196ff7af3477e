import { dayOf, localDayStartMs } from '../calendar.ts';

/** Summer 15 Jun–15 Sep, winter 1 Dec–28 Feb; a winter bears the year in which it begins. */
export interface Season {
  id: string;
  kind: 'summer' | 'winter';
  year: number;
  /** First local midnight of it, and the one after its last day. */
  fromMs: number;
  toMs: number;
  /** The local midnight after the last day that a forecast of it may look at: 31 May, 31 October. */
  originMs: number;
}

/** @throws RangeError when the text is not like `summer-2026` or `winter-2026`. */
export function seasonNamed(id: string): Season {
  const match = /^(summer|winter)-(\d{4})$/.exec(id);
  if (!match) throw new RangeError(`"${id}" is no season: summer-2026, winter-2026`);
  const year = Number(match[2]);
  const days =
    match[1] === 'summer'
      ? [dayOf(year, 6, 15), dayOf(year, 9, 15) + 1, dayOf(year, 5, 31) + 1]
      : [dayOf(year, 12, 1), dayOf(year + 1, 2, 28) + 1, dayOf(year, 10, 31) + 1];
  const [fromMs, toMs, originMs] = days.map(localDayStartMs) as [number, number, number];
  return { id, kind: match[1] as Season['kind'], year, fromMs, toMs, originMs };
}

/** The seasons of a kind that lie wholly in [fromMs, toMs), in order. */
export function seasonsWithin(kind: Season['kind'], fromMs: number, toMs: number): Season[] {
  const found: Season[] = [];
  for (let year = new Date(fromMs).getUTCFullYear() - 1; year <= new Date(toMs).getUTCFullYear(); year++) {
    const candidate = seasonNamed(`${kind}-${year}`);
    if (candidate.fromMs >= fromMs && candidate.toMs <= toMs) found.push(candidate);
  }
  return found;
}

/** The season that ended last. */
export function lastSeason(nowMs: number): Season {
  const year = new Date(nowMs).getUTCFullYear();
  return [`summer-${year - 1}`, `winter-${year - 1}`, `summer-${year}`]
    .map(seasonNamed)
    .filter((season) => season.toMs <= nowMs)
    .reduce((last, season) => (season.toMs > last.toMs ? season : last));
}
