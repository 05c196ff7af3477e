import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDatabase } from '../../../server/adapters/db/database.ts';
import type {
  AlertFacts,
  ContactPoint,
  Delivery,
  DeliveryResult,
} from '../../../server/core/incident/delivery.ts';
import { Courier } from '../../../server/pipeline/alerts/courier.ts';
import { newDelivery } from '../../../server/pipeline/alerts/dispatch.ts';
import { testFacts } from '../../../server/pipeline/alerts/facts.ts';
import type { Database, Notifier } from '../../../server/ports.ts';
import { incidentOf } from '../../fixtures/incidents.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';
import { FakeClock, turns } from '../fakes.ts';

const START_MS = Date.UTC(2026, 6, 15, 12);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const contact = (id: string, priority: number): ContactPoint & { version: number } => ({
  id,
  version: 1,
  userId: 'li',
  channel: id === 'sms' ? 'sms' : 'email',
  name: id,
  language: 'en',
  settings: {},
  priority,
  enabled: true,
});

/** The courier over a real outbox; the channels answer as told, time is under the test's hand. */
class Rig {
  readonly clock = new FakeClock(START_MS);
  readonly tries: { atMs: number; id: string; channel: string; facts: AlertFacts }[] = [];
  answer: (delivery: Delivery, channel: string) => DeliveryResult | Promise<DeliveryResult> = () => ({
    kind: 'sent',
    detail: 'ok',
  });
  contacts = [contact('mail', 0), contact('sms', 1)];
  held: number | null = null;
  database!: Database;
  #folder = '';
  #courier!: Courier;
  #ids = 0;

  async start(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'peakvolt-courier-'));
    this.database = createDatabase({
      file: join(this.#folder, 'db.sqlite'),
      log: recordingLog(),
      clock: realClock,
    });
    await this.database.start();
    await this.database.incidents.commit({ incidents: [incidentOf('i')], timeline: [], deliveries: [] });
    this.hire();
  }

  /** A worker as after a restart: the one before is gone without a word. */
  hire(): void {
    const notifier = (channel: 'email' | 'sms'): [typeof channel, Notifier] => [
      channel,
      {
        channel,
        deliver: async (delivery) => {
          this.tries.push({ atMs: this.clock.nowMs(), id: delivery.id, channel, facts: delivery.facts });
          return this.answer(delivery, channel);
        },
      },
    ];
    this.#courier = new Courier({
      clock: this.clock,
      random: () => 0.5,
      logger: recordingLog(),
      newId: () => `instead-${++this.#ids}`,
      outbox: this.database.outbox,
      notifiers: new Map([notifier('email'), notifier('sms')]),
      settings: () => ({ ...EMPTY, contactPoints: this.contacts }),
      builtIn: [],
      holdUntil: () => this.held,
      onSent: () => undefined,
    });
    this.#courier.start();
  }

  async queue(id: string, facts: Partial<AlertFacts> = {}, nextMs = this.clock.nowMs()): Promise<void> {
    const message = {
      ...testFacts(START_MS, OPTIONS),
      kind: 'opened',
      isTest: false,
      severity: 'severe',
      incidentId: 'i',
      ...facts,
    };
    const delivery = newDelivery(id, this.contacts[0]!, message as AlertFacts, this.clock.nowMs(), nextMs);
    await this.database.incidents.commit({ incidents: [], timeline: [], deliveries: [delivery] });
    this.#courier.wake();
  }

  async states(): Promise<Record<string, string>> {
    const all = await this.database.outbox.of('i');
    return Object.fromEntries(all.map(({ delivery }) => [delivery.id, delivery.state]));
  }

  /** In good order, as when the service is stopped. */
  dismiss(): Promise<void> {
    return this.#courier.stop();
  }

  async stop(): Promise<void> {
    await this.dismiss();
    await this.database.stop();
    await rm(this.#folder, { recursive: true });
  }
}

const OPTIONS = { publicUrl: 'http://x', timeZone: 'UTC', simulated: false };
const EMPTY = { routes: [], policies: [], schedules: [], silences: [], outages: [], seasons: [], people: [] };

