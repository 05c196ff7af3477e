import { beforeEach, describe, expect, it } from 'vitest';
import type { FakeEngine } from './fakes.ts';
import { Rig } from './rig.ts';

/** What the writer does with each answer of a store (ports.ts, WriteResult), and what goes on meanwhile (R2). */

let rig: Rig;
beforeEach(async () => {
  rig = await new Rig().start();
});

const many = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, i) => `T${i % 97} ${from + i} 220`).join(';');

describe('a store that may yet take it', () => {
  it('is tried again for ever with growing pauses, and told of once', async () => {
    rig.store.answer = () => ({ kind: 'retry', reason: 'connect ECONNREFUSED' });
    rig.send('T1 1000 220');
    await rig.clock.advance(300_000);
    expect(rig.store.calls.length).toBeGreaterThan(25);
    expect(rig.store.calls.length).toBeLessThan(70);
    expect(rig.pipeline.status().writer).toMatchObject({
      state: 'retrying',
      reason: 'connect ECONNREFUSED',
      lastStoredMs: null,
    });
    expect(rig.log.lines.filter((l) => l.includes('does not take readings'))).toHaveLength(1);
    rig.store.answer = () => null;
    await rig.clock.advance(11_000);
    expect(rig.store.rows.size).toBe(1);
    expect(rig.pipeline.status().writer).toMatchObject({ state: 'idle', reason: null });
  });

  it('is not asked again before its Retry-After', async () => {
    rig.store.answer = () => ({ kind: 'retry', reason: '429', afterMs: 120_000 });
    rig.send('T1 1000 220');
    await rig.clock.advance(120_000);
    expect(rig.store.calls).toHaveLength(1);
    await rig.clock.advance(1_000);
    expect(rig.store.calls).toHaveLength(2);
  });

  it('may hang: messages are settled, alarms told and dead letters kept all the same', async () => {
    rig.store.answer = () => new Promise(() => undefined);
    rig.send('T1 1000 220');
    await rig.clock.advance(1_000);
    const told: string[] = [];
    rig.pipeline.onEvents((events) => told.push(...events.map((e) => e.kind)));
    rig.send('T1 2000 190', 'junk');
    await rig.clock.advance(10);
    expect(rig.settled).toHaveLength(3);
    expect(told).toEqual(['raised']);
    expect(rig.database.noticed.size).toBe(1);
    expect(rig.database.letters.size).toBe(1);
    expect(rig.pipeline.status()).toMatchObject({
      conservation: { received: 3, spooled: 2, deadLettered: 1, error: 0 },
      spool: { entries: 2 },
    });
    await rig.clock.advance(60_000);
    expect(rig.pipeline.status().writer.reason).toContain('no answer');
    rig.store.answer = () => null;
    await rig.clock.advance(70_000);
    expect(rig.store.rows.size).toBe(2);
  });
});

describe('a store that wants something else', () => {
  it('gets halves when it was too much', async () => {
    rig.store.answer = (rows) => (rows.length > 300 ? { kind: 'too-large', reason: '413' } : null);
    rig.send(many(1000));
    await rig.clock.advance(1_000);
    expect(rig.store.calls).toEqual([1000, 500, 250, 250, 500, 250, 250]);
    expect(rig.store.rows.size).toBe(1000);
  });

  it('refuses two rows of a thousand: they become dead letters with its reason, the others are stored', async () => {
    rig.store.answer = (rows) =>
      rows.some((r) => r.tsMs === 123 || r.tsMs === 700)
        ? { kind: 'refused', reason: 'field type conflict' }
        : null;
    rig.send(many(1000));
    await rig.clock.advance(1_000);
    expect(rig.store.rows.size).toBe(998);
    const letters = [...rig.database.letters.values()];
    expect(letters.map((l) => [l.reason, l.detail, l.transformerId])).toEqual([
      ['store-refused', 'field type conflict', 'T26'],
      ['store-refused', 'field type conflict', 'T21'],
    ]);
    expect(JSON.parse(new TextDecoder().decode(letters[0]!.payload))).toMatchObject({
      id: 'T26',
      ts: 123,
      u: { a: 220 },
    });
    expect(letters[0]!.topic).toBe('pq/v1/unknown/T26/data');
    expect(rig.conservation()).toMatchObject({ received: 1000, stored: 998, deadLettered: 2, error: 0 });
  });

  it('buries a refused row once, also when it is written again after a crash', async () => {
    rig.store.answer = () => ({ kind: 'refused', reason: '422' });
    rig.send('T1 1000 220');
    await rig.clock.advance(1_000);
    await rig.crash();
    await rig.clock.advance(1_000);
    expect(rig.database.letters.size).toBe(1);
    expect(rig.conservation()).toMatchObject({ received: 1, stored: 0, deadLettered: 1, error: 0 });
  });

  it('waits, with the remedy on the health page, for someone to mend it', async () => {
    rig.store.answer = () => ({ kind: 'parked', reason: '401', remedy: 'Set INFLUX_TOKEN.' });
    rig.send('T1 1000 220');
    await rig.clock.advance(60_000);
    expect(rig.pipeline.status().writer).toMatchObject({
      state: 'parked',
      reason: '401',
      remedy: 'Set INFLUX_TOKEN.',
    });
    rig.store.answer = () => null;
    await rig.clock.advance(15_000);
    expect(rig.store.rows.size).toBe(1);
    expect(rig.pipeline.status().writer.remedy).toBeNull();
  });
});

