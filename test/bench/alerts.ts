import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createDatabase } from '../../server/adapters/db/database.ts';
import { newUuid7 } from '../../server/adapters/uuid7.ts';
import type { ConditionEvent } from '../../server/core/event.ts';
import { IncidentBook } from '../../server/core/incident/book.ts';
import type { Delivery } from '../../server/core/incident/delivery.ts';
import { Engine } from '../../server/core/engine.ts';
import { Alerting } from '../../server/pipeline/alerts/alerting.ts';
import type { Database } from '../../server/ports.ts';
import { transformerOf } from '../fixtures/transformers.ts';
import { realClock, recordingLog } from '../fixtures/world.ts';
import type { BenchResult } from './main.ts';

/**
 * R5: 20,000 transformers lose supply within seconds. Counted: pages (one a feeder group), time from detection to the
 * first attempt, and how long the loop stood still. Decisions, SQLite outbox and worker are real; the channel answers at once.
 */

const TRANSFORMERS = 20_000;
const PER_FEEDER = 40;
/** Events come in batches as the intake makes them. */
const BATCH = 500;
const BATCH_PAUSE_MS = 50;
const LOOP_MS = 20;

export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'peakvolt-bench-alerts-'));
  const database = createDatabase({
    file: join(folder, 'db.sqlite'),
    log: recordingLog(),
    clock: realClock,
  });
  await database.start();
  const attempts: { delivery: Delivery; atMs: number }[] = [];
  const alerting = alertingOver(database, (delivery) => attempts.push({ delivery, atMs: Date.now() }));
  try {
    await configure(database);
    await alerting.load();
    alerting.setGrid(grid());
    alerting.start(0);
    const stopSending = alerting.startSending();
    const loop = watchLoop();
    const detected = await storm(alerting);
    const deadlineMs = Date.now() + 60_000;
    const feeders = TRANSFORMERS / PER_FEEDER;
    while (attempts.length < feeders && Date.now() < deadlineMs) await delay(50);
    // Whether more than one message a group follows.
    await delay(5_000);
    const stillMs = loop.stop();
    await stopSending();
    await alerting.stop();
    return report(attempts, detected, alerting.active().length, stillMs);
  } finally {
    await database.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function alertingOver(database: Database, onAttempt: (delivery: Delivery) => void): Alerting {
  return new Alerting({
    clock: realClock,
    random: Math.random,
    logger: recordingLog(),
    newId: newUuid7,
    incidents: database.incidents,
    outbox: database.outbox,
    settingsStore: database.alertSettings,
    book: new IncidentBook(),
    evidence: new Engine().evidence(),
    loadPeople: async () => [{ id: 'li', name: 'Li', language: 'en', enabled: true }],
    reopenMs: 900_000,
    notifiers: new Map([
      [
        'webhook',
        {
          channel: 'webhook',
          async deliver(delivery) {
            onAttempt(delivery);
            return { kind: 'sent', detail: 'ok' };
          },
        },
      ],
    ]),
    publish: async () => undefined,
    vapidPublicKey: '',
    isProving: false,
    publicUrl: 'http://127.0.0.1',
    timeZone: 'Asia/Shanghai',
    simulated: true,
  });
}

async function configure({ alertSettings }: Database): Promise<void> {
  const base = { version: 0, name: 'all' };
  await alertSettings.put('contactPoints', {
    ...base,
    id: 'hook',
    userId: 'li',
    channel: 'webhook',
    language: 'en',
    settings: {},
    priority: 0,
    enabled: true,
  });
  const steps = [{ targets: [{ kind: 'user' as const, id: 'li' }], waitS: 86_400 }];
  await alertSettings.put('policies', { ...base, id: 'p', steps, repeats: 0 });
  await alertSettings.put('routes', {
    ...base,
    id: 'r',
    order: 0,
    match: {},
    policyId: 'p',
    mildToDigest: false,
  });
}

function grid() {
  const ids = Array.from({ length: TRANSFORMERS }, (_, i) => i);
  const feederOf = (i: number): string => `F${Math.floor(i / PER_FEEDER)}`;
  return {
    version: 1,
    areas: [{ id: 'A1', name: 'A1', org: 'demo' }],
    feeders: ids
      .filter((i) => i % PER_FEEDER === 0)
      // Each of a substation of its own: a dead substation would be one incident.
      .map((i) => ({
        id: feederOf(i),
        name: feederOf(i),
        substationId: `S-${feederOf(i)}`,
        substationName: 'S',
      })),
    transformers: ids.map((i) => transformerOf(`T${i}`, { feederId: feederOf(i) })),
  };
}

/** The outage of every transformer, in an order that mixes the feeders; when each feeder's first was handed over. */
async function storm(alerting: Alerting): Promise<Map<string, number>> {
  const firstMs = new Map<string, number>();
  const tsMs = Date.now() - 60_000;
  let seq = 0;
  for (let from = 0; from < TRANSFORMERS; from += BATCH) {
    const events = Array.from({ length: BATCH }, (_, k): ConditionEvent => {
      const i = ((from + k) * 7919) % TRANSFORMERS;
      const feeder = `F${Math.floor(i / PER_FEEDER)}`;
      if (!firstMs.has(feeder)) firstMs.set(feeder, Date.now());
      return {
        transformerId: `T${i}`,
        point: 'outlet',
        condition: 'outage',
        phase: null,
        kind: 'raised',
        severity: 'severe',
        tsMs,
        detectedMs: Date.now(),
        valueV: 0,
        limitV: 22,
      };
    });
    await alerting.take(events, ++seq);
    await delay(BATCH_PAUSE_MS);
  }
  return firstMs;
}

function watchLoop(): { stop(): number } {
  let last = performance.now();
  let worst = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    worst = Math.max(worst, now - last - LOOP_MS);
    last = now;
  }, LOOP_MS);
  return {
    stop() {
      clearInterval(timer);
      return worst;
    },
  };
}

function report(
  attempts: readonly { delivery: Delivery; atMs: number }[],
  detected: Map<string, number>,
  incidents: number,
  stillMs: number,
): BenchResult {
  const feeders = detected.size;
  const latenciesMs = attempts
    .map(({ delivery, atMs }) => atMs - (detected.get(delivery.facts.place.en) ?? delivery.createdMs))
    .toSorted((a, b) => a - b);
  const p99S = (latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? Infinity) / 1000;
  const pages = attempts.length / feeders;
  return {
    name: 'alerts',
    bars: [
      {
        id: 'R5',
        what: 'pages a feeder group, 20,000 out',
        value: pages,
        unit: '',
        bar: '1',
        met: pages === 1,
      },
      {
        id: 'R5',
        what: 'detection to first attempt, p99',
        value: p99S,
        unit: 's',
        bar: '≤5',
        met: p99S <= 5,
      },
    ],
    detail: {
      transformers: TRANSFORMERS,
      feeders,
      incidents,
      messages: attempts.length,
      loopStoodStillMs: Math.round(stillMs),
    },
  };
}
