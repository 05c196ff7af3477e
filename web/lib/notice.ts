import { formatNumber } from './format.ts';
import type { Locale } from './i18n/dictionary.ts';
import { noticesEn } from './i18n/noticesEn.ts';
import { noticesZh } from './i18n/noticesZh.ts';

/** A sentence of a part as the server sends it; a newer server may know codes that this page does not. */
export interface SentNotice {
  code: string;
  values: Readonly<Record<string, string | number>>;
  cause?: SentNotice | undefined;
}

/** A stretch of text; foreign text and names of settings are set apart, for they stay as they are in any language. */
export interface Piece {
  text: string;
  kind: 'words' | 'quote' | 'setting';
}

export interface SaidHealth {
  detail: Piece[];
  remedy: Piece[] | null;
}

// First strong isolate and its end (UAX #9): foreign text keeps its own direction, and can be found again.
const [OPEN, CLOSE] = ['\u2068', '\u2069'];
const APART = /\u2068([^\u2069]*)\u2069|`([^`]*)`/g;

type AnyWording = Record<
  string,
  { detail: (values: object) => string; remedy?: (values: object) => string } | undefined
>;

/** What a part says, in the language of the page; what has no words there stands quoted, as the server said it. */
export function sayHealth(
  {
    detail,
    remedy,
    notice,
  }: { detail: string; remedy?: string | null | undefined; notice?: SentNotice | undefined },
  locale: Locale,
): SaidHealth {
  const said = notice === undefined ? null : say(notice, locale);
  if (said !== null) return said;
  const quote = (text: string): Piece[] => [{ text, kind: 'quote' }];
  return { detail: quote(detail), remedy: remedy === undefined || remedy === null ? null : quote(remedy) };
}

function say({ code, values, cause }: SentNotice, locale: Locale): SaidHealth | null {
  const table = (locale === 'zh-CN' ? noticesZh : noticesEn) as AnyWording;
  const wording = Object.hasOwn(table, code) ? table[code] : undefined;
  if (wording === undefined) return null;
  const shown = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, show(value, locale)]),
  );
  const why = cause === undefined ? null : say(cause, locale);
  const detail = pieces(wording.detail(shown));
  const remedy = wording.remedy === undefined ? null : pieces(wording.remedy(shown));
  if (why === null) return { detail, remedy };
  const colon: Piece = { text: locale === 'zh-CN' ? '：' : ': ', kind: 'words' };
  return { detail: [...detail, colon, ...why.detail], remedy: why.remedy ?? remedy };
}

function show(value: string | number, locale: Locale): string {
  if (typeof value === 'number') return formatNumber(value, locale);
  return value === '' ? '' : `${OPEN}${value.replaceAll(/[\u2068\u2069]/g, '')}${CLOSE}`;
}

function pieces(sentence: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of sentence.matchAll(APART)) {
    found.push({ text: sentence.slice(from, match.index), kind: 'words' });
    const [whole, quote, setting] = match;
    found.push(quote === undefined ? { text: setting!, kind: 'setting' } : { text: quote, kind: 'quote' });
    from = match.index + whole.length;
  }
  found.push({ text: sentence.slice(from), kind: 'words' });
  return found.filter(({ text }) => text !== '');
}
