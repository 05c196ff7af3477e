import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../fixtures/browser.ts';
import { FIRST_RUN_MS, firstRunMade } from './firstRun.ts';
import { openScreen, type Screen, SCREENS, settled } from './screen.ts';

/** Text that is read, against what is behind it (WCAG 2.2, 1.4.3). */
const CONTRAST_LEAST = 4.5;
/** More stops than any screen has: a walk that comes round ends before. */
const STOPS_MAX = 400;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
  // A page of readiness that is full.
  await firstRunMade();
}, FIRST_RUN_MS + 20_000);
afterAll(() => browser.close());

describe.each(SCREENS)('$name', ({ hash }) => {
  let screen: Screen;
  beforeAll(async () => {
    screen = await openScreen(browser, hash, { colorScheme: 'dark' });
    await settled(screen.page);
  });
  afterAll(() => screen.close());

  test('has one first heading, its landmarks, and a name for every control', async () => {
    const { page } = screen;
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    expect(await page.getByRole('main').count()).toBe(1);
    expect(await page.getByRole('banner').count()).toBe(1);
    expect(await page.getByRole('navigation', { name: 'Main navigation' }).count()).toBe(1);
    expect(await page.title()).toMatch(/ · Peakvolt$/);
    expect(await nameless(page)).toEqual([]);
    expect(await repeatedIds(page)).toEqual([]);
    expect(await skippedHeadings(page)).toEqual([]);
  });

  test('can be read in both themes', async () => {
    const { page } = screen;
    const dark = await faintTexts(page, CONTRAST_LEAST);
    await page.getByRole('button', { name: 'Switch to the light theme' }).click();
    const light = await faintTexts(page, CONTRAST_LEAST);
    expect({ dark, light }).toEqual({ dark: [], light: [] });
  });

  test('is walked by keyboard: every stop can be seen, none is a trap', async () => {
    const { stops, unseen } = await walk(screen.page);
    expect(stops[0]).toMatch(/^A Skip to the content/);
    expect(unseen).toEqual([]);
    for (const name of [
      'Map',
      'Incidents',
      'Readiness',
      'Outages',
      'On-call',
      'Rules',
      'System',
      'Switch the language to Chinese',
    ]) {
      expect(stops.some((stop) => stop.endsWith(name))).toBe(true);
    }
  });
});

test('the first stop skips to the content', async () => {
  const { page, close } = await openScreen(browser, '#/system');
  await settled(page);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
  expect(page.url()).toContain('#/system');
  await close();
});

/** Controls that a screen reader would announce without a name, by the browser's own tree. */
async function nameless(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as {
    nodes: {
      ignored: boolean;
      role?: { value: string };
      name?: { value: string };
      backendDOMNodeId?: number;
    }[];
  };
  const roles =
    /^(button|link|textbox|searchbox|combobox|slider|radio|checkbox|img|image|dialog|complementary|region)$/;
  return nodes
    .filter((node) => !node.ignored && roles.test(node.role?.value ?? ''))
    .filter((node) => (node.name?.value ?? '').trim() === '')
    .map((node) => `${node.role!.value} #${node.backendDOMNodeId}`);
}

async function repeatedIds(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    return ids.filter((id, i) => ids.indexOf(id) !== i);
  });
}

/** Headings that go down by more than one level. */
async function skippedHeadings(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const headings = [...document.querySelectorAll('main h1, main h2, main h3, main h4')];
    return headings
      .filter((heading, i) => i > 0 && Number(heading.tagName[1]) > Number(headings[i - 1]!.tagName[1]) + 1)
      .map((heading) => `${heading.tagName} ${heading.textContent}`);
  });
}

/** Texts whose colour is too near to the ground below them. Disabled controls are exempt, as in the standard. */
async function faintTexts(page: Page, least: number): Promise<string[]> {
  return page.evaluate((least) => {
    const parse = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = ([r, g, b]: number[]): number => {
      const [red, green, blue] = [r!, g!, b!].map((channel) => {
        const share = channel / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      }) as [number, number, number];
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ground = (element: Element | null): number[] => {
      for (let at = element; at !== null; at = at.parentElement) {
        const color = parse(getComputedStyle(at).backgroundColor);
        if ((color[3] ?? 1) === 1) return color;
      }
      return [255, 255, 255];
    };
    return [...document.body.querySelectorAll<HTMLElement>('*')]
      .filter((e) =>
        [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent!.trim() !== ''),
      )
      .filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .filter((e) => !e.matches(':disabled, option, .visually-hidden, .visually-hidden *, noscript'))
      .map((e) => {
        const [text, back] = [luminance(parse(getComputedStyle(e).color)), luminance(ground(e))];
        const contrast = (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
        return { contrast, text: e.textContent!.trim().slice(0, 40) };
      })
      .filter(({ contrast }) => contrast < least)
      .map(({ contrast, text }) => `${contrast.toFixed(2)} ${text}`);
  }, least);
}

/** Tab from the top of the page until it comes round. */
async function walk(page: Page): Promise<{ stops: string[]; unseen: string[] }> {
  const stops: string[] = [];
  const unseen: string[] = [];
  // Wherever the focus was, the next stop is the first.
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
  });
  for (let i = 0; i < STOPS_MAX; i++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return null;
      if (element.hasAttribute('data-walked')) return 'round';
      element.setAttribute('data-walked', '');
      // A field may show the focus on the box around it.
      const shown = [element, element.parentElement!, element.closest('label') ?? element].some(
        (candidate) => {
          const { outlineStyle, outlineWidth } = getComputedStyle(candidate);
          return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
        },
      );
      const box = element.getBoundingClientRect();
      const name = element.getAttribute('aria-label') ?? element.textContent!.trim();
      return {
        name: `${element.tagName} ${name.slice(0, 60)}`,
        shown,
        inside: box.bottom > 0 && box.top < innerHeight,
      };
    });
    if (stop === 'round' || stop === null) return { stops, unseen };
    stops.push(stop.name);
    if (!stop.shown || !stop.inside) unseen.push(`${stop.name} (shown ${stop.shown}, inside ${stop.inside})`);
  }
  throw new Error(`a walk of ${STOPS_MAX} stops did not come round`);
}
