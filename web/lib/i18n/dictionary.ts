import type { en } from './en.ts';

export type Locale = 'zh-CN' | 'en';

/** Every language has every entry, with the same arguments: a missing one is a type error. */
export type Dictionary = {
  [K in keyof typeof en]: (typeof en)[K] extends (...args: infer A) => string
    ? (...args: A) => string
    : (typeof en)[K] extends Record<infer J extends string, string>
      ? Record<J, string>
      : string;
};
