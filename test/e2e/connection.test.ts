import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../fixtures/browser.ts';
import type { RunningService } from '../fixtures/service.ts';
import { minutes, publish } from './devices.ts';
import { mapDrawn, openScreen } from './screen.ts';
import { importVillage, startEmpty } from './services.ts';

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

test('a page says that its picture is old while the service is away, and recovers by itself', async () => {
  await publish(service.brokerUrl, minutes('TQ9001', [224]));
  const { page, close } = await openScreen(browser, '', {
    url: service.url,
    extraHTTPHeaders: service.headers,
  });
  await mapDrawn(page);
  const banner = page.getByRole('alert').filter({ hasText: 'No connection to the server' });
  const { port } = new URL(service.url);
  await service.stop();
  await banner.waitFor();
  // The age grows: what is shown is known to be old, and how old.
  await expect.poll(() => banner.innerText()).toMatch(/for [1-9]\d*\s(s|min)\./u);
  expect(await page.getByRole('banner').innerText()).toMatch(/connection lost/);
  expect(await page.getByRole('searchbox').isVisible()).toBe(true);

  service = await startEmpty(dataDir, Number(port));
  await banner.waitFor({ state: 'detached' });
  await page.getByRole('banner').getByRole('link', { name: /^live/ }).waitFor();
  await publish(service.brokerUrl, minutes('TQ9003', [171, 170, 169, 168, 168]));
  await page.getByRole('button', { name: /Quarry 1.*severe low/ }).waitFor();
  await close();
});

test('a page opened while nothing answers says what happened and what to do, and comes when it can', async () => {
  const { page, close } = await openScreen(browser, '#/transformers/TQ9001', {
    url: service.url,
    extraHTTPHeaders: service.headers,
  });
  await page.getByRole('heading', { level: 1, name: 'Mill Lane 1' }).waitFor();
  const { port } = new URL(service.url);
  await service.stop();
  await page.getByRole('link', { name: 'System' }).last().click();
  const main = page.getByRole('main');
  await main.getByText('The server does not answer.').waitFor();
  await main.getByText('Check that Peakvolt runs').waitFor();
  service = await startEmpty(dataDir, Number(port));
  await main.getByRole('heading', { name: 'From broker to store' }).waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
  await close();
});
