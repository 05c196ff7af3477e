import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDatabase } from '../../server/adapters/db/database.ts';
import type { Database } from '../../server/ports.ts';
import { registryCsv } from '../../simulator/csv.ts';
import { buildGrid } from '../../simulator/grid.ts';
import { simulate } from '../../simulator/main.ts';
import { startHttpReceiver, type HttpReceiver } from '../fixtures/httpReceiver.ts';
import { messagesOf, putOnCall } from '../fixtures/onCall.ts';
import { startService } from '../fixtures/service.ts';
import { realClock, recordingLog } from '../fixtures/world.ts';

/**
 * The scenario `feeder-fault` through the real service: broker, detection, incident, message. Its hour passes in seconds, so
 * that the day's picture lacks what was before the source sank: some transformers open incidents of their own then,
 * which the outage takes in. At the pace of the clock there is one from the start (test/simulation/rootCause.test.ts).
 */

/** Minute 25 the breaker trips; some minutes more for what follows from it. */
const MINUTES = 30;

let dataDir: string;
let receiver: HttpReceiver;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'peakvolt-feeder-fault-'));
  receiver = await startHttpReceiver('ok');
});
afterEach(async () => {
  await receiver.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function prepare(work: (database: Database) => Promise<void>): Promise<void> {
  const file = join(dataDir, 'peakvolt.sqlite');
  const database = createDatabase({ file, log: recordingLog(), clock: realClock });
  await database.start();
  await work(database).finally(() => database.stop());
}

interface Shown {
  id: string;
  condition: string;
  feederId: string;
  transformers: number;
  cause: { kind: string; confidence: number; evidence: unknown[] };
}

it('a feeder fault is one incident with its transformers, the right cause, and one page', async () => {
  const grid = buildGrid({ transformers: 200, seed: 11 });
  await prepare((database) => putOnCall(database, receiver.origin));
  const config = join(dataDir, 'peakvolt.yaml');
  writeFileSync(config, 'embeddedBroker: { port: 0 }\nnotify: { allow: [127.0.0.1] }\n');
  const service = await startService({ args: ['serve', '--config', config], dataDir });
  const ask = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
    const answer = await fetch(`${service.url}/api/v1/${path}`, { headers: service.headers, ...init });
    return (await answer.json()) as T;
  };
  const imported = await fetch(`${service.url}/api/v1/imports/registry`, {
    method: 'POST',
    headers: { ...service.headers, 'content-type': 'text/csv' },
    body: registryCsv(grid),
  });
  expect(await imported.text()).toContain('"refused":0');
  const broker = { url: service.brokerUrl };
  const quiet = new AbortController().signal;
  await simulate({ broker, grid, scenario: 'feeder-fault', intervals: MINUTES, speed: 120 }, quiet);

  const active = async (): Promise<Shown[]> =>
    (await ask<{ items: Shown[] }>('incidents?state=active')).items;
  await expect.poll(async () => (await active()).length, { timeout: 60_000 }).toBe(1);
  const [fault, ...others] = await active();
  expect(others).toEqual([]);
  const members = grid.transformers.filter((t) => grid.feeders[t.feeder]!.id === fault!.feederId);
  expect(fault).toMatchObject({
    condition: 'outage',
    transformers: members.length,
    cause: { kind: 'upstream' },
  });
  expect(fault!.cause.evidence.length).toBeGreaterThan(0);
  const pages = (): string[] =>
    messagesOf(receiver)
      .filter(({ incidentId }) => incidentId === fault!.id)
      .map(({ type }) => type);
  await expect.poll(() => pages().length, { timeout: 60_000 }).toBe(1);
  // A proof that is sent after it comes out after it: what else was to be told has been.
  const provenMs = async () =>
    (await ask<{ proof: { lastProvenMs: number | null } }>('alerting')).proof.lastProvenMs ?? 0;
  const beforeMs = await provenMs();
  await expect.poll(provenMs, { timeout: 90_000, interval: 1_000 }).toBeGreaterThan(beforeMs);
  expect(pages()).toEqual(['incident.opened']);
  await service.stop();
}, 240_000);
