import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../fixtures/browser.ts';
import { FIRST_RUN_MS, firstRunMade } from './firstRun.ts';
import { mapDrawn, openScreen, SCREENS, settled } from './screen.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
/** What a finger hits without aiming (WCAG 2.2, 2.5.8 asks for 24; the pages promise 40). */
const FINGER_PX = 24;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
  // A page of readiness that is full.
  await firstRunMade();
}, FIRST_RUN_MS + 20_000);
afterAll(() => browser.close());

async function brightness(page: Page): Promise<number> {
  return page.evaluate(() => {
    const channels = getComputedStyle(document.body).backgroundColor.match(/\d+/g)!.slice(0, 3).map(Number);
    return channels.reduce((sum, channel) => sum + channel, 0) / 3;
  });
}

describe('theme', () => {
  test.each([
    ['dark', 'Switch to the light theme', 0, 60],
    ['light', 'Switch to the dark theme', 200, 256],
  ] as const)('follows the system at first: %s', async (colorScheme, label, from, below) => {
    const { page, close } = await openScreen(browser, '', { colorScheme });
    await page.getByRole('button', { name: label }).waitFor();
    const now = await brightness(page);
    expect(now).toBeGreaterThanOrEqual(from);
    expect(now).toBeLessThan(below);
    await close();
  });

  test('is changed by its button, map included, and kept after a reload', async () => {
    const { page, faults, close } = await openScreen(browser, '', { colorScheme: 'dark' });
    await mapDrawn(page);
    await page.getByRole('button', { name: 'Switch to the light theme' }).click();
    await expect.poll(() => brightness(page)).toBeGreaterThan(200);
    await page.reload();
    await page.getByRole('button', { name: 'Switch to the dark theme' }).waitFor();
    expect(await brightness(page)).toBeGreaterThan(200);
    await mapDrawn(page);
    expect(faults).toEqual([]);
    await close();
  });
});

describe('a phone', () => {
  test.each(SCREENS)(
    '$name: nothing is wider than the screen, and a thumb hits what it aims at',
    async ({ hash }) => {
      const { page, faults, close } = await openScreen(browser, hash, PHONE);
      await settled(page);
      const wide = await page.evaluate(() => {
        const scrolls = [...document.querySelectorAll('*')].filter((element) => {
          const { overflowX } = getComputedStyle(element);
          return element.scrollWidth > element.clientWidth + 1 && /auto|scroll/.test(overflowX);
        });
        return {
          page: document.documentElement.scrollWidth - innerWidth,
          scrolls: scrolls.filter((element) => element.tagName !== 'PRE').map((element) => element.className),
        };
      });
      expect(wide).toEqual({ page: 0, scrolls: [] });
      const small = await page.evaluate((least) => {
        const controls = [
          ...document.querySelectorAll('button, select, input:not(.visually-hidden), a.button, nav a'),
        ];
        return (
          controls
            .filter((control) => control.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
            // A label around a field is hit for it.
            .map((control) => ({
              control: control.outerHTML.slice(0, 80),
              box: (control.closest('label') ?? control).getBoundingClientRect(),
            }))
            .filter(({ box }) => box.width > 0 && Math.min(box.width, box.height) < least)
            .map(({ control, box }) => `${control}: ${box.width} × ${box.height}`)
        );
      }, FINGER_PX);
      expect(small).toEqual([]);
      expect(faults).toEqual([]);
      await close();
    },
  );

  test('the way around is at the bottom, and the panel can be read, closed and followed', async () => {
    const { page, close } = await openScreen(browser, '#/?t=TQ0316', PHONE);
    await mapDrawn(page);
    const bar = (await page.getByRole('navigation', { name: 'Main navigation' }).boundingBox())!;
    expect(bar.y + bar.height).toBeCloseTo(844, 0);
    expect(bar.width).toBeCloseTo(390, 0);
    const panel = page.getByRole('complementary');
    await panel.getByRole('link', { name: 'Open page' }).scrollIntoViewIfNeeded();
    const box = (await panel.boundingBox())!;
    expect(box.y + box.height).toBeLessThanOrEqual(bar.y + 1);
    expect(box.width).toBeGreaterThan(340);
    await panel.getByRole('button', { name: 'Close' }).tap();
    await panel.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'System' }).last().tap();
    await page.getByRole('heading', { level: 1, name: 'System' }).waitFor();
    await close();
  });
});

test('who wants no motion gets none', async () => {
  const { page, close } = await openScreen(browser, '#/?t=TQ0316', { reducedMotion: 'reduce' });
  await settled(page);
  const moving = await page.evaluate(() =>
    [...document.querySelectorAll('*')]
      .filter((element) => {
        const { animationName, transitionDuration } = getComputedStyle(element);
        return animationName !== 'none' || transitionDuration.split(', ').some((d) => parseFloat(d) > 0);
      })
      .map((element) => element.outerHTML.slice(0, 80)),
  );
  expect(moving).toEqual([]);
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  await close();
});
