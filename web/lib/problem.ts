import type { SettingsFault } from '../../server/core/incident/settingsFaults.ts';
import type { ApiError } from './api.ts';
import type { Dictionary, Locale } from './i18n/dictionary.ts';
import { faultsEn, problemsEn } from './i18n/problemsEn.ts';
import { faultsZh, problemsZh } from './i18n/problemsZh.ts';

type Values = Readonly<Record<string, string | number>>;
export type ProblemWords<Code extends string> = Readonly<
  Record<Code, (values: Values, t: Dictionary) => string>
>;
export type FaultCode = SettingsFault['message']['code'];

/** What is wrong with one thing that was sent; a newer server may know codes that this page does not. */
export interface SentFault {
  /** E.g. `steps.2.waitS`. */
  path: string;
  message: string;
  code?: string;
  values?: Values;
}

/** Why the server refused, in the language of the page; null: it has no words for it. */
export function sayProblem(error: ApiError, t: Dictionary, locale: Locale): string | null {
  const { code, values = {} } = (error.body ?? {}) as { code?: string; values?: Values };
  const words = locale === 'zh-CN' ? problemsZh : problemsEn;
  return code !== undefined && Object.hasOwn(words, code)
    ? words[code as keyof typeof words](values, t)
    : null;
}

/** What is wrong with a field; null: the page has no words for it. */
export function sayFault({ code, values = {} }: SentFault, t: Dictionary, locale: Locale): string | null {
  const words = locale === 'zh-CN' ? faultsZh : faultsEn;
  return code !== undefined && Object.hasOwn(words, code)
    ? words[code as keyof typeof words](values, t)
    : null;
}

/** Everything that is wrong with what was sent, by its place. */
export function faultsOf(error: ApiError | null): readonly SentFault[] {
  const { faults } = (error?.body ?? {}) as { faults?: readonly SentFault[] };
  return faults ?? [];
}
