import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { launchBrowser } from '../fixtures/browser.ts';
import { countPixels, englishName, mapDrawn, mapOf, openScreen } from './screen.ts';

/** Of the contract for history files, so that an export can be imported again. */
const CSV_HEADER =
  'transformer_id,ts,ua_v,ub_v,uc_v,ia_a,ib_a,ic_a,p_kw,q_kvar,point,in_a,ua_min_v,ub_min_v,uc_min_v,interval_s,flags';
const TILE_PX = 512;
/** Phase A in the dark theme. */
const PHASE_A = '#e6b422';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

interface Place {
  id: string;
  name: string;
  lon: number;
  lat: number;
}

/** The transformer with the most room around it: nothing else can be hit in its place. */
async function loneliest(): Promise<Place> {
  const answer = await fetch(new URL('/api/v1/map', inject('demo').url));
  const { transformers: t } = (await answer.json()) as {
    transformers: { id: string[]; lon: number[]; lat: number[] };
  };
  const room = (row: number): number =>
    Math.min(
      ...t.lon.map((lon, other) =>
        other === row ? Infinity : Math.hypot(lon - t.lon[row]!, t.lat[other]! - t.lat[row]!),
      ),
    );
  const row = t.id
    .map((_, index) => index)
    .reduce((best, index) => (room(index) > room(best) ? index : best));
  return { id: t.id[row]!, name: await englishName(t.id[row]!), lon: t.lon[row]!, lat: t.lat[row]! };
}

/** Web Mercator: fraction of the world from its north-west corner. */
const mercator = (lon: number, lat: number): [x: number, y: number] => [
  (lon + 180) / 360,
  0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI),
];

/** Where a place is drawn, by the camera that the address bar names. */
async function pixelOf(page: Page, place: Place): Promise<{ x: number; y: number }> {
  const [lat, lon, zoom] = new URL(page.url().replace('#/', '')).searchParams
    .get('at')!
    .split(',')
    .map(Number);
  const world = TILE_PX * 2 ** zoom!;
  const [centerX, centerY] = mercator(lon!, lat!);
  const [x, y] = mercator(place.lon, place.lat);
  const box = (await mapOf(page).boundingBox())!;
  return {
    x: box.x + box.width / 2 + (x - centerX) * world,
    y: box.y + box.height / 2 + (y - centerY) * world,
  };
}

describe('one transformer', () => {
  test('a click on it opens its panel: values, 24 hours of three phases, the way on', async () => {
    const place = await loneliest();
    const at = `${(place.lat + 0.002).toFixed(4)},${(place.lon - 0.003).toFixed(4)},14`;
    const { page, faults, close } = await openScreen(browser, `#/?at=${at}`, { colorScheme: 'dark' });
    await mapDrawn(page);
    const pixel = await pixelOf(page, place);
    await page.mouse.click(pixel.x, pixel.y);

    const panel = page.getByRole('complementary', { name: place.name });
    await panel.waitFor();
    const chart = panel.getByRole('img', { name: `Voltage of the three phases of ${place.name}` });
    await expect.poll(async () => countPixels(page, await chart.screenshot(), PHASE_A)).toBeGreaterThan(40);
    expect(await panel.innerText()).toMatch(/Last 24 hours/);
    expect(await panel.innerText()).toMatch(/\d{3}\.\d\sV/u);
    expect(page.url()).toContain(`t=${place.id}`);
    await panel.getByRole('link', { name: 'Open page' }).click();
    await page.getByRole('heading', { level: 1, name: place.name }).waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  test('a click beside everything closes the panel again, and so does Escape', async () => {
    const { page, close } = await openScreen(browser, '#/?t=TQ0316');
    await mapDrawn(page);
    const panel = page.getByRole('complementary');
    await panel.waitFor();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    expect(page.url()).not.toContain('t=TQ0316');
    await close();
  });

  test('the list opens it by keyboard alone', async () => {
    const { page, close } = await openScreen(browser, '');
    await mapDrawn(page);
    await page.getByRole('searchbox', { name: 'Search transformers' }).focus();
    await page.keyboard.type('TQ0238');
    const row = page.getByRole('region', { name: 'Matches' }).getByRole('button');
    await expect.poll(() => row.count()).toBe(1);
    const name = (await row.locator('.name').innerText()).trim();
    await expect
      .poll(async () => {
        await page.keyboard.press('Tab');
        return row.evaluate((element) => element === document.activeElement);
      })
      .toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name }).waitFor();
    expect(page.url()).toContain('t=TQ0238');
    await close();
  });

  test('its page draws the trend, zooms to a year, and exports what the contract says', async () => {
    const { page, faults, close } = await openScreen(browser, '#/transformers/TQ0238', {
      colorScheme: 'dark',
    });
    const chart = page.getByRole('img', { name: /^Voltage of the three phases of .*, with limits$/ });
    const drawn = async (): Promise<number> => countPixels(page, await chart.screenshot(), PHASE_A);
    await expect.poll(drawn).toBeGreaterThan(300);
    const year = page.getByRole('button', { name: '1 y' });
    await year.click();
    expect(await year.getAttribute('aria-pressed')).toBe('true');
    await expect.poll(() => page.getByText(/one value every \d+\s(h|d)/u).count()).toBe(1);
    await expect.poll(drawn).toBeGreaterThan(300);

    await page.getByRole('button', { name: '24 h' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/TQ0238.*\.csv$/);
    const [header, ...rows] = (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/);
    expect(header).toBe(CSV_HEADER);
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.every((row) => row.startsWith('TQ0238,') && row.split(',').length === 17)).toBe(true);
    expect(faults).toEqual([]);
    await close();
  });
});
