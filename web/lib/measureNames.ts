import { formatNumber, THIN_SPACE } from './format.ts';
import type { Dictionary, Locale } from './i18n/dictionary.ts';
import type { TriedMeasure } from './readinessApi.ts';

/** `raise the tap 3 → 4`; of a pair both names: `raise the tap 3 → 4 + rebalance phases`. */
export function measureName(
  { kind, detail, second }: Pick<TriedMeasure, 'kind' | 'detail' | 'second'>,
  t: Dictionary,
  locale: Locale,
): string {
  const parts = second === null ? [{ kind, detail }] : [{ kind, detail }, second];
  return parts
    .map((part) => `${t.measureKinds[part.kind]} ${measureDetail(part, locale)}`.trim())
    .join(' + ');
}

/** `315 → 630 kVA`: what exactly a measure does, where it has a from and a to. */
function measureDetail({ kind, detail }: Pick<TriedMeasure, 'kind' | 'detail'>, locale: Locale): string {
  const number = (value: number | string | undefined): string =>
    typeof value === 'number' ? formatNumber(value, locale) : (value ?? '');
  const from = detail['from'] ?? detail['fromKva'] ?? detail['fromPct'];
  const to = detail['to'] ?? detail['toKva'] ?? detail['toPct'];
  if (from === undefined || to === undefined) return '';
  const unit = kind === 'capacity' ? `${THIN_SPACE}kVA` : kind === 'rebalance' ? `${THIN_SPACE}%` : '';
  return `${number(from)} → ${number(to)}${unit}`;
}
