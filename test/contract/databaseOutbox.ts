import { expect, test } from 'vitest';
import type { Delivery } from '../../server/core/incident/delivery.ts';
import type { Database } from '../../server/ports.ts';
import { attemptOf, deliveryOf, incidentOf } from '../fixtures/incidents.ts';

const NOON_MS = Date.UTC(2026, 6, 1, 12);
const LEASE_MS = 60_000;

/** What the outbox must do; each test leaves nothing due. */
export function outboxContract(database: () => Database): void {
  const queue = (...deliveries: Delivery[]): Promise<void> =>
    database().incidents.commit({ incidents: [], timeline: [], deliveries });
  const lease = (nowMs: number, limit = 100): Promise<Delivery[]> =>
    database().outbox.lease({ nowMs, leaseMs: LEASE_MS, limit });

  test('two workers lease disjoint rows, each what is due and no more than it asked for', async () => {
    const due = Array.from({ length: 20 }, (_, i) => deliveryOf(`o-${i}`, { nextMs: NOON_MS - i }));
    await queue(...due, deliveryOf('o-later', { nextMs: NOON_MS + 1 }));
    const [one, two] = await Promise.all([lease(NOON_MS, 8), lease(NOON_MS, 8)]);
    const rest = await lease(NOON_MS);
    const taken = [...one, ...two, ...rest];
    expect([one.length, two.length]).toEqual([8, 8]);
    expect(new Set(taken.map(({ id }) => id))).toEqual(new Set(due.map(({ id }) => id)));
    expect(taken).toHaveLength(20);
    expect(one[0]).toMatchObject({ state: 'leased', leaseUntilMs: NOON_MS + LEASE_MS });
    for (const delivery of [...taken, ...(await lease(NOON_MS + 1))]) {
      await database().outbox.settle({ ...delivery, state: 'skipped', leaseUntilMs: null }, null);
    }
  });

  test('what a dead worker held is due again, and its late word does not undo what was sent', async () => {
    const { outbox } = database();
    await queue(deliveryOf('o-dead'));
    const [held] = await lease(NOON_MS);
    expect(await lease(NOON_MS + LEASE_MS - 1)).toEqual([]);
    const [again] = await lease(NOON_MS + LEASE_MS);
    expect(again).toEqual({ ...held, leaseUntilMs: NOON_MS + 2 * LEASE_MS });
    await outbox.settle(
      { ...again!, state: 'sent', attempts: 1, leaseUntilMs: null },
      attemptOf('o-dead', 1),
    );
    const late = attemptOf('o-dead', 1, { startedMs: NOON_MS, result: 'retry', detail: 'timeout' });
    const instead = deliveryOf('o-instead', { insteadOf: 'o-dead' });
    await outbox.settle({ ...held!, state: 'queued', attempts: 1, leaseUntilMs: null }, late, instead);
    expect(await lease(NOON_MS * 2)).toEqual([]);
  });

  test('settling logs the attempt, moves the row on and queues the stand-in, once', async () => {
    const { outbox, incidents } = database();
    const incident = incidentOf('o-incident', { number: 9 });
    const delivery = deliveryOf('o-fails', { incidentId: incident.id, userId: 'u-settle' });
    await incidents.commit({ incidents: [incident], timeline: [], deliveries: [delivery] });
    const [leased] = await lease(NOON_MS);
    expect({ ...leased, state: 'queued', leaseUntilMs: null }).toEqual(delivery);
    const retry = attemptOf('o-fails', 1, { result: 'retry', detail: '421 later\0' });
    const waiting: Delivery = { ...delivery, attempts: 1, nextMs: NOON_MS + 5_000 };
    await outbox.settle(waiting, retry);
    expect(await lease(NOON_MS)).toEqual([]);
    await lease(NOON_MS + 5_000);
    const refused = attemptOf('o-fails', 2, { result: 'refused', detail: '550 no such user' });
    const failed: Delivery = { ...waiting, state: 'failed', attempts: 2 };
    const instead = {
      ...delivery,
      id: 'o-second',
      insteadOf: 'o-fails',
      contactPointId: 'c2',
      createdMs: NOON_MS + 1,
    };
    await outbox.settle(failed, refused, instead);
    await outbox.settle(failed, refused, instead);
    expect(await outbox.of(incident.id)).toEqual([
      { delivery: failed, attempts: [{ ...retry, detail: '421 later\uFFFD' }, refused] },
      { delivery: instead, attempts: [] },
    ]);
    expect(await outbox.one('o-second')).toEqual({ delivery: instead, attempts: [] });
    expect(await outbox.one('o-nowhere')).toBeNull();
    expect(await outbox.counts()).toEqual({ queued: 1, oldestDueMs: NOON_MS, failed: 1 });
    const [second] = await lease(NOON_MS);
    await outbox.settle(
      { ...second!, state: 'sent', attempts: 1, leaseUntilMs: null },
      attemptOf('o-second', 1),
    );
    expect(await outbox.sentSince('u-settle', NOON_MS)).toBe(1);
    expect(await outbox.sentSince('u-settle', NOON_MS + 3_600_000)).toBe(0);
    expect(await outbox.counts()).toEqual({ queued: 0, oldestDueMs: null, failed: 1 });
  });

  test('a delivery is queued once, whatever became of it', async () => {
    const { outbox } = database();
    await queue(deliveryOf('o-once'));
    const [leased] = await lease(NOON_MS);
    await outbox.settle({ ...leased!, state: 'sent', leaseUntilMs: null }, attemptOf('o-once', 1));
    await queue(deliveryOf('o-once'));
    expect(await lease(NOON_MS * 2)).toEqual([]);
  });
}
