import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDatabase } from '../../../server/adapters/db/database.ts';
import { IncidentBook } from '../../../server/core/incident/book.ts';
import type { Delivery } from '../../../server/core/incident/delivery.ts';
import type { Incident } from '../../../server/core/incident/incident.ts';
import type { PlannedOutage } from '../../../server/core/incident/settings.ts';
import { IncidentDesk } from '../../../server/pipeline/alerts/desk.ts';
import type { Database } from '../../../server/ports.ts';
import { incidentOf, memberOf } from '../../fixtures/incidents.ts';
import { realClock, recordingLog } from '../../fixtures/world.ts';
import { SOUND } from '../../core/incident/bookRig.ts';
import { contactPoint, outage, policy, route } from '../../core/incident/incidents.ts';
import { gridOf, MINUTE_MS, START_MS, transformer } from '../../core/timeline.ts';
import { FakeClock } from '../fakes.ts';

/** Generous: the machine may be busy. */
const SOON = { timeout: 30_000 };
const FAR_MS = START_MS + 30 * 86_400_000;

/** The desk over a real database; time is under the test's hand. */
class Rig {
  readonly clock = new FakeClock(START_MS - MINUTE_MS);
  database!: Database;
  /** Told of each commit of messages. */
  queued = 0;
  #folder = '';
  #desk!: IncidentDesk;
  #ids = 0;

  async start(works: PlannedOutage, ...lasting: Incident[]): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'peakvolt-outage-'));
    const log = recordingLog();
    this.database = createDatabase({ file: join(this.#folder, 'db.sqlite'), log, clock: realClock });
    await this.database.start();
    const { alertSettings } = this.database;
    await alertSettings.put('contactPoints', { ...contactPoint('li'), version: 0 });
    await alertSettings.put('policies', { ...policy([['li', 60]]), version: 0 });
    await alertSettings.put('routes', { ...route(), version: 0 });
    await alertSettings.put('outages', { ...works, version: 0 });
    await this.database.incidents.commit({ incidents: lasting, timeline: [], deliveries: [] });
    await this.restart();
  }

  /** One more service; the one before goes on beside it, as when a restart comes before the end. */
  async restart(): Promise<void> {
    const grid = gridOf(transformer('T1'), transformer('T2'));
    this.#desk = new IncidentDesk({
      clock: this.clock,
      random: () => 0.5,
      logger: recordingLog(),
      newId: () => `id-${++this.#ids}`,
      incidents: this.database.incidents,
      settingsStore: this.database.alertSettings,
      book: new IncidentBook(),
      evidence: { now: () => SOUND, beforeV: () => NaN },
      grid: () => grid,
      loadPeople: async () => [{ id: 'li', name: 'Li', language: 'en', enabled: true }],
      reopenMs: 900_000,
      proofsOf: () => [],
      onQueued: () => this.queued++,
      publicUrl: 'https://pv.example.cn',
      timeZone: 'UTC',
      simulated: false,
    });
    await this.#desk.load();
    this.#desk.setGrid(grid);
    this.#desk.start(0);
  }

  /** Time goes on to a minute of the outage, and a little more with each look at what is kept of it. */
  async at(minute: number): Promise<PlannedOutage | undefined> {
    await this.clock.advance(Math.max(1_000, START_MS + minute * MINUTE_MS - this.clock.nowMs()));
    return (await this.database.alertSettings.load()).outages[0];
  }

  /** Everything in the outbox, oldest first. */
  async messages(): Promise<Delivery[]> {
    return this.database.outbox.lease({ nowMs: FAR_MS, leaseMs: 0, limit: 1_000 });
  }

  async stop(): Promise<void> {
    await this.#desk.stop();
    await this.database.stop();
    await rm(this.#folder, { recursive: true });
  }
}

describe('a planned outage', () => {
  const works = outage({ feederIds: ['F1'] });
  let rig: Rig;
  beforeEach(() => {
    rig = new Rig();
  });
  afterEach(() => rig.stop());

  test('is told when it begins and when all is back, once each, restarts between', async () => {
    await rig.start(works);
    await expect.poll(() => rig.at(0), SOON).toMatchObject({ startedMs: expect.any(Number) as number });
    await rig.restart();
    await expect
      .poll(() => rig.at(5), SOON)
      .toMatchObject({ startedMs: expect.any(Number) as number, endedMs: null });
    await expect.poll(() => rig.at(120), SOON).toMatchObject({ endedMs: expect.any(Number) as number });
    await rig.restart();
    const backMs = expect.any(Number) as number;
    await expect
      .poll(() => rig.at(131), SOON)
      .toMatchObject({ endCheck: { checkedMs: backMs, transformerIds: [], incidentIds: [], backMs } });
    await rig.restart();
    await expect.poll(() => rig.at(200), SOON).toMatchObject({});
    const told = (await rig.messages()).map(({ userId, facts }) => [userId, facts.kind, facts.outage?.title]);
    expect(told).toEqual([
      ['li', 'outage-begins', 'line work'],
      ['li', 'outage-ended', 'line work'],
    ]);
    expect(rig.queued).toBe(2);
  });

  test('says which transformers are not back, and keeps since when they are', async () => {
    const dark = memberOf('T2', { condition: 'outage', sinceMs: START_MS });
    const lasting = incidentOf('i', { state: 'acknowledged', severity: 'severe', members: [dark] });
    await rig.start(works, lasting);
    await expect.poll(() => rig.at(0), SOON).toMatchObject({ startedMs: expect.any(Number) as number });
    await expect
      .poll(() => rig.at(131), SOON)
      .toMatchObject({
        endCheck: {
          checkedMs: expect.any(Number) as number,
          transformerIds: ['T2'],
          incidentIds: ['i'],
          backMs: null,
        },
      });
    const facts = (await rig.messages()).map((m) => m.facts).find(({ kind }) => kind === 'outage-left');
    expect(facts).toMatchObject({
      severity: 'severe',
      incidentId: null,
      transformers: 2,
      place: { zh: 'F1', en: 'F1' },
      url: 'https://pv.example.cn/#/outages',
      outage: { id: 'O1', title: 'line work', left: [{ zh: 'T2', en: 'T2' }], leftCount: 1 },
    });
  });

  test('that someone changes at that moment is marked by what it is now', async () => {
    await rig.start(works);
    const [seen] = (await rig.database.alertSettings.load()).outages;
    await rig.database.alertSettings.put('outages', { ...seen!, title: 'new title' });
    await expect
      .poll(() => rig.at(0), SOON)
      .toMatchObject({ title: 'new title', startedMs: expect.any(Number) as number });
    expect((await rig.messages()).map(({ facts }) => facts.outage?.title)).toEqual(['new title']);
  });
});
