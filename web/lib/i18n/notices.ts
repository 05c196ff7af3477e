import type { NoticeCode, NoticeValues } from '../../../server/core/notice.ts';

/** What a sentence holds, ready to be read: numbers by locale, foreign text set apart. */
type Shown<V> = { readonly [K in keyof V]: string };

interface Wording<V> {
  detail: (values: V) => string;
  remedy?: (values: V) => string;
}

/** Every sentence of the parts: one without words in a language is a type error. Backquotes set names of settings apart. */
export type Notices = { [C in NoticeCode]: Wording<Shown<NoticeValues[C]>> };
