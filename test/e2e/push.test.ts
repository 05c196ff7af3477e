import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page, Worker } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../fixtures/browser.ts';
import { startHttpReceiver, type HttpReceiver } from '../fixtures/httpReceiver.ts';
import { pushSubscription, type PushSubscription } from '../fixtures/pushSubscription.ts';
import type { RunningService } from '../fixtures/service.ts';
import { minutes, publish } from './devices.ts';
import { askAsOwner, engage, type Engineer } from './engineers.ts';
import { importVillage, startAlerting } from './services.ts';

/**
 * Web Push from the button on the page to the answer in the notification. Between the two stands a push service of the
 * browser's maker, which no test reaches: our receiver stands in for it, so `subscribe` is not the browser's own, and a
 * click is an event that the test makes. What the service encrypts, the worker that is shipped, its notification and
 * what it asks the API are the real ones.
 */

const dataDir = mkdtempSync(join(tmpdir(), 'peakvolt-push-'));
let browser: Browser;
let service: RunningService;
let receiver: HttpReceiver;
let people: Engineer[];
beforeAll(async () => {
  [browser, service, receiver] = await Promise.all([
    launchBrowser(),
    startAlerting(dataDir),
    startHttpReceiver('ok'),
  ]);
  await importVillage(service, REGISTRY);
  people = await Promise.all(['Ada', 'Bo'].map((name) => engage(service, browser, name)));
  const targets = people.map(({ id }) => ({ kind: 'user', id }));
  const policy = { name: 'night', steps: [{ targets, waitS: 86_400 }], repeats: 0 };
  const { id } = await askAsOwner<{ id: string }>(service, 'policies', policy);
  const route = { name: 'all', order: 0, match: {}, policyId: id, mildToDigest: true };
  await askAsOwner(service, 'routes', route);
});
afterAll(async () => {
  await browser.close();
  await Promise.all([service.stop(), receiver.stop()]);
  rmSync(dataDir, { recursive: true, force: true });
});

const REGISTRY = `transformer_id,name,org,area_id,area_name,feeder_id,feeder_name,lon,lat,capacity_kva,nominal_v,customers
TA,Mill Lane,village,A1,Mill,F1,North line,110.10,30.10,200,220,40
TB,Quarry,village,A1,Mill,F2,South line,110.32,30.31,200,220,60
TC,Weir,village,A1,Mill,F3,East line,110.54,30.53,100,220,25
`;

interface Subscribed {
  keys: PushSubscription;
  /** What the page asked the push service with. */
  applicationServerKey: string;
}

/** Lets a page subscribe at our receiver, in its language, by its button. */
async function subscribe(
  { page, name }: Engineer,
  { locale, on, off }: { locale: string; on: string; off: string },
): Promise<Subscribed> {
  const keys = pushSubscription();
  await page.context().grantPermissions(['notifications'], { origin: service.url });
  await page.addInitScript(
    ({ endpoint, keys, locale }) => {
      localStorage.setItem('peakvolt.locale', locale);
      const made = { toJSON: () => ({ endpoint, keys }), unsubscribe: async () => true };
      Object.assign(PushManager.prototype, {
        subscribe: async ({ applicationServerKey }: PushSubscriptionOptionsInit) => {
          Object.assign(window, { askedWith: applicationServerKey });
          return made;
        },
        getSubscription: async () => made,
      });
    },
    { endpoint: `${receiver.origin}/${name}`, keys: keys.settings, locale },
  );
  await page.goto(`${service.url}/#/on-call`);
  await page.reload();
  await page.getByRole('button', { name: on }).click();
  await page.getByRole('button', { name: off }).waitFor();
  const applicationServerKey = await page.evaluate(
    () => (window as unknown as { askedWith: string }).askedWith,
  );
  return { keys, applicationServerKey };
}

/** Hands a push to the worker as the browser does that got one. */
async function deliver(page: Page, data: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find(
        ({ scopeURL, isDeleted }) => scopeURL.startsWith(service.url) && !isDeleted,
      );
      if (ours !== undefined) resolve(ours.registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  const registrationId = await registered;
  await session.send('ServiceWorker.deliverPushMessage', { origin: service.url, registrationId, data });
  await session.detach();
}

async function workerOf(page: Page): Promise<Worker> {
  await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state);
  const context = page.context();
  return context.serviceWorkers()[0] ?? context.waitForEvent('serviceworker');
}

const shown = (page: Page) =>
  page.evaluate(async () => {
    const all = await (await navigator.serviceWorker.ready).getNotifications();
    return all.map((one) => {
      const { title, body, lang, tag, requireInteraction } = one;
      const { actions } = one as unknown as { actions: { action: string; title: string }[] };
      return { title, body, lang, tag, requireInteraction, actions: actions.map((a) => a.title) };
    });
  });

/** Presses a button of the notification that is shown; '' is the notification itself. */
async function press(page: Page, action: string): Promise<void> {
  await (
    await workerOf(page)
  ).evaluate(async (action) => {
    const scope = globalThis as unknown as {
      registration: ServiceWorkerRegistration;
      NotificationEvent: new (type: string, init: object) => Event;
      dispatchEvent(event: Event): boolean;
    };
    const [notification] = await scope.registration.getNotifications();
    const event = new scope.NotificationEvent('notificationclick', { notification, action });
    const work: Promise<unknown>[] = [];
    // An event of a script cannot be waited for as the browser's own can.
    Object.defineProperty(event, 'waitUntil', { value: (promise: Promise<unknown>) => work.push(promise) });
    scope.dispatchEvent(event);
    // To bring a page to the front takes a hand: that alone may fail here.
    await Promise.allSettled(work);
  }, action);
}

interface Incident {
  id: string;
  state: string;
  acknowledgedBy: string | null;
}

