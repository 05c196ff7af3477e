import type { Dictionary, Locale } from './dictionary.ts';
import { en } from './en.ts';
import { zh } from './zh.ts';

const STORAGE_KEY = 'peakvolt.locale';

/** The language in force, remembered on this device; the browser's own at first. */
class I18n {
  locale = $state<Locale>('en');

  start(): void {
    const kept = localStorage.getItem(STORAGE_KEY);
    const wanted = kept ?? navigator.language;
    this.#apply(wanted.startsWith('zh') ? 'zh-CN' : 'en');
  }

  get t(): Dictionary {
    return this.locale === 'zh-CN' ? zh : en;
  }

  toggle(): void {
    this.#apply(this.locale === 'zh-CN' ? 'en' : 'zh-CN');
    localStorage.setItem(STORAGE_KEY, this.locale);
  }

  #apply(locale: Locale): void {
    this.locale = locale;
    document.documentElement.lang = locale;
  }
}

export const i18n = new I18n();
