import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Notifier } from '../../../server/alertPorts.ts';
import { createNotifiers } from '../../../server/adapters/notify/channels.ts';
import type { AlertFacts, ContactPoint, DeliveryResult } from '../../../server/core/incident/delivery.ts';
import { delivery } from '../../contract/notifier.ts';
import { startAlertmanager, type Alertmanager } from '../../fixtures/alertmanager.ts';
import { startHttpReceiver, type HttpReceiver } from '../../fixtures/httpReceiver.ts';

let alertmanager: Alertmanager;
/** Behind Alertmanager: whom it tells. */
let told: HttpReceiver;
let notifier: Notifier;

beforeAll(async () => {
  told = await startHttpReceiver('ok');
  alertmanager = await startAlertmanager(`${told.origin}/told`);
  notifier = createNotifiers({ fetch: { allow: ['127.0.0.1'] } }).get('alertmanager')!;
});
afterAll(async () => {
  await alertmanager.stop();
  await told.stop();
});

/** Its clock is the machine's, so times are as well. */
const send = (id: string, over: Partial<AlertFacts>): Promise<DeliveryResult> => {
  const contact: ContactPoint = {
    id: 'c1',
    userId: 'u',
    channel: 'alertmanager',
    name: 'c',
    language: 'en',
    settings: { url: alertmanager.url },
    priority: 0,
    enabled: true,
  };
  return notifier.deliver(delivery(id, over), contact, Date.now());
};
const statuses = (): string[] =>
  told.arrivals.map((arrival) => (JSON.parse(arrival.body.toString()) as { status: string }).status);

it('shows one alert an incident, whatever becomes of it, until it is resolved', async () => {
  const startedMs = Date.now() - 600_000;
  const incident = { incidentId: 'i-1', number: 1, startedMs };
  expect(await send('d-1', { ...incident, severity: 'mild' })).toMatchObject({ kind: 'sent' });
  expect(await send('d-2', { ...incident, kind: 'worsened', severity: 'severe' })).toMatchObject({
    kind: 'sent',
  });
  expect(await send('d-2', { ...incident, kind: 'worsened', severity: 'severe' })).toMatchObject({
    kind: 'sent',
  });
  const [alert, ...others] = await alertmanager.active();
  expect(others).toEqual([]);
  expect(alert!.labels).toEqual({ alertname: 'PeakvoltIncident', incident_id: 'i-1', incident: '1' });
  expect(alert!.annotations).toMatchObject({
    summary: 'Worse: Severe low voltage: Hexi feeder #1',
    severity: 'severe',
    delivery_id: 'd-2',
  });
  expect(Date.parse(alert!.startsAt)).toBe(startedMs);
  // Far beyond the minutes after which Alertmanager ends what it no longer hears of.
  expect(Date.parse(alert!.endsAt) - Date.now()).toBeGreaterThan(6 * 86_400_000);
  await vi.waitFor(() => expect(statuses()).toContain('firing'), { timeout: 30_000 });

  expect(await send('d-3', { ...incident, kind: 'resolved', resolvedMs: Date.now() - 1000 })).toMatchObject({
    kind: 'sent',
  });
  expect(await alertmanager.active()).toEqual([]);
  await vi.waitFor(() => expect(statuses()).toContain('resolved'), { timeout: 30_000 });
});

it('takes a test and a digest for news', async () => {
  await send('d-4', { kind: 'test', incidentId: null, number: null, isTest: true, startedMs: Date.now() });
  await send('d-5', { kind: 'digest', incidentId: null, number: null, items: [], startedMs: Date.now() });
  const alerts = await alertmanager.active();
  expect(
    alerts
      .map((alert) => alert.labels)
      .toSorted((a, b) => a['delivery_id']!.localeCompare(b['delivery_id']!)),
  ).toEqual([
    { alertname: 'PeakvoltTest', delivery_id: 'd-4', test: 'true' },
    { alertname: 'PeakvoltDigest', delivery_id: 'd-5' },
  ]);
  for (const { endsAt } of alerts) expect(Date.parse(endsAt) - Date.now()).toBeLessThan(6 * 60_000);
});
