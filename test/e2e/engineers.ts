import type { Browser } from 'playwright-core';
import type { RunningService } from '../fixtures/service.ts';
import { openScreen, type Screen } from './screen.ts';

const PASSWORD = 'four words of no kin';

/** Someone with an account, signed in with a browser profile of their own. */
export interface Engineer extends Screen {
  id: string;
  name: string;
}

/** Asks the service as the owner of its folder. @throws when it refuses */
export async function askAsOwner<T>(service: RunningService, path: string, body?: object): Promise<T> {
  const answer = await fetch(new URL(`/api/v1/${path}`, service.url), {
    headers: { ...service.headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** An account for a new engineer, who follows the link, sets a password and stands before the incidents. */
export async function engage(service: RunningService, browser: Browser, name: string): Promise<Engineer> {
  const account = { login: name.toLowerCase(), name, role: 'on-call' };
  const { user, link } = await askAsOwner<{ user: { id: string }; link: string }>(service, 'users', account);
  const screen = await openScreen(browser, `#/welcome/${link}`, { url: service.url });
  const { page } = screen;
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Set the password and log in' }).click();
  await page.getByRole('link', { name: `Account: ${name}` }).waitFor();
  await page.goto(`${service.url}/#/incidents`);
  await page.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor();
  return { ...screen, id: user.id, name };
}
