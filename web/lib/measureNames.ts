import type { Dictionary, Locale } from './i18n/dictionary.ts';
import { measureDetail } from './readiness.ts';
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
