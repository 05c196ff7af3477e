import { expect, test } from 'vitest';
import type { ConditionEvent } from '../../../server/core/event.ts';
import { SelfProof } from '../../../server/pipeline/alerts/proof.ts';
import { recordingLog } from '../../fixtures/world.ts';
import { FakeClock } from '../fakes.ts';

const MINUTE_MS = 60_000;

/** The proof with a way that can be cut between its message and its delivery. */
function rig() {
  const clock = new FakeClock(Date.UTC(2026, 6, 1));
  const told: ConditionEvent[] = [];
  const way = { isWhole: true, pings: 0 };
  const proof: SelfProof = new SelfProof({
    clock,
    logger: recordingLog(),
    newId: () => 'd',
    publicUrl: 'http://x',
    timeZone: 'UTC',
    simulated: false,
    publish: async () => {
      if (!way.isWhole) return;
      const raised = { kind: 'raised', phase: 'a', valueV: 150, limitV: 198, tsMs: clock.nowMs() };
      for (const delivery of proof.deliveriesOf([raised as ConditionEvent])) proof.delivered(delivery);
    },
    onAbsence: async (event) => void told.push(event),
    ping: async () => void way.pings++,
  });
  return { clock, told, way, proof };
}

test('is well while each minute comes out, and tells the watchdog each time', async () => {
  const { clock, told, way, proof } = rig();
  proof.start();
  await clock.advance(10 * MINUTE_MS);
  expect(proof.status().ok).toBe(true);
  expect(way.pings).toBe(11);
  expect(told).toEqual([]);
});

test('an absence is told once, severe, and taken back when it comes out again; the watchdog hears nothing meanwhile', async () => {
  const { clock, told, way, proof } = rig();
  proof.start();
  await clock.advance(MINUTE_MS);
  way.isWhole = false;
  const { pings } = way;
  await clock.advance(10 * MINUTE_MS);
  expect(proof.status().ok).toBe(false);
  expect(way.pings).toBe(pings);
  expect(told.map(({ kind, severity }) => [kind, severity])).toEqual([['raised', 'severe']]);
  way.isWhole = true;
  await clock.advance(2 * MINUTE_MS);
  expect(told.map(({ kind }) => kind)).toEqual(['raised', 'cleared']);
  expect(proof.status().ok).toBe(true);
});
