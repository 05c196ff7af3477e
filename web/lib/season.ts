export interface SeasonSpan {
  season: 'summer' | 'winter';
  /** First and last day, `MM-DD`, in the grid's zone (contracts.md: summer 15 Jun–15 Sep, winter 1 Dec–28 Feb). */
  from: string;
  to: string;
}

const SEASONS: readonly SeasonSpan[] = [
  { season: 'summer', from: '06-15', to: '09-15' },
  { season: 'winter', from: '12-01', to: '02-28' },
];

/** Where today stands: within a peak season with days left, or before the next one. */
export interface SeasonStanding {
  season: 'summer' | 'winter';
  active: boolean;
  /** Days until it starts, or (active) until its last day. */
  days: number;
}

const DAY_MS = 86_400_000;

/** The peak season that holds `nowMs`, else the next to come. Days are calendar days of `timeZone`. */
export function seasonStanding(nowMs: number, timeZone: string, seasons = SEASONS): SeasonStanding {
  const today = localDay(nowMs, timeZone);
  const year = new Date(today).getUTCFullYear();
  let best: SeasonStanding | null = null;
  for (const span of seasons) {
    for (const startYear of [year - 1, year, year + 1]) {
      const start = dayOf(startYear, span.from);
      const end = dayOf(span.to < span.from ? startYear + 1 : startYear, span.to);
      if (today >= start && today <= end) {
        return { season: span.season, active: true, days: Math.round((end - today) / DAY_MS) };
      }
      const days = Math.round((start - today) / DAY_MS);
      if (days > 0 && (best === null || days < best.days))
        best = { season: span.season, active: false, days };
    }
  }
  if (best === null) throw new Error('a list of seasons without a season');
  return best;
}

/** Midnight UTC of the calendar day that `timeZone` shows at `ms`: a day as a number that can be subtracted. */
function localDay(ms: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return Date.parse(`${parts.format(ms)}T00:00:00Z`);
}

function dayOf(year: number, monthDay: string): number {
  return Date.parse(`${year}-${monthDay}T00:00:00Z`);
}
