import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createDatabase } from '../../server/adapters/db/database.ts';
import { Engine } from '../../server/core/engine.ts';
import { IncidentBook } from '../../server/core/incident/book.ts';
import type { AlertFacts } from '../../server/core/incident/delivery.ts';
import type { Incident } from '../../server/core/incident/incident.ts';
import { Alerting } from '../../server/pipeline/alerts/alerting.ts';
import { peopleOf } from '../../server/alertSide.ts';
import { Devices } from '../../simulator/device.ts';
import { buildGrid } from '../../simulator/grid.ts';
import { readInterval } from '../../simulator/live.ts';
import { openScenario, type ScenarioName } from '../../simulator/scenarios/scenario.ts';
import { openSimulation } from '../../simulator/solver.ts';
import { putOnCall } from '../fixtures/onCall.ts';
import { realClock, recordingLog } from '../fixtures/world.ts';
import { FakeClock } from '../pipeline/fakes.ts';
import { modelOf, readingOf } from './simulatedGrid.ts';

/**
 * Scenarios at the pace of a clock under the test's hand: what hangs on hours of real time, silence and the digest, with
 * the real detection, decisions, outbox and courier; only broker and channel are left out.
 */

const HOUR_MS = 3_600_000;
const grid = buildGrid({ transformers: 200, seed: 11 });

let dispose: () => Promise<void> = async () => undefined;
afterEach(() => dispose());

interface Evening {
  incidents: Incident[];
  /** What the person on call got, in order. */
  told: (AlertFacts & { atMs: number })[];
}

async function play(
  name: ScenarioName,
  span: { startMs: number; endMs: number; intervalMs: number },
): Promise<Evening> {
  const folder = mkdtempSync(join(tmpdir(), 'peakvolt-evening-'));
  const clock = new FakeClock(span.startMs);
  const log = recordingLog();
  const database = createDatabase({ file: join(folder, 'p.sqlite'), log, clock: realClock });
  await database.start();
  await putOnCall(database, 'http://127.0.0.1');
  const told: Evening['told'] = [];
  const engine = new Engine();
  const alerting = new Alerting({
    clock,
    random: () => 0.5,
    logger: log,
    newId: numbered(),
    incidents: database.incidents,
    outbox: database.outbox,
    settingsStore: database.alertSettings,
    book: new IncidentBook(),
    evidence: engine.evidence(),
    loadPeople: () => peopleOf(database),
    reopenMs: 900_000,
    notifiers: new Map([
      [
        'webhook',
        {
          channel: 'webhook',
          deliver: async ({ facts }) => {
            told.push({ ...facts, atMs: clock.nowMs() });
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
  const model = modelOf(grid);
  engine.setGrid(model, span.startMs);
  alerting.setGrid(model);
  await alerting.load();
  alerting.start(0);
  const stopSending = alerting.startSending();
  dispose = async () => {
    await stopSending();
    await alerting.stop();
    await database.stop();
    rmSync(folder, { recursive: true });
    dispose = async () => undefined;
  };
  const scenario = openScenario(name, grid, span.startMs);
  const [sim, devices] = [openSimulation(grid, scenario), new Devices(scenario)];
  let seq = 0;
  for (let tsMs = span.startMs; tsMs < span.endMs; tsMs += span.intervalMs) {
    await clock.advance(span.intervalMs);
    const messages = devices.deliver(readInterval(sim, tsMs, span.intervalMs));
    for (const { reading } of messages) engine.step(readingOf(reading), clock.nowMs());
    engine.tick(clock.nowMs());
    await alerting.take(engine.takeEvents(), ++seq);
    engine.takeClosed();
  }
  await clock.advance(2_000);
  const { items } = await database.incidents.list({ areaIds: null, limit: 1_000 });
  return { incidents: items.filter(({ mergedInto }) => mergedInto === null), told };
}

function numbered(): () => string {
  let last = 0;
  return () => `n${String(++last).padStart(8, '0')}`;
}

const transformersOf = (incidents: readonly Incident[]): Set<string> =>
  new Set(incidents.flatMap(({ members }) => members.map(({ transformerId }) => transformerId)));

describe('at the pace of the clock', () => {
  it('heatwave: severe at once, each mild one in the digest of the evening, the worst first', async () => {
    // From two in the afternoon to just after the digest of eight o'clock.
    const startMs = Date.UTC(2027, 7, 13, 6);
    const digestMs = startMs + 6 * HOUR_MS;
    const { incidents, told } = await play('heatwave', {
      startMs,
      endMs: digestMs + 60_000,
      intervalMs: 300_000,
    });
    const severe = incidents.filter(({ peakSeverity }) => peakSeverity === 'severe');
    const mild = incidents.filter(({ peakSeverity }) => peakSeverity === 'mild');
    expect([severe.length > 0, mild.length > 0]).toEqual([true, true]);
    const single = told.filter(({ kind }) => kind !== 'digest');
    for (const { id } of severe) {
      const first = single.find((one) => one.incidentId === id && one.severity === 'severe');
      expect({ id, told: first !== undefined }).toEqual({ id, told: true });
    }
    expect(single.filter(({ severity }) => severity === 'mild').map(({ number }) => number)).toEqual([]);
    const digests = told.filter(({ kind }) => kind === 'digest');
    expect(digests).toHaveLength(1);
    const [digest] = digests;
    expect(digest!.atMs - digestMs).toBeLessThan(2_000);
    expect(digest!.atMs).toBeGreaterThanOrEqual(digestMs);
    const lines = new Set(digest!.items!.map(({ number }) => number));
    // Those that began in the last minute wait for their first message still.
    const due = mild.filter(({ openedMs }) => openedMs < digestMs - 120_000);
    const lasting = due.filter(
      ({ resolvedMs, openedMs }) => resolvedMs === null || resolvedMs - openedMs > 120_000,
    );
    expect(lasting.filter(({ number }) => !lines.has(number)).map(({ number }) => number)).toEqual([]);
    const rank = { severe: 0, serious: 1, mild: 2 };
    const ranks = digest!.items!.map(({ severity }) => rank[severity]);
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  }, 180_000);

  it('comms-storm: silence is folded into few incidents and told in one digest, and nothing is called low', async () => {
    // From half past five in the morning, when nothing is low, to the digest of eight.
    const startMs = Date.UTC(2027, 3, 20, 21, 30);
    const digestMs = Date.UTC(2027, 3, 21, 0);
    const { incidents, told } = await play('comms-storm', {
      startMs,
      endMs: digestMs + 60_000,
      intervalMs: 60_000,
    });
    const low = new Set<string>(['under-voltage', 'tail-low', 'outage', 'phase-loss']);
    expect(incidents.filter(({ members }) => members.some((m) => low.has(m.condition)))).toEqual([]);
    const silent = incidents.filter(({ condition }) => condition === 'no-data');
    const { size } = transformersOf(silent);
    expect(size).toBeGreaterThan(40);
    expect(silent.length).toBeLessThan(size / 2);
    expect(new Set(silent.map(({ cause }) => cause.kind))).toEqual(new Set(['communication']));
    const numbers = new Set(silent.map(({ number }) => number));
    expect(told.filter(({ kind, number }) => kind !== 'digest' && numbers.has(number ?? 0))).toEqual([]);
    expect(told.filter(({ kind }) => kind === 'digest').length).toBeLessThanOrEqual(1);
    process.stderr.write(
      `comms-storm: ${size} transformers fell silent: ${silent.length} incidents, ${told.length} messages\n`,
    );
  }, 180_000);
});
