import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Engine } from '../../server/core/engine.ts';
import { READING_COLUMNS } from '../../server/core/reading.ts';
import { createDecoder } from '../../server/ingest/decoder.ts';
import { gridOf, transformerOf } from '../fixtures/transformers.ts';
import { message } from '../pipeline/fakes.ts';
import { Rig } from '../pipeline/rig.ts';

/**
 * R3: duplicate, reordered, late and replayed input, with the process killed in between, leaves the same stored rows and
 * no second alarm. Two transformers send 80 minutes: T1 is severely low for 30 of them, T2 is dead for 10.
 */

const SCHEDULES = Number(process.env['PEAKVOLT_SCHEDULES'] ?? 1000);
const MINUTES = 80;
const START_MS = 1_753_000_000_000 - MINUTES * 60_000 - 60_000;
const grid = { version: 1, ...gridOf(transformerOf('T1'), transformerOf('T2')) };

interface Message {
  topic: string;
  text: string;
}

const volts = (id: string, minute: number): number => {
  if (id === 'T1') return minute >= 20 && minute < 50 ? 150 + (minute % 7) / 10 : 221 + (minute % 9) / 10;
  return minute >= 40 && minute < 50 ? 0 : 219 + (minute % 5) / 10;
};
const baseline: Message[] = Array.from({ length: 2 * MINUTES }, (_, i) => {
  const id = i % 2 === 0 ? 'T1' : 'T2';
  const minute = i >> 1;
  const u = { a: volts(id, minute), b: volts(id, minute), c: volts(id, minute) };
  const body = { ts: START_MS + minute * 60_000, int: 60, u };
  return { topic: `pq/v1/demo/${id}/data`, text: JSON.stringify(body) };
});

/** What can happen to the stream, at a place in it. */
const trouble = fc.record({
  at: fc.nat(baseline.length - 1),
  what: fc.oneof(
    fc.record({ kind: fc.constant('duplicate' as const), later: fc.nat(6) }),
    fc.record({ kind: fc.constant('delay' as const), later: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ kind: fc.constant('replay' as const), from: fc.nat(baseline.length - 1), count: fc.nat(30) }),
    fc.record({ kind: fc.constant('crash' as const), afterMs: fc.nat(30) }),
    fc.record({ kind: fc.constant('pause' as const), afterMs: fc.nat(2_500) }),
  ),
});
type Trouble = typeof trouble extends fc.Arbitrary<infer T> ? T : never;
type Step = Message | { kind: 'crash' | 'pause'; afterMs: number };

function schedule(troubles: readonly Trouble[]): Step[] {
  const steps: { order: number; step: Step }[] = baseline.map((step, order) => ({ order, step }));
  for (const { at, what } of troubles) {
    const order = at + 0.5;
    if (what.kind === 'duplicate') steps.push({ order: order + what.later, step: baseline[at]! });
    else if (what.kind === 'delay') steps[at]!.order = order + what.later;
    else if (what.kind === 'replay') {
      const again = baseline.slice(Math.min(what.from, at), Math.min(what.from + what.count, at));
      for (const step of again) steps.push({ order, step });
    } else steps.push({ order, step: what });
  }
  return steps.toSorted((a, b) => a.order - b.order).map(({ step }) => step);
}

/** Runs the steps; what was not acknowledged before a crash is sent again after it, as a broker does. */
async function run(steps: readonly Step[]): Promise<{ rig: Rig; told: string[]; sent: number }> {
  const rig = await new Rig({
    engine: () => new Engine(),
    decoder: () => createDecoder({ newId: () => 'none' }),
    grid,
  }).start();
  const told: string[] = [];
  const waiting = new Set<Message>();
  const listen = (): void => {
    rig.pipeline.onEvents((events) => {
      told.push(...events.map((e) => `${e.transformerId} ${e.condition} ${e.phase} ${e.kind} ${e.tsMs}`));
    });
  };
  const publish = (one: Message): void => {
    const mine = { ...one };
    waiting.add(mine);
    rig.pipeline.onMessage(message(mine.text, rig.clock.nowMs(), () => waiting.delete(mine), mine.topic));
  };
  listen();
  for (const step of steps) {
    if (!('kind' in step)) {
      publish(step);
      continue;
    }
    await rig.clock.advance(step.afterMs);
    if (step.kind === 'pause') continue;
    await rig.crash();
    listen();
    const again = [...waiting];
    waiting.clear();
    for (const one of again) publish(one);
  }
  await rig.clock.advance(1_200);
  expect(waiting.size).toBe(0);
  return { rig, told, sent: steps.filter((step) => !('kind' in step)).length };
}

const rowsOf = (rig: Rig): string[] =>
  [...rig.store.rows.values()]
    .map((r) => `${r.transformerId} ${r.point} ${r.tsMs} ${READING_COLUMNS.map((c) => r[c]).join(' ')}`)
    .toSorted();

const alarmsOf = (rig: Rig, kind: string): string[] =>
  [...rig.database.noticed.values()]
    .filter((e) => e.kind === kind)
    .map((e) => `${e.transformerId} ${e.condition} ${e.phase}`)
    .toSorted();

it(`leaves the same rows and no second alarm, over ${SCHEDULES} schedules`, async () => {
  const calm = await run(baseline);
  const rows = rowsOf(calm.rig);
  const raised = alarmsOf(calm.rig, 'raised');
  expect(rows).toHaveLength(2 * MINUTES);
  expect(raised).toContain('T2 outage null');
  expect(raised.filter((alarm) => alarm.startsWith('T1 under-voltage'))).toHaveLength(3);
  await fc.assert(
    fc.asyncProperty(fc.array(trouble, { maxLength: 12 }), async (troubles) => {
      const { rig, told, sent } = await run(schedule(troubles));
      expect(rowsOf(rig)).toEqual(rows);
      expect(alarmsOf(rig, 'raised')).toEqual(raised);
      expect(alarmsOf(rig, 'cleared')).toEqual(alarmsOf(calm.rig, 'cleared'));
      expect(new Set(told).size).toBe(told.length);
      const { error, spooled, received } = rig.conservation();
      expect({ error, spooled }).toEqual({ error: 0, spooled: 0 });
      expect(received).toBeGreaterThanOrEqual(sent);
    }),
    { numRuns: SCHEDULES },
  );
}, 300_000);