async function incidentOn(transformerId: string): Promise<Incident | undefined> {
  const path = `incidents?transformer=${transformerId}`;
  return (await askAsOwner<{ items: Incident[] }>(service, path)).items[0];
}

/** Far too low; the push of it, as the browser of that person decrypts it. */
async function pushOf(transformerId: string, { name }: Engineer, keys: PushSubscription): Promise<string> {
  const target = `/${name}`;
  const before = receiver.arrivals.length;
  await publish(service.brokerUrl, minutes(transformerId, [168, 168, 168]));
  const mine = () => receiver.arrivals.slice(before).find((arrival) => arrival.target === target);
  await expect.poll(mine).toBeDefined();
  return keys.decrypt(mine()!.body);
}

const ENGLISH = { locale: 'en', on: 'Notify me here', off: 'Stop on this device' };

test.each([
  {
    ...ENGLISH,
    who: 0,
    transformerId: 'TA',
    place: 'Mill Lane',
    words: /severe/i,
    actions: ['Acknowledge', 'Open'],
    acknowledged: 'Acknowledged',
  },
  {
    locale: 'zh-CN',
    who: 1,
    transformerId: 'TB',
    place: 'Quarry',
    on: '在此通知我',
    off: '停止在本设备通知',
    words: /严重/,
    actions: ['确认', '查看'],
    acknowledged: '已确认',
  },
])('$locale: subscribed, told, and acknowledged from the notification', async (wanted) => {
  const one = people[wanted.who]!;
  const { page } = one;
  const { keys, applicationServerKey } = await subscribe(one, wanted);
  const { vapidPublicKey } = await askAsOwner<{ vapidPublicKey: string }>(service, 'alerting');
  expect(applicationServerKey).toBe(vapidPublicKey);

  await deliver(page, await pushOf(wanted.transformerId, one, keys));
  await expect.poll(() => shown(page)).toHaveLength(1);
  const { id } = (await incidentOn(wanted.transformerId))!;
  const [told] = await shown(page);
  expect(told).toMatchObject({
    lang: wanted.locale,
    tag: id,
    requireInteraction: true,
    actions: wanted.actions,
  });
  expect(told!.title).toContain(wanted.place);
  expect(`${told!.title} ${told!.body}`).toMatch(wanted.words);
  expect(told!.body).toContain('168');

  // Scanners of links and people who look do not acknowledge.
  const looked = await page.request.get(`${service.url}/api/v1/incidents/${id}/acknowledge`);
  expect(looked.ok()).toBe(false);
  await page.goto(`${service.url}/#/incidents/${id}`);
  await page.getByText(wanted.place).first().waitFor();
  expect(await incidentOn(wanted.transformerId)).toMatchObject({ state: 'open', acknowledgedBy: null });

  await press(page, 'acknowledge');
  await expect
    .poll(() => incidentOn(wanted.transformerId))
    .toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: one.id,
    });
  await expect
    .poll(() => shown(page))
    .toMatchObject([{ title: wanted.acknowledged, body: told!.title, lang: wanted.locale, tag: id }]);

  await page.goto(`${service.url}/#/on-call`);
  await press(page, '');
  await expect.poll(() => page.url()).toBe(`${service.url}/#/incidents/${id}`);

  await page.goto(`${service.url}/#/on-call`);
  await page.getByRole('button', { name: wanted.off }).click();
  await page.getByRole('button', { name: wanted.on }).waitFor();
  const points = await askAsOwner<{ items: { userId: string }[] }>(service, 'contact-points');
  expect(points.items.filter(({ userId }) => userId === one.id)).toEqual([]);
});

test('a browser that refuses to subscribe is said so, and leaves nothing behind', async () => {
  const { page, id } = people[0]!;
  await page.addInitScript(() => {
    PushManager.prototype.subscribe = () =>
      Promise.reject(new DOMException('push service not available', 'AbortError'));
  });
  await page.goto(`${service.url}/#/on-call`);
  await page.reload();
  await page.getByRole('button', { name: ENGLISH.on }).click();
  const said = page.getByRole('alert').filter({ hasText: 'push service not available' });
  await said.getByText('Notifications on this device were not changed').waitFor();
  const points = await askAsOwner<{ items: { userId: string }[] }>(service, 'contact-points');
  expect(points.items.filter(({ userId }) => userId === id)).toEqual([]);
});

test('who is signed out acknowledges nothing from a notification: the page opens and asks who they are', async () => {
  const one = people[0]!;
  const { page } = one;
  const { keys } = await subscribe(one, ENGLISH);
  await page.context().clearCookies();
  await deliver(page, await pushOf('TC', one, keys));
  const { id } = (await incidentOn('TC'))!;
  await expect.poll(async () => (await shown(page)).map(({ tag }) => tag)).toContain(id);
  await press(page, 'acknowledge');
  await expect.poll(() => page.url()).toBe(`${service.url}/#/incidents/${id}`);
  expect(await incidentOn('TC')).toMatchObject({ state: 'open', acknowledgedBy: null });
  await page.reload();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
});

test('a push without words still says that something came', async () => {
  const { page } = people[1]!;
  await deliver(page, 'not what we send');
  await expect.poll(async () => (await shown(page)).map(({ title }) => title)).toContain('Peakvolt');
});

test('while the server is away, the page says so in both languages and shows nothing old', async () => {
  const { page } = people[1]!;
  await service.stop();
  await page.goto(`${service.url}/#/incidents`);
  await page.reload();
  await page.getByRole('heading', { name: 'Peakvolt cannot be reached' }).waitFor();
  await page.getByRole('heading', { name: '无法连接 Peakvolt' }).waitFor();
  expect(await page.getByText('Quarry').count()).toBe(0);
});
