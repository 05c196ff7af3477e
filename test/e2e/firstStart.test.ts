import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { launchBrowser } from '../fixtures/browser.ts';
import { countPixels, mapDrawn, mapOf, openScreen, SCREENS, settled } from './screen.ts';

/** Colour of a normal transformer (web/lib/tokens.ts, the dark theme). */
const NORMAL = '#5f7f8f';
/** 400 points of a few pixels each, even with their edges smoothed: far more than any line or letter of that colour. */
const PAINTED_PIXELS = 400;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

describe('from an empty folder to a live map', () => {
  test('the address is printed, with what it is and where devices connect', () => {
    expect(inject('demo').announced).toMatch(
      /^Peakvolt is at http:\/\/127\.0\.0\.1:\d+ \(simulated data\); devices connect to mqtt:\/\/127\.0\.0\.1:\d+$/,
    );
  });

  test('the map is painted with its transformers, and the header says what is true now', async () => {
    const { page, faults, close } = await openScreen(browser, '', { colorScheme: 'dark' });
    await mapDrawn(page);
    const picture = await mapOf(page).screenshot();
    expect(await countPixels(page, picture, NORMAL)).toBeGreaterThan(PAINTED_PIXELS);

    const header = page.getByRole('banner');
    await expect.poll(() => header.innerText()).toMatch(/peak (in \d+ days?|, )/);
    const text = await header.innerText();
    expect(text).toMatch(/[\d,]+ homes? low/);
    expect(text).toMatch(/\d+ out/);
    expect(text).toMatch(/data \d+\.\d\s%/u);
    expect(text).toMatch(/live\s+\d+\s(s|min)/u);
    expect(faults).toEqual([]);
    await close();
  });

  test.each(SCREENS)('$name: says that the data is simulated, and nothing goes wrong', async ({ hash }) => {
    const { page, faults, close } = await openScreen(browser, hash);
    await settled(page);
    const note = page.getByRole('note').filter({ hasText: 'Simulated data' });
    expect(await note.isVisible()).toBe(true);
    expect(await page.getByRole('banner').getByText('homes low').isVisible()).toBe(true);
    expect(faults).toEqual([]);
    await close();
  });
});
