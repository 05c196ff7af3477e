/** The two seasons in which low voltage comes: when they run, and up to when a forecast of them may look. */

export type SeasonKind = 'summer' | 'winter';

/** One season of one year. Days are local days since 1970 (`localTime.ts`). */
export interface Season {
  /** `summer-2027`; a winter bears the year in which it begins. */
  id: string;
  kind: SeasonKind;
  year: number;
  /** First and last day of it, both in it. */
  firstDay: number;
  lastDay: number;
  /** Last day that a forecast of it is made from: 31 May, 31 October (domain.md §4). */
  originDay: number;
}

/** Month and day, as `06-15`. */
interface SeasonWindow {
  first: string;
  last: string;
  origin: string;
}

export type SeasonWindows = Readonly<Record<SeasonKind, Readonly<SeasonWindow>>>;

/** Contract of "low" (contracts.md); configuration. */
export const SEASON_WINDOWS: SeasonWindows = Object.freeze({
  summer: { first: '06-15', last: '09-15', origin: '05-31' },
  winter: { first: '12-01', last: '02-28', origin: '10-31' },
});

/** The season of that name; null where the text names none. */
export function parseSeason(id: string, windows: SeasonWindows = SEASON_WINDOWS): Season | null {
  const match = /^(summer|winter)-(\d{4})$/.exec(id);
  if (match === null) return null;
  const season = seasonOf(match[1] as SeasonKind, Number(match[2]), windows);
  // Dates have four digits of a year.
  return Number.isNaN(season.lastDay) ? null : season;
}

export function seasonOf(kind: SeasonKind, year: number, windows: SeasonWindows = SEASON_WINDOWS): Season {
  const { first, last, origin } = windows[kind];
  const firstDay = dayOf(year, first);
  const endsNextYear = dayOf(year, last) < firstDay;
  return {
    id: `${kind}-${year}`,
    kind,
    year,
    firstDay,
    lastDay: dayOf(endsNextYear ? year + 1 : year, last),
    originDay: dayOf(dayOf(year, origin) < firstDay ? year : year - 1, origin),
  };
}

/** The season that runs on this day, else the next to come. */
export function nextSeason(day: number, windows: SeasonWindows = SEASON_WINDOWS): Season {
  const year = new Date(day * 86_400_000).getUTCFullYear();
  const candidates = [year - 1, year, year + 1].flatMap((y) => [
    seasonOf('summer', y, windows),
    seasonOf('winter', y, windows),
  ]);
  return candidates
    .filter((season) => season.lastDay >= day)
    .reduce((best, season) => (season.firstDay < best.firstDay ? season : best));
}

function dayOf(year: number, monthDay: string): number {
  return Date.parse(`${year}-${monthDay}T00:00:00Z`) / 86_400_000;
}
