import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../fixtures/browser.ts';
import type { RunningService } from '../fixtures/service.ts';
import { openScreen } from './screen.ts';
import { startEmpty } from './services.ts';

const PASSWORD = 'four words of no kin';
const dataDir = mkdtempSync(join(tmpdir(), 'peakvolt-access-'));
let browser: Browser;
let service: RunningService;
beforeAll(async () => {
  [browser, service] = await Promise.all([launchBrowser(), startEmpty(dataDir)]);
});
afterAll(async () => {
  await browser.close();
  await service.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('from the link in the log to a password, out, and in again where one wanted to go', async () => {
  const link = /#\/welcome\/[\w-]+/.exec(service.log())![0];
  const { page, close } = await openScreen(browser, link, { url: service.url });
  await page.getByRole('heading', { name: 'Welcome, admin' }).waitFor();
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Set the password and log in' }).click();
  await page.getByRole('link', { name: 'Account: admin' }).click();
  await page.getByText('Administrator').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await page.goto(`${service.url}/#/access`);
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Users, tokens and audit' }).waitFor();
  await page.getByRole('button', { name: 'Check the chain' }).click();
  await page.getByText(/The record is whole: \d+ entries/).waitFor();
  expect(await page.getByText('session.end').isVisible()).toBe(true);
  await close();
});

test('the link works once', async () => {
  const link = /#\/welcome\/[\w-]+/.exec(service.log())![0];
  const { page, close } = await openScreen(browser, link, { url: service.url });
  await page.getByText('This link was used, or is too old.').waitFor();
  expect(await page.getByLabel('Password').count()).toBe(0);
  await close();
});
