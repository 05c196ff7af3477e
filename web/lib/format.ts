import type { Locale } from './i18n/dictionary.ts';

/** Between a number and its unit: thin, and never broken over a line. */
export const THIN_SPACE = '\u202f';
/** What stands where a value is not known. */
export const NO_VALUE = '–';

const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

/** A number with fixed decimals by locale; an em-less dash where there is none. */
export function formatNumber(value: number | null | undefined, locale: Locale, decimals = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NO_VALUE;
  const key = `${locale}/${decimals}`;
  let format = numberFormats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    numberFormats.set(key, format);
  }
  return format.format(value);
}

export type TimeStyle = 'time' | 'seconds' | 'date' | 'dateTime' | 'dateTimeZone' | 'month';

const TIME_OPTIONS: Record<TimeStyle, Intl.DateTimeFormatOptions> = {
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  seconds: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  date: { year: 'numeric', month: 'short', day: 'numeric' },
  month: { year: 'numeric', month: 'short' },
  dateTime: { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  dateTimeZone: {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  },
};

/** A time of the grid's zone. */
export function formatTime(
  ms: number | null | undefined,
  locale: Locale,
  timeZone: string,
  style: TimeStyle = 'dateTime',
): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return NO_VALUE;
  const key = `${locale}/${timeZone}/${style}`;
  let format = dateFormats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, { timeZone, ...TIME_OPTIONS[style] });
    dateFormats.set(key, format);
  }
  return style === 'dateTimeZone' ? `${format.format(ms)} ${zoneName(ms, timeZone)}` : format.format(ms);
}

/** `GMT+8`: the same in both languages, and always after the time (where Intl puts it differs). */
function zoneName(ms: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'short' }).formatToParts(ms);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}

const AGE_UNITS: readonly { upToS: number; perUnitS: number; en: string; zh: string }[] = [
  { upToS: 90, perUnitS: 1, en: 's', zh: '秒' },
  { upToS: 90 * 60, perUnitS: 60, en: 'min', zh: '分钟' },
  { upToS: 48 * 3600, perUnitS: 3600, en: 'h', zh: '小时' },
  { upToS: Infinity, perUnitS: 86_400, en: 'd', zh: '天' },
];

/** How long ago, or how long: `12 s`, `37 min`, `5 h`, `3 d`. Never negative: clocks differ. */
export function formatAge(ageMs: number | null | undefined, locale: Locale): string {
  if (ageMs === null || ageMs === undefined || !Number.isFinite(ageMs)) return NO_VALUE;
  const ageS = Math.max(0, ageMs) / 1000;
  const unit = AGE_UNITS.find((candidate) => ageS < candidate.upToS) ?? AGE_UNITS[AGE_UNITS.length - 1]!;
  const count = formatNumber(Math.floor(ageS / unit.perUnitS), locale);
  return `${count}${THIN_SPACE}${locale === 'zh-CN' ? unit.zh : unit.en}`;
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Bytes in binary units, one decimal from KiB on. */
export function formatBytes(bytes: number, locale: Locale): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${formatNumber(value, locale, unit === 0 ? 0 : 1)}${THIN_SPACE}${BYTE_UNITS[unit]}`;
}

/** An amount in the configured currency, `45,000 CNY`; the yuan has a word of its own in Chinese. */
export function formatMoney(amount: number | null, currency: string, locale: Locale): string {
  if (amount === null) return NO_VALUE;
  const unit = currency === 'CNY' && locale === 'zh-CN' ? '元' : currency;
  return `${formatNumber(amount, locale)}${THIN_SPACE}${unit}`;
}

/** A sentence in which no line breaks between a number and its unit. */
export function unbroken(sentence: string): string {
  return sentence.replace(/(?<=\d) (?=%|°C|(?:V|m|s|kVA)(?!\w))/g, THIN_SPACE);
}
