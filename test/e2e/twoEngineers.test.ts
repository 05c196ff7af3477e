import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../fixtures/browser.ts';
import { startHttpReceiver, type HttpReceiver } from '../fixtures/httpReceiver.ts';
import { HOOK_SECRET, messagesOf } from '../fixtures/onCall.ts';
import type { RunningService } from '../fixtures/service.ts';
import { minutes, publish } from './devices.ts';
import { askAsOwner, engage, type Engineer } from './engineers.ts';
import { importVillage, startAlerting } from './services.ts';

/** Two engineers at night, each with an account and a browser: who is told, who answers, and who learns of it. */

/** Long enough for someone to answer on a busy machine, short enough to be waited for. */
const STEP_WAIT_S = 60;
const REGISTRY = `transformer_id,name,org,area_id,area_name,feeder_id,feeder_name,lon,lat,capacity_kva,nominal_v,customers
TA,Mill Lane,village,A1,Mill,F1,North line,110.10,30.10,200,220,40
TB,Quarry,village,A1,Mill,F2,South line,110.32,30.31,200,220,60
TC,Weir,village,A1,Mill,F3,East line,110.54,30.53,100,220,25
`;

const dataDir = mkdtempSync(join(tmpdir(), 'peakvolt-engineers-'));
let browser: Browser;
let service: RunningService;
let receiver: HttpReceiver;
let ada: Engineer;
let bo: Engineer;
beforeAll(async () => {
  [browser, service, receiver] = await Promise.all([
    launchBrowser(),
    startAlerting(dataDir),
    startHttpReceiver('ok'),
  ]);
  await importVillage(service, REGISTRY);
  [ada, bo] = await Promise.all([engage(service, browser, 'Ada'), engage(service, browser, 'Bo')]);
  for (const { id, name } of [ada, bo]) {
    await askAsOwner(service, 'contact-points', {
      userId: id,
      channel: 'webhook',
      name: 'hook',
      language: 'en',
      settings: { url: `${receiver.origin}/${name}`, secret: HOOK_SECRET },
      priority: 0,
      enabled: true,
    });
  }
  const told = ({ id }: Engineer, waitS: number) => ({ targets: [{ kind: 'user', id }], waitS });
  const steps = [told(ada, STEP_WAIT_S), told(bo, 86_400)];
  const policy = await askAsOwner<{ id: string }>(service, 'policies', { name: 'night', steps, repeats: 0 });
  const route = { name: 'all', order: 0, match: {}, policyId: policy.id, mildToDigest: true };
  await askAsOwner(service, 'routes', route);
});
afterAll(async () => {
  await browser.close();
  await Promise.all([service.stop(), receiver.stop()]);
  rmSync(dataDir, { recursive: true, force: true });
});

/** Five minutes far too low, then twenty in order: what is needed to begin and to end. */
const course = (transformerId: string) => {
  const volts = [...Array<number>(5).fill(168), ...Array<number>(20).fill(229)];
  const all = minutes(transformerId, volts);
  return { low: all.slice(0, 5), well: all.slice(5) };
};

async function incidentOn(transformerId: string): Promise<string | undefined> {
  const path = `incidents?transformer=${transformerId}`;
  return (await askAsOwner<{ items: { id: string }[] }>(service, path)).items[0]?.id;
}

/** Who was told what of an incident, in the order of arrival: `Ada opened`. */
function tellings(incidentId: string | undefined): string[] {
  return messagesOf(receiver)
    .filter((message) => message.incidentId === incidentId)
    .map(({ target, type }) => `${target.slice(1)} ${type.replace('incident.', '')}`);
}

const rowOf = ({ page }: Engineer, place: string): Locator =>
  page.getByRole('article').filter({ hasText: place });
const acknowledgeButton = (row: Locator): Locator => row.getByRole('button', { name: /^Acknowledge #/ });

test('who answers stops the escalation and is seen by the other; where nobody answers, the next one is told', async () => {
  for (const { page } of [ada, bo]) await page.evaluate(() => Object.assign(window, { neverReloaded: true }));
  const [answered, unanswered] = [course('TA'), course('TB')];
  await publish(service.brokerUrl, answered.low);
  await expect.poll(async () => tellings(await incidentOn('TA'))).toEqual(['Ada opened']);
  const first = await incidentOn('TA');

  await acknowledgeButton(rowOf(ada, 'Mill Lane')).click();
  await rowOf(ada, 'Mill Lane').getByText('acknowledged by Ada').waitFor();
  await rowOf(bo, 'Mill Lane').getByText('acknowledged by Ada').waitFor();
  expect(await acknowledgeButton(rowOf(bo, 'Mill Lane')).count()).toBe(0);
  for (const { page } of [ada, bo]) expect(await page.evaluate(() => 'neverReloaded' in window)).toBe(true);

  // It is told later, and waits as long: when its second step has come, that of the first one would have, too.
  await publish(service.brokerUrl, unanswered.low);
  await expect
    .poll(async () => tellings(await incidentOn('TB')), { timeout: 240_000 })
    .toEqual(['Ada opened', 'Bo escalated']);
  const second = await incidentOn('TB');
  expect(tellings(first)).toEqual(['Ada opened']);

  await publish(service.brokerUrl, [...answered.well, ...unanswered.well]);
  const ends = () => [tellings(first), tellings(second).toSorted()];
  await expect.poll(ends).toEqual([
    ['Ada opened', 'Ada resolved'],
    ['Ada opened', 'Ada resolved', 'Bo escalated', 'Bo resolved'],
  ]);
  for (const { page } of [ada, bo]) await page.getByText('No incident is open.').waitFor();
}, 480_000);

test('both press at once: one has it, the other is told who', async () => {
  await publish(service.brokerUrl, course('TC').low);
  const both = [ada, bo];
  for (const one of both) await acknowledgeButton(rowOf(one, 'Weir')).waitFor();
  const pressed = both.map(() => Promise.withResolvers<void>());
  for (const [i, { page }] of both.entries()) {
    await page.route('**/acknowledge', async (route) => {
      pressed[i]!.resolve();
      await Promise.all(pressed.map(({ promise }) => promise));
      await route.continue();
    });
  }
  const press = async (one: Engineer): Promise<number> => {
    const answered = one.page.waitForResponse((answer) => answer.url().endsWith('/acknowledge'));
    await acknowledgeButton(rowOf(one, 'Weir')).click();
    return (await answered).status();
  };
  const answers = await Promise.all(both.map(press));
  expect(answers.toSorted()).toEqual([200, 409]);
  const [winner, loser] = answers[0] === 200 ? [ada, bo] : [bo, ada];
  await loser.page.getByText(`${winner.name} was first and acknowledged it`).waitFor();
  for (const one of both) await rowOf(one, 'Weir').getByText(`acknowledged by ${winner.name}`).waitFor();
  const lines = loser.page.getByRole('listitem').filter({ hasText: 'acknowledged' });
  await rowOf(loser, 'Weir')
    .getByRole('link', { name: /Weir|East/ })
    .click();
  await lines.filter({ hasText: winner.name }).waitFor();
  expect(winner.faults).toEqual([]);
});
