import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../fixtures/browser.ts';
import { englishName, mapDrawn, openScreen } from './screen.ts';

let browser: Browser;
let name: string;
beforeAll(async () => {
  browser = await launchBrowser();
  name = await englishName('TQ0316');
});
afterAll(() => browser.close());

const hashOf = (page: Page): string => new URL(page.url()).hash;

describe('a link shows the same thing', () => {
  test('view, filters, layer and selection come back from the address', async () => {
    const first = await openScreen(browser, '');
    const { page } = first;
    await mapDrawn(page);
    await page.getByRole('combobox', { name: 'Area' }).selectOption('A04');
    await page.getByText('Voltage', { exact: true }).click();
    await page.getByRole('searchbox').fill('TQ031');
    await page.getByRole('region', { name: 'Matches' }).getByRole('button', { name }).click();
    await page.getByRole('complementary', { name }).waitFor();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    // The address follows the camera when it has come to rest.
    await expect.poll(() => hashOf(page)).toMatch(/at=[\d.]+%2C[\d.]+%2C1\d\.\d\d/);
    await expect.poll(() => hashOf(page)).toMatch(/layer=voltage.*q=.*area=A04.*t=TQ0316/);
    const rows = await page.getByRole('region', { name: 'Matches' }).getByRole('button').count();
    const hash = await cameraAtRest(page);

    const second = await openScreen(browser, hash);
    await mapDrawn(second.page);
    await second.page.getByRole('complementary', { name }).waitFor();
    expect(await second.page.getByRole('searchbox').inputValue()).toBe('TQ031');
    expect(await second.page.getByRole('combobox', { name: 'Area' }).inputValue()).toBe('A04');
    expect(await second.page.getByRole('radio', { name: 'Voltage' }).isChecked()).toBe(true);
    expect(await second.page.getByRole('region', { name: 'Matches' }).getByRole('button').count()).toBe(rows);
    expect(hashOf(second.page)).toBe(hash);
    expect([...first.faults, ...second.faults]).toEqual([]);
    await Promise.all([first.close(), second.close()]);
  });

  test('back leads from a page to the map as it was', async () => {
    const { page, close } = await openScreen(browser, '#/?area=A04&t=TQ0316');
    await mapDrawn(page);
    const before = await cameraAtRest(page);
    await page.getByRole('complementary').getByRole('link', { name: 'Open page' }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.goBack();
    await page.getByRole('complementary', { name }).waitFor();
    expect(hashOf(page)).toBe(before);
    await page.goForward();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await close();
  });

  test('nonsense in the address does no harm', async () => {
    const { page, faults, close } = await openScreen(
      browser,
      '#/?at=1,2&t=%3Cimg%20src%3Dx%3E&area=none&layer=x&condition=%00&q=%FF',
    );
    await mapDrawn(page);
    await page.getByText('No transformer matches.').waitFor();
    expect(await page.getByRole('complementary').count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
  });
});

/** The address when it has stayed the same over two looks. */
async function cameraAtRest(page: Page): Promise<string> {
  let before = '';
  await expect
    .poll(
      async () => {
        const same = before === hashOf(page) && before.includes('at=');
        before = hashOf(page);
        return same;
      },
      { interval: 500 },
    )
    .toBe(true);
  return before;
}
