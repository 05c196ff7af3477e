import { STATUSES } from './forecast.ts';
import { parsedSeason } from './readiness.ts';
import type { CauseKind, RankingFilter } from './readinessApi.ts';

/** What the address of Readiness holds, so that a link, a reload and the way back show the same thing. */
export interface ReadinessAddress {
  /** Null: the season that runs, or the next. */
  season: string | null;
  filter: RankingFilter;
  /** A transformer that stands by itself, wherever it is in the ranking; or empty. */
  transformer: string;
}

/** What the address says; a status, cause or season that there is not is as if it were not said. */
export function parseReadinessAddress(querystring: string, causes: readonly string[]): ReadinessAddress {
  const search = new URLSearchParams(querystring);
  const season = search.get('season');
  const cause = search.get('cause') ?? '';
  return {
    season: season !== null && isSeason(season) ? season : null,
    filter: {
      area: search.get('area') ?? '',
      feeder: search.get('feeder') ?? '',
      status: STATUSES.find((known) => known === search.get('status')) ?? '',
      cause: causes.includes(cause) ? (cause as CauseKind) : '',
      important: search.get('important') === '1',
    },
    transformer: search.get('t') ?? '',
  };
}

/** The path of an address, without what is as usual. */
export function readinessPath({ season, filter, transformer }: ReadinessAddress): string {
  const search = new URLSearchParams();
  if (season !== null) search.set('season', season);
  for (const name of ['area', 'feeder', 'status', 'cause'] as const) {
    if (filter[name] !== '') search.set(name, filter[name]);
  }
  if (filter.important) search.set('important', '1');
  if (transformer !== '') search.set('t', transformer);
  const query = search.toString();
  return query === '' ? '/readiness' : `/readiness?${query}`;
}

function isSeason(id: string): boolean {
  const { kind, year } = parsedSeason(id);
  return year > 1970 && year < 9000 && id === `${kind}-${year}`;
}
