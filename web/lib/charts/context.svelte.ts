import { i18n } from '../i18n/i18n.svelte.ts';
import { site } from '../state/site.svelte.ts';
import { theme } from '../state/theme.svelte.ts';
import { readTokens } from '../tokens.ts';
import type { ChartContext } from './chartStyle.ts';

/** The context of all charts as it is now; read inside `$derived`, so that charts follow theme and language. */
export function chartContext(): ChartContext {
  // The theme is read for its own sake: the tokens are only in the style sheet.
  void theme.current;
  return { tokens: readTokens(), t: i18n.t, locale: i18n.locale, timeZone: site.timeZone };
}
