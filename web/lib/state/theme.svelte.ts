export type Theme = 'dark' | 'light';

const STORAGE_KEY = 'peakvolt.theme';

/** The theme in force, remembered on this device; the system's wish at first. */
class ThemeState {
  current = $state<Theme>('dark');

  start(): void {
    const kept = localStorage.getItem(STORAGE_KEY);
    const wish = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
    this.#apply(kept === 'dark' || kept === 'light' ? kept : wish);
  }

  toggle(): void {
    this.#apply(this.current === 'dark' ? 'light' : 'dark');
    localStorage.setItem(STORAGE_KEY, this.current);
  }

  #apply(theme: Theme): void {
    document.documentElement.dataset['theme'] = theme;
    this.current = theme;
  }
}

export const theme = new ThemeState();
