import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../fixtures/browser.ts';
import { CLIENT_ID, CLIENT_SECRET, startOidcServer, type OidcServer } from '../fixtures/oidcServer.ts';
import type { RunningService } from '../fixtures/service.ts';
import { openScreen } from './screen.ts';
import { startEmpty } from './services.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'peakvolt-sso-'));
let browser: Browser;
let provider: OidcServer;
let service: RunningService;
beforeAll(async () => {
  [browser, provider] = await Promise.all([launchBrowser(), startOidcServer()]);
  // The provider is away while the service starts, which must not matter.
  provider.standing = 'away';
  service = await startEmpty(dataDir, 0, {
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT_ID,
    OIDC_CLIENT_SECRET: CLIENT_SECRET,
  });
  provider.admit(service.url);
  for (const id of ['lin', 'wu']) {
    provider.people.set(id, { email: `${id}@grid.example`, email_verified: true });
  }
  await invite('lin@grid.example', 'Lin');
});
afterAll(async () => {
  await browser.close();
  await service.stop();
  await provider.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function invite(login: string, name: string): Promise<void> {
  const answer = await fetch(new URL('/api/v1/users', service.url), {
    method: 'POST',
    headers: { ...service.headers, 'content-type': 'application/json' },
    body: JSON.stringify({ login, name, role: 'on-call' }),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
}

async function logInAtProvider(page: Page, name: string): Promise<void> {
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('from the button to the provider, back to the screen that was asked for, and out at both', async () => {
  const { page, close } = await openScreen(browser, '#/outages', { url: service.url });
  const button = page.getByRole('button', { name: 'Log in with single sign-on' });
  await button.click();
  await page.getByRole('alert').getByText('does not answer').waitFor();
  provider.standing = 'up';
  await button.click();
  await logInAtProvider(page, 'lin');
  await page.getByRole('heading', { name: 'Outages' }).waitFor();
  expect(page.url()).toBe(`${service.url}/#/outages`);
  await page.getByRole('link', { name: 'Account: Lin' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  // The provider asks whether it is to end there, too.
  await page.getByRole('button', { name: 'Yes, sign me out' }).click();
  await button.waitFor();
  await button.click();
  await page.locator('input[name=login]').waitFor();
  await close();
});

test('whom nobody added is told so, on the login', async () => {
  const { page, close } = await openScreen(browser, '#/outages', { url: service.url });
  await page.getByRole('button', { name: 'Log in with single sign-on' }).click();
  await logInAtProvider(page, 'wu');
  await page.getByRole('alert').getByText('You have no active account here').waitFor();
  expect(page.url()).toBe(`${service.url}/#/outages`);
  await close();
});
