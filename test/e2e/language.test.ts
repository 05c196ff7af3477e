import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { launchBrowser } from '../fixtures/browser.ts';
import { FIRST_RUN_MS, firstRunMade } from './firstRun.ts';
import { openScreen, SCREENS, settled } from './screen.ts';

/** Words that stand in Chinese text as they are: the product, units, formats, names of things in the program. */
const NOT_WORDS =
  /\b(Peakvolt|peakvolt\.yaml|GB\/T|ANSI|mV|kVA|kW|kvar|kV|ms|MB|KiB|MiB|GiB|CSV|XLSX|PR-AUC|Brier|EN|GMT|Imax|Imin|iCal|YAML|MQTT|MQTT_URL|DuckDB|SQLite|InfluxDB|PostgreSQL|lon|lat|outlet|Asia\/Shanghai)\b/g;
const IDS = /\b(TQ|A|F|S)\d+\b|\btail-\w+|\b\d+(\.\d+)*\b/g;
const CJK = /\p{Script=Han}/u;
const WORD = /[A-Za-z]{2,}/;

interface Named {
  name: string;
  nameEn?: string | null;
}

let browser: Browser;
let names: string[];
beforeAll(async () => {
  browser = await launchBrowser();
  const answer = await fetch(new URL('/api/v1/map', inject('demo').url));
  const { areas, feeders, transformers } = (await answer.json()) as {
    areas: Named[];
    feeders: (Named & { substationName: string })[];
    transformers: { name: string[]; nameEn?: (string | null)[] | null };
  };
  names = [
    ...(await writtenNames()),
    ...areas.flatMap(({ name, nameEn }) => [name, nameEn]),
    ...feeders.flatMap(({ name, nameEn, substationName }) => [name, nameEn, substationName]),
    ...transformers.name,
    ...(transformers.nameEn ?? []),
  ]
    .filter((name): name is string => typeof name === 'string' && name !== '')
    .toSorted((a, b) => b.length - a.length);
  // The page of readiness has words to find only then.
  await firstRunMade();
}, FIRST_RUN_MS + 20_000);
afterAll(() => browser.close());

/** What people wrote into the alert settings stays as they wrote it: names of people, rotas, policies, work. */
async function writtenNames(): Promise<string[]> {
  const kinds = ['people', 'schedules', 'policies', 'routes', 'outages', 'contact-points', 'seasons'];
  const found = new Set<string>(['local']);
  for (const kind of kinds) {
    const answer = await fetch(new URL(`/api/v1/${kind}`, inject('demo').url));
    JSON.stringify(await answer.json(), (key, value: unknown) => {
      if ((key === 'name' || key === 'title' || key === 'userName') && typeof value === 'string')
        found.add(value);
      return value;
    });
  }
  return [...found];
}

/**
 * Every text that a person sees or hears on the screen in the language of the page: text, names and hints of controls.
 * What the server reports in a language of its own says so (`lang`), and code is code.
 */
async function texts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = new Set<string>([document.title]);
    const foreign = (element: Element): boolean => {
      const own = element.closest('[lang]')?.getAttribute('lang');
      return own !== document.documentElement.lang || element.closest('code, pre, script, style') !== null;
    };
    for (const element of document.body.querySelectorAll('*')) {
      if (foreign(element) || !element.checkVisibility()) continue;
      for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext']) {
        const value = element.getAttribute(name);
        if (value !== null) found.add(value);
      }
      for (const node of element.childNodes) {
        const text = node.nodeType === Node.TEXT_NODE ? (node.textContent ?? '').trim() : '';
        if (text !== '') found.add(text);
      }
    }
    return [...found];
  });
}

function withoutNames(text: string): string {
  return names.reduce((rest, name) => rest.replaceAll(name, ''), text);
}

async function chineseTexts(page: Page): Promise<string[]> {
  // The switch itself speaks the language that it leads to.
  return (await texts(page)).filter((text) => text !== '中文' && CJK.test(withoutNames(text)));
}

async function englishTexts(page: Page): Promise<string[]> {
  return (await texts(page)).filter((text) =>
    WORD.test(withoutNames(text).replace(IDS, '').replace(NOT_WORDS, '')),
  );
}

async function switchToChinese(page: Page): Promise<void> {
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
  await page.getByRole('button', { name: 'Switch the language to Chinese' }).click();
  await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('zh-CN');
}

describe('no word is left untranslated', () => {
  test.each(SCREENS)('$name, in English and after the switch to Chinese', async ({ hash }) => {
    const { page, close } = await openScreen(browser, hash, { locale: 'en-GB' });
    await settled(page);
    expect(await chineseTexts(page)).toEqual([]);
    await switchToChinese(page);
    await expect.poll(() => englishTexts(page)).toEqual([]);
    await close();
  });

  test('why a transformer is at risk and what may be done', async () => {
    const { page, close } = await openScreen(browser, '#/readiness', { locale: 'en-GB' });
    const details = page.getByRole('button', { name: /^Details of / });
    await details.first().click();
    await page
      .locator('tr.open')
      .getByRole('heading', { name: /confidence \d+/ })
      .waitFor();
    expect(await chineseTexts(page)).toEqual([]);
    await switchToChinese(page);
    await expect.poll(() => englishTexts(page)).toEqual([]);
    await page
      .locator('tr.open')
      .getByRole('heading', { name: /置信度/ })
      .waitFor();
    await close();
  });
});

test('a browser that asks for Chinese gets it, and a choice is kept', async () => {
  const { page, faults, close } = await openScreen(browser, '#/system', { locale: 'zh-CN' });
  await page.getByRole('heading', { level: 1, name: '系统' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
  await page.getByRole('button', { name: '切换到英文' }).click();
  await page.getByRole('heading', { level: 1, name: 'System' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'System' }).waitFor();
  expect(faults).toEqual([]);
  await close();
});