describe('a backlog', () => {
  it('larger than memory is read back from the spool, complete and in order', async () => {
    rig.store.answer = () => ({ kind: 'retry', reason: 'down' });
    for (let part = 0; part < 12; part++) {
      rig.send(many(20_000, part * 20_000));
      await rig.clock.advance(20);
    }
    expect(rig.conservation()).toMatchObject({ received: 240_000, spooled: 240_000, error: 0 });
    // 12 × 20 ms, though memory no longer holds the first of it.
    expect(rig.pipeline.status().spool.oldestAgeMs).toBe(240);
    const order: number[] = [];
    rig.store.answer = (rows) => {
      order.push(rows[0]!.tsMs);
      return null;
    };
    await rig.clock.advance(31_000);
    expect(rig.store.rows.size).toBe(240_000);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(rig.conservation()).toMatchObject({ stored: 240_000, spooled: 0, error: 0 });
  });

  it('shows its age, and is taken up where it was after a restart', async () => {
    rig.store.answer = () => ({ kind: 'retry', reason: 'down' });
    rig.send('T1 1000 220');
    await rig.clock.advance(10_000);
    expect(rig.pipeline.status().spool).toMatchObject({ entries: 1, oldestAgeMs: 10_000 });
    rig.store.answer = () => null;
    await rig.crash();
    await rig.clock.advance(1_000);
    expect(rig.store.rows.size).toBe(1);
    expect(rig.pipeline.status().spool).toMatchObject({ entries: 0, oldestAgeMs: null });
  });
});

describe('late data', () => {
  it('has its windows made again after its rows are stored, once for many', async () => {
    const engine = rig.engine as FakeEngine;
    const window = { transformerId: 'T1', point: 'outlet' };
    engine.recompute = [{ ...window, fromMs: 0, toMs: 600_000 }];
    rig.send('T1 1000 220');
    await rig.clock.advance(1_000);
    engine.recompute = [{ ...window, fromMs: 600_000, toMs: 1_200_000 }];
    rig.send('T1 700000 220');
    await rig.clock.advance(20_000);
    expect(rig.store.recomputed).toEqual([[{ ...window, fromMs: 0, toMs: 1_200_000 }]]);
  });

  it('is not forgotten by a crash between storing and making again', async () => {
    const window = { transformerId: 'T1', point: 'outlet', fromMs: 0, toMs: 600_000 };
    (rig.engine as FakeEngine).recompute = [window];
    rig.send('T1 1000 220');
    await rig.clock.advance(5_000);
    expect(rig.store.recomputed).toEqual([]);
    await rig.crash();
    await rig.clock.advance(20_000);
    expect(rig.store.recomputed).toEqual([[window]]);
  });
});

describe('a database', () => {
  it('that is down holds up its own records only', async () => {
    rig.database.fault = 'connection refused';
    rig.send('T1 1000 190', 'junk');
    await rig.clock.advance(60_000);
    expect(rig.store.rows.size).toBe(1);
    expect(rig.conservation()).toMatchObject({ stored: 1, spooled: 1, error: 0 });
    rig.database.fault = null;
    await rig.clock.advance(31_000);
    expect(rig.database.letters.size).toBe(1);
    expect(rig.database.noticed.size).toBe(1);
  });

  it('that is well and yet refuses one record takes the others', async () => {
    const add = rig.database.deadLetters.add;
    rig.database.deadLetters.add = (rows) =>
      rows.some((r) => new TextDecoder().decode(r.payload) === 'poison')
        ? Promise.reject(new Error('check'))
        : add(rows);
    rig.send('one;poison;two');
    await rig.clock.advance(60_000);
    expect([...rig.database.letters.values()].map((l) => new TextDecoder().decode(l.payload))).toEqual([
      'one',
      'two',
    ]);
    expect(rig.log.lines.filter((l) => l.includes('refuses a record for good'))).toHaveLength(1);
  });
});
