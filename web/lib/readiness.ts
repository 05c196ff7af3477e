import { toWall } from './analysis/zonedTime.ts';
import { formatNumber, NO_VALUE, THIN_SPACE, unbroken } from './format.ts';
import type { Dictionary, Locale } from './i18n/dictionary.ts';
import type { AreaSum, Finding, Readiness, ReadinessAreas, Status } from './readinessApi.ts';

const DAY_MS = 86_400_000;

/** `Summer 2027`, `Winter 2026/27`. */
export function seasonName(
  { kind, year }: Pick<Readiness['season'], 'kind' | 'year'>,
  t: Dictionary,
): string {
  return kind === 'summer'
    ? t.seasonSummer(String(year))
    : t.seasonWinter(String(year), String((year + 1) % 100).padStart(2, '0'));
}

/** The mildest and the hardest of some weather years, and what half of them pass; of one year at least. */
export function spanOfYears<T extends { customerHours: number }>(
  years: readonly T[],
): { least: T; most: T; medianHours: number } {
  const ranked = years.toSorted((a, b) => a.customerHours - b.customerHours);
  const middle = (ranked.length - 1) / 2;
  const [below, above] = [ranked[Math.floor(middle)]!, ranked[Math.ceil(middle)]!];
  return {
    least: ranked[0]!,
    most: ranked.at(-1)!,
    medianHours: (below.customerHours + above.customerHours) / 2,
  };
}

/** `winter-2025` in its parts. */
export function parsedSeason(id: string): Pick<Readiness['season'], 'kind' | 'year'> {
  const [kind, year] = id.split('-');
  return { kind: kind === 'summer' ? 'summer' : 'winter', year: Number(year) };
}

/** Where today stands to a season; its days, and today, are calendar days of the grid's zone. */
export function seasonStands(
  { firstDay, lastDay }: Readiness['season'],
  nowMs: number,
  timeZone: string,
  t: Dictionary,
  locale: Locale,
): string {
  const today = Math.floor(toWall(nowMs, timeZone) / DAY_MS);
  if (today < firstDay) return t.seasonStartsIn(formatNumber(firstDay - today, locale), firstDay - today);
  return today > lastDay ? t.seasonOver : t.seasonRuns;
}

/** The seasons to choose from: the one before, this one and the two after it. */
export function seasonChoices(
  { kind, year }: Readiness['season'],
  t: Dictionary,
): { id: string; name: string }[] {
  const at = (n: number): { id: string; name: string } => {
    // Half years since the summer of year 0.
    const half = 2 * year + (kind === 'winter' ? 1 : 0) + n;
    const season = {
      kind: half % 2 === 0 ? ('summer' as const) : ('winter' as const),
      year: Math.floor(half / 2),
    };
    return { id: `${season.kind}-${season.year}`, name: seasonName(season, t) };
  };
  return [-2, -1, 0, 1, 2].map(at);
}

export function statusName(status: Status, t: Dictionary): string {
  return { at_risk: t.statusAtRisk, watch: t.statusWatch, ready: t.statusReady, unknown: t.statusUnknown }[
    status
  ];
}

/** A sentence of the server in the reader's language. */
export function saying({ en, zh }: Finding, locale: Locale): string {
  return unbroken(locale === 'en' ? en : zh);
}

export function volts(value: number | null | undefined, locale: Locale, decimals = 0): string {
  return `${formatNumber(value, locale, decimals)}${THIN_SPACE}V`;
}

/** A probability in per cent; what is not certain is not shown as 0 or 100. */
export function percent(share: number | null | undefined, locale: Locale): string {
  if (share === null || share === undefined) return NO_VALUE;
  const pct = Math.round(100 * share);
  if (share > 0 && pct === 0) return `<1${THIN_SPACE}%`;
  if (share < 1 && pct === 100) return `>99${THIN_SPACE}%`;
  return `${formatNumber(pct, locale)}${THIN_SPACE}%`;
}

/** Shifts of the weather that are offered, K; what strains the season first. */
export function shiftsOf({ kind }: Pick<Readiness['season'], 'kind'>): readonly number[] {
  return kind === 'summer' ? [1, -1] : [-1, 1];
}

/** `1 °C warmer`. */
export function shiftName(addedK: number, t: Dictionary, locale: Locale): string {
  return t.figuresShift(formatNumber(Math.abs(addedK), locale), addedK > 0);
}

/** `12 more`, `3 fewer`, `as many`: what a number differs by from another. */
export function differs(value: number, from: number, t: Dictionary, locale: Locale): string {
  const difference = Math.round(value) - Math.round(from);
  if (difference === 0) return t.differsNot;
  const count = formatNumber(Math.abs(difference), locale);
  return difference > 0 ? t.differsMore(count) : t.differsFewer(count);
}

/** One past season, or the one to come, over the areas in question. */
export interface ComparedSeason {
  seasonId: string;
  name: string;
  /** Null: not measured (yet). */
  low: number | null;
  known: number;
  /** Expected number by a forecast made before it; null where there is none. */
  expected: number | null;
  /** Low hours times customers, measured and expected. */
  hours: number | null;
  expectedHours: number | null;
}

/**
 * Past seasons as they were measured, the oldest first, and the season to come; of one area, or (empty) of all. `last` is
 * the back-test of the season a year before.
 */
export function comparedSeasons(
  season: Readiness['season'],
  now: ReadinessAreas,
  last: ReadinessAreas | null,
  areaId: string,
  t: Dictionary,
): ComparedSeason[] {
  const isIn = (one: { areaId: string }): boolean => areaId === '' || one.areaId === areaId;
  const total = (areas: readonly AreaSum[]): Pick<ComparedSeason, 'expected' | 'expectedHours'> => {
    // Of nothing but unknown transformers nothing is expected, not even nought.
    const known = areas.filter(({ unknown, transformers }) => unknown < transformers);
    if (known.length === 0) return { expected: null, expectedHours: null };
    return {
      expected: known.reduce((sum, area) => sum + area.expectedLow, 0),
      expectedHours: known.reduce((sum, area) => sum + area.customerHours, 0),
    };
  };
  const lastYear = season.year - 1;
  const years = [...new Set(now.seasons.map(({ seasonId }) => parsedSeason(seasonId).year))];
  const past = years.toSorted().map((year): ComparedSeason => {
    const seasonId = `${season.kind}-${year}`;
    const areas = now.seasons.filter((one) => one.seasonId === seasonId && isIn(one));
    const tested = year === lastYear && last !== null ? last.areas.filter(isIn) : [];
    return {
      seasonId,
      name: seasonName({ kind: season.kind, year }, t),
      low: areas.reduce((sum, { low }) => sum + low, 0),
      known: areas.reduce((sum, { known }) => sum + known, 0),
      ...total(tested),
      hours: areas.reduce((sum, { customerHours }) => sum + customerHours, 0),
    };
  });
  return [
    ...past.filter(({ known }) => known > 0),
    {
      seasonId: season.id,
      name: seasonName(season, t),
      low: null,
      known: 0,
      ...total(now.areas.filter(isIn)),
      hours: null,
    },
  ];
}