describe('the courier', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = new Rig();
    await rig.start();
  });
  afterEach(() => rig.stop());

  test('brings a message at once, and logs the attempt', async () => {
    await rig.queue('d1');
    await rig.clock.advance(0);
    expect(rig.tries.map(({ id, channel }) => [id, channel])).toEqual([['d1', 'email']]);
    const [row] = await rig.database.outbox.of('i');
    expect(row!.delivery.state).toBe('sent');
    expect(row!.attempts).toMatchObject([{ number: 1, result: 'sent', detail: 'ok' }]);
  });

  test('tries again with growing waits, under one id, and then the next channel', async () => {
    rig.answer = (_, channel) =>
      channel === 'sms' ? { kind: 'sent', detail: 'ok' } : { kind: 'retry', reason: 'down' };
    await rig.queue('d1');
    await rig.clock.advance(5 * MINUTE_MS);
    const mails = rig.tries.filter((t) => t.channel === 'email');
    expect(new Set(mails.map((t) => t.id))).toEqual(new Set(['d1']));
    expect(mails.length).toBeGreaterThanOrEqual(4);
    const sms = rig.tries.filter((t) => t.channel === 'sms');
    expect(sms).toHaveLength(1);
    expect(sms[0]!.atMs - START_MS).toBeLessThan(4 * MINUTE_MS);
    expect(await rig.states()).toEqual({ d1: 'failed', [sms[0]!.id]: 'sent' });
  });

  test('with no other channel it goes on for a day, then gives up', async () => {
    rig.contacts = [contact('mail', 0)];
    rig.answer = () => ({ kind: 'retry', reason: 'down' });
    await rig.queue('d1');
    await rig.clock.advance(23 * HOUR_MS);
    expect(await rig.states()).toEqual({ d1: 'queued' });
    await rig.clock.advance(2 * HOUR_MS);
    expect(await rig.states()).toEqual({ d1: 'failed' });
  }, 120_000);

  test('what is refused for good goes to the next channel at once', async () => {
    rig.answer = (_, channel) =>
      channel === 'sms' ? { kind: 'sent', detail: 'ok' } : { kind: 'refused', reason: 'no such box' };
    await rig.queue('d1');
    await rig.clock.advance(0);
    expect(rig.tries.map((t) => t.channel)).toEqual(['email', 'sms']);
  });

  test('honours the wait that the other end asks for', async () => {
    rig.answer = () =>
      rig.tries.length > 1
        ? { kind: 'sent', detail: 'ok' }
        : { kind: 'retry', reason: '429', afterMs: 90_000 };
    await rig.queue('d1');
    await rig.clock.advance(89_000);
    expect(rig.tries).toHaveLength(1);
    await rig.clock.advance(4_000);
    expect(rig.tries).toHaveLength(2);
  });

  test('a channel that hangs is tried again; its late answer changes nothing', async () => {
    let late: (result: DeliveryResult) => void = () => undefined;
    rig.answer = () =>
      rig.tries.length > 1 ? { kind: 'sent', detail: 'second' } : new Promise((resolve) => (late = resolve));
    await rig.queue('d1');
    await rig.clock.advance(40_000);
    late({ kind: 'refused', reason: 'too late' });
    await rig.clock.advance(1_000);
    expect(await rig.states()).toEqual({ d1: 'sent' });
    expect(rig.tries.map((t) => t.id)).toEqual(['d1', 'd1']);
  });

  test('a worker that dies in the middle: the next one sends the same id', async () => {
    rig.answer = () => new Promise(() => undefined);
    await rig.queue('d1');
    await rig.clock.advance(0);
    rig.answer = () => ({ kind: 'sent', detail: 'ok' });
    rig.hire();
    await rig.clock.advance(61_000);
    expect(new Set(rig.tries.map((t) => t.id))).toEqual(new Set(['d1']));
    expect(await rig.states()).toEqual({ d1: 'sent' });
  });

  test('a stop waits for what is under way and writes down that it was delivered, also where another write failed', async () => {
    let answer: (result: DeliveryResult) => void = () => undefined;
    rig.answer = ({ id }) =>
      id === 'd1' ? { kind: 'sent', detail: 'ok' } : new Promise((resolve) => (answer = resolve));
    const { settle } = rig.database.outbox;
    rig.database.outbox.settle = (delivery, ...rest) =>
      delivery.id === 'd1' ? Promise.reject(new Error('locked')) : settle(delivery, ...rest);
    await Promise.all([rig.queue('d1'), rig.queue('d2')]);
    await rig.clock.advance(0);
    expect(rig.tries.map((t) => t.id).toSorted()).toEqual(['d1', 'd2']);
    const stopped = rig.dismiss();
    await turns();
    answer({ kind: 'sent', detail: 'ok' });
    await stopped;
    expect(await rig.states()).toEqual({ d1: 'leased', d2: 'sent' });
  });

  test('lines of a digest leave as one message, the worst first', async () => {
    await rig.queue('d1', { kind: 'digest', number: 7, severity: 'mild' });
    await rig.queue('d2', { kind: 'digest', number: 8, severity: 'serious' });
    rig.tries.length = 0;
    await rig.queue('d3', { kind: 'digest', number: 9, severity: 'mild' }, START_MS + HOUR_MS);
    await rig.queue('d4', { kind: 'digest', number: 10, severity: 'serious' }, START_MS + HOUR_MS);
    await rig.clock.advance(2 * HOUR_MS);
    const digest = rig.tries.find((t) => t.atMs > START_MS + MINUTE_MS);
    expect(digest!.facts.items?.map((item) => item.number)).toEqual([10, 9]);
    expect(digest!.facts.severity).toBe('serious');
    expect(Object.values(await rig.states())).toEqual(['sent', 'sent', 'sent', 'sent']);
  });

  test('too many for one person wait for the digest, but severe ones never', async () => {
    rig.held = START_MS + HOUR_MS;
    await rig.queue('mild', { severity: 'mild' });
    await rig.queue('severe', { severity: 'severe' });
    await rig.clock.advance(1_000);
    expect(rig.tries.map((t) => t.id)).toEqual(['severe']);
    await rig.clock.advance(2 * HOUR_MS);
    expect(rig.tries.map((t) => t.id)).toEqual(['severe', 'mild']);
    expect(rig.tries[1]!.facts.kind).toBe('digest');
  });

  test('nobody is there: a contact point that was removed is said so', async () => {
    await rig.queue('d1');
    rig.contacts = [];
    await rig.clock.advance(1_000);
    const [row] = await rig.database.outbox.of('i');
    expect(row!.delivery.state).toBe('failed');
    expect(row!.attempts[0]!.detail).toContain('gone');
  });
});
