import type { TransformerDetail } from './api.ts';
import type { Locale } from './i18n/dictionary.ts';
import type { LiveGrid } from './state/liveReducer.ts';

/** The name to show: the English one in English where the registry has it, else the registry's own. */
export function nameOf(
  { name, nameEn }: { name: string; nameEn: string | null | undefined },
  locale: Locale,
): string {
  return locale === 'en' ? (nameEn ?? name) : name;
}

/** The name of a transformer by row. */
export function rowName(grid: Pick<LiveGrid, 'name' | 'nameEn'>, row: number, locale: Locale): string {
  return nameOf({ name: grid.name[row] ?? '', nameEn: grid.nameEn?.[row] }, locale);
}

/** Names of a transformer in detail, its area and its feeder. */
export function detailNames(
  detail: Pick<TransformerDetail, 'nameEn' | 'areaName' | 'areaNameEn' | 'feederName' | 'feederNameEn'> & {
    transformer: { name: string };
  },
  locale: Locale,
): { own: string; area: string; feeder: string } {
  return {
    own: nameOf({ name: detail.transformer.name, nameEn: detail.nameEn }, locale),
    area: nameOf({ name: detail.areaName, nameEn: detail.areaNameEn }, locale),
    feeder: nameOf({ name: detail.feederName, nameEn: detail.feederNameEn }, locale),
  };
}
