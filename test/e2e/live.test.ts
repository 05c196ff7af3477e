import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../fixtures/browser.ts';
import type { RunningService } from '../fixtures/service.ts';
import { minutes, publish } from './devices.ts';
import { countPixels, mapDrawn, mapOf, openScreen } from './screen.ts';
import { importVillage, startEmpty } from './services.ts';

/** Severe low voltage in the dark theme. */
const SEVERE = '#d1203f';

let browser: Browser;
let dataDir: string;
let service: RunningService;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'peakvolt-e2e-'));
  [browser, service] = await Promise.all([launchBrowser(), startEmpty(dataDir)]);
  await importVillage(service);
});
afterAll(async () => {
  await browser.close();
  await service.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('voltage that falls is seen on map, list, header and panel without a reload', async () => {
  const { page, faults, close } = await openScreen(browser, '', {
    url: service.url,
    extraHTTPHeaders: service.headers,
    colorScheme: 'dark',
  });
  await mapDrawn(page);
  const header = page.getByRole('banner');
  const row = page
    .getByRole('region', { name: 'Needs attention' })
    .getByRole('button', { name: 'Mill Lane 2' });
  const red = async (): Promise<number> => countPixels(page, await mapOf(page).screenshot(), SEVERE);
  await header.getByRole('link', { name: '0 homes low' }).waitFor();
  await page.evaluate(() => Object.assign(window, { neverReloaded: true }));

  await publish(service.brokerUrl, minutes('TQ9002', [231, 228, 171, 170, 169, 168, 168]));
  await row.waitFor();
  await expect.poll(() => row.innerText()).toMatch(/severe low[^]*168\.0\sV/u);
  await header.getByRole('link', { name: '60 homes low' }).waitFor();
  await expect.poll(red).toBeGreaterThan(40);

  await row.click();
  const panel = page.getByRole('complementary', { name: 'Mill Lane 2' });
  await expect.poll(() => panel.innerText()).toMatch(/168\.0\sV/u);
  expect(await panel.innerText()).toMatch(/severe low/);
  expect(await page.evaluate(() => 'neverReloaded' in window)).toBe(true);
  expect(faults).toEqual([]);
  await close();
});

test('readings change the open page of a transformer, phase by phase', async () => {
  const { page, close } = await openScreen(browser, '#/transformers/TQ9003', {
    url: service.url,
    extraHTTPHeaders: service.headers,
  });
  await page.getByText('No reading yet.').first().waitFor();
  await publish(service.brokerUrl, minutes('TQ9003', [226.4]));
  await expect.poll(() => page.getByRole('main').innerText()).toMatch(/226\.4\sV/u);
  await close();
});

test('a low line end leads the panel, though the outlet is well', async () => {
  await publish(service.brokerUrl, [
    ...minutes('TQ9001', [224, 224, 224]),
    ...minutes('TQ9001', [172, 171, 170, 170, 170], 'tail-M7'),
  ]);
  const { page, close } = await openScreen(browser, '', {
    url: service.url,
    extraHTTPHeaders: service.headers,
  });
  const row = page
    .getByRole('region', { name: 'Needs attention' })
    .getByRole('button', { name: 'Mill Lane 1' });
  await expect.poll(() => row.innerText()).toMatch(/170\.0\sV/u);
  await row.click();
  const panel = page.getByRole('complementary', { name: 'Mill Lane 1' });
  await panel.getByText('line end M7').waitFor();
  await expect.poll(() => panel.innerText()).toMatch(/170\.0\sV/u);
  await panel.getByRole('link', { name: 'Open page' }).click();
  const point = page.getByRole('combobox', { name: 'Measuring point' });
  await expect.poll(() => point.inputValue()).toBe('tail-M7');
  await close();
});
