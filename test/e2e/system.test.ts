import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../fixtures/browser.ts';
import type { RunningService } from '../fixtures/service.ts';
import { minutes, publish } from './devices.ts';
import { openScreen, settled } from './screen.ts';
import { startEmpty } from './services.ts';

let browser: Browser;
let dataDir: string;
let service: RunningService;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'peakvolt-e2e-'));
  [browser, service] = await Promise.all([launchBrowser(), startEmpty(dataDir)]);
});
afterAll(async () => {
  await browser.close();
  await service.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('an empty system', () => {
  test('says that it runs, and what to do next: broker, registry, demo', async () => {
    const { page, faults, close } = await openScreen(browser, '', {
      url: service.url,
      extraHTTPHeaders: service.headers,
    });
    await settled(page);
    await page.getByRole('heading', { name: 'Nothing to show yet' }).waitFor();
    const steps = page.getByRole('main').getByRole('listitem');
    expect(await steps.allInnerTexts()).toEqual([
      expect.stringMatching(/Connect a broker[^]*MQTT_URL/),
      expect.stringMatching(/Import a registry[^]*npm run -s peakvolt -- import registry/),
      expect.stringMatching(/demo[^]*npm run -s peakvolt -- serve --demo/),
    ]);
    expect(await page.getByText('Simulated data').count()).toBe(0);
    expect(faults).toEqual([]);
    await close();
  });
});

describe('dead letters', () => {
  test('what cannot be read appears with its reason, its topic and its bytes', async () => {
    const { page, faults, close } = await openScreen(browser, '#/system', {
      url: service.url,
      extraHTTPHeaders: service.headers,
    });
    await page.getByText('Every message was understood.').waitFor();
    await publish(service.brokerUrl, [
      { topic: 'pq/v1/village/TQ9001/data', payload: 'this is <b>not</b> JSON' },
    ]);
    await page.getByRole('button', { name: /^unparsable\s+1$/ }).waitFor();
    const letter = page.getByRole('listitem').filter({ hasText: 'pq/v1/village/TQ9001/data' });
    await letter.getByText('pq/v1/village/TQ9001/data').click();
    await letter.getByText('this is <b>not</b> JSON').waitFor();
    await page.getByText('Nothing is missing.').waitFor();
    expect(faults).toEqual([]);
    await close();
  });

  test('an unknown transformer is registered by the form, and its letters are replayed into the store', async () => {
    const { page, faults, close } = await openScreen(browser, '#/system', {
      url: service.url,
      extraHTTPHeaders: service.headers,
    });
    await publish(service.brokerUrl, minutes('TQ9100', [221, 220, 219]));
    const entry = page.getByRole('listitem').filter({ hasText: 'TQ9100' }).filter({ hasText: 'last heard' });
    await expect.poll(() => entry.innerText()).toMatch(/^TQ9100[^]*\b3\b/);
    await entry.getByRole('button', { name: 'Register' }).click();

    const dialog = page.getByRole('dialog', { name: 'Register TQ9100' });
    expect(await dialog.getByLabel('Organisation').inputValue()).toBe('village');
    // What is required and empty is not sent.
    await dialog.getByRole('button', { name: 'Register transformer' }).click();
    expect(await dialog.isVisible()).toBe(true);
    await dialog.getByLabel('Name').fill('Harbour 1');
    await dialog.getByLabel('Area number').fill('A1');
    await dialog.getByLabel('Feeder number').fill('F1');
    await dialog.getByLabel('Longitude').fill('110.1');
    await dialog.getByLabel('Latitude').fill('30.1');
    await dialog.getByLabel('Customers').fill('12');
    await dialog.getByRole('button', { name: 'Register transformer' }).click();
    await page.getByText('TQ9100 is registered. Its kept readings can be replayed now.').waitFor();
    await dialog.waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Replay all: unknown transformer' }).click();
    await page.getByText('3 taken, 0 refused again.').waitFor();
    await page.getByText('Every transformer that reports is registered.').waitFor();
    await expect.poll(storedRows).toHaveLength(3);
    await page.goto(`${service.url}/#/transformers/TQ9100`);
    await page.getByRole('heading', { level: 1, name: 'Harbour 1' }).waitFor();
    await expect.poll(() => page.getByRole('main').innerText()).toMatch(/219\.0\sV/u);
    expect(faults).toEqual([]);
    await close();
  });
});

async function storedRows(): Promise<string[]> {
  const span = `from=${Date.now() - 3_600_000}&to=${Date.now()}`;
  const answer = await fetch(`${service.url}/api/v1/transformers/TQ9100/readings.csv?${span}`, {
    headers: service.headers,
  });
  return (await answer.text()).trim().split('\n').slice(1);
}
