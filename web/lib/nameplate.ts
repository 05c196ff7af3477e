import type { TransformerDetail } from './api.ts';
import { formatNumber, THIN_SPACE } from './format.ts';
import type { Dictionary, Locale } from './i18n/dictionary.ts';

/** The nameplate as names and values; what the registry does not know is left out. */
export function nameplateFacts(
  { transformer, limits }: Pick<TransformerDetail, 'transformer' | 'limits'>,
  t: Dictionary,
  locale: Locale,
): { name: string; value: string }[] {
  const number = (value: number, decimals = 0): string => formatNumber(value, locale, decimals);
  const unit = (value: number | null, name: string, decimals = 0): string | null =>
    value === null ? null : `${number(value, decimals)}${THIN_SPACE}${name}`;
  const { tapPosition, tapCount, tapStepPct, lon, lat } = transformer;
  const tap =
    tapPosition === null
      ? null
      : tapCount === null || tapStepPct === null
        ? number(tapPosition)
        : t.tapOf(number(tapPosition), number(tapCount), number(tapStepPct, 1));
  const important =
    transformer.importantCustomers > 0
      ? ` · ${t.importantCount(number(transformer.importantCustomers))}`
      : '';
  const facts: [string, string | null][] = [
    [t.capacity, unit(transformer.capacityKva, 'kVA')],
    [t.customers, `${t.homes(number(transformer.customers), transformer.customers)}${important}`],
    [t.tap, tap],
    [t.shortCircuit, unit(transformer.ukPct, '%', 1)],
    [t.lvRadius, unit(transformer.lvRadiusM, 'm')],
    [t.kind, (t.kinds as Record<string, string>)[transformer.kind] ?? transformer.kind],
    [t.limits, `${number(limits.lowV, 1)}–${unit(limits.highV, 'V', 1)}`],
    [t.coordinates, lon === null || lat === null ? null : `${number(lat, 4)}, ${number(lon, 4)}`],
  ];
  return facts.flatMap(([name, value]) => (value === null || value === '' ? [] : [{ name, value }]));
}

const TAIL = 'tail-';

/** What a measuring point is called: the outlet, the line end of a meter, else its own name. */
export function pointLabel(point: string, t: Dictionary): string {
  if (point === 'outlet') return t.outlet;
  return point.startsWith(TAIL) ? t.tail(point.slice(TAIL.length)) : point;
}
