import { formatNumber, NO_VALUE, THIN_SPACE } from './format.ts';
import type { Dictionary, Locale } from './i18n/dictionary.ts';
import type { Finding, Readiness, Status, TriedMeasure } from './readinessApi.ts';

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

/** Where today stands to a season. */
export function seasonStands(
  { firstDay, lastDay }: Readiness['season'],
  nowMs: number,
  t: Dictionary,
  locale: Locale,
): string {
  const days = firstDay - Math.floor(nowMs / DAY_MS);
  if (days > 0) return t.seasonStartsIn(formatNumber(days, locale), days);
  return nowMs / DAY_MS > lastDay + 1 ? t.seasonOver : t.seasonRuns;
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
  return locale === 'en' ? en : zh;
}

/** `315 → 630 kVA`: what exactly a measure does, where it has a from and a to. */
export function measureDetail(
  { kind, detail }: Pick<TriedMeasure, 'kind' | 'detail'>,
  locale: Locale,
): string {
  const number = (value: number | string | undefined): string =>
    typeof value === 'number' ? formatNumber(value, locale) : (value ?? '');
  const { from, to } = detail;
  if (from === undefined || to === undefined) return '';
  const unit = kind === 'capacity' ? `${THIN_SPACE}kVA` : '';
  return `${number(from)} → ${number(to)}${unit}`;
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
