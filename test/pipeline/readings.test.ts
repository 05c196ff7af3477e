import { beforeEach, describe, expect, it } from 'vitest';
import { spoolContract } from '../contract/spool.ts';
import { type FakeEngine, MemorySpool } from './fakes.ts';
import { Rig } from './rig.ts';

spoolContract('the spool in memory', async () => {
  const spool = new MemorySpool();
  return () => spool;
});

const BALANCED = { error: 0 };

describe('from message to store', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await new Rig().start();
  });

  it('settles messages in order, and only after they are in the spool', async () => {
    rig.send('T1 1000 220', 'T2 1000 221', 'no reading');
    expect(rig.spool.status().entries).toBe(0);
    await rig.clock.advance(9);
    expect(rig.settled).toEqual([]);
    await rig.clock.advance(1);
    expect(rig.settled).toEqual(['T1 1000 220', 'T2 1000 221', 'no reading']);
    expect(rig.spool.status().entries).toBe(1);
  });

  it('brings readings to the store and dead letters to the database; the sum is exact at every step', async () => {
    rig.send('T1 1000 220', 'T1 2000 221;T2 1000 219', 'T1 1000 220', 'rubbish');
    await rig.clock.advance(10);
    expect(rig.conservation()).toEqual({
      ...BALANCED,
      received: 5,
      duplicate: 1,
      spooled: 3,
      stored: 0,
      deadLettered: 1,
    });
    await rig.clock.advance(1000);
    expect([...rig.store.rows.keys()]).toEqual(['T1 outlet 1000', 'T1 outlet 2000', 'T2 outlet 1000']);
    expect([...rig.database.letters.values()].map((l) => l.reason)).toEqual(['unparsable']);
    expect(rig.conservation()).toMatchObject({
      ...BALANCED,
      received: 5,
      stored: 3,
      spooled: 0,
      duplicate: 1,
    });
  });

  it('settles a message that says nothing', async () => {
    rig.send('');
    await rig.clock.advance(10);
    expect(rig.settled).toEqual(['']);
    expect(rig.spool.status().entries).toBe(0);
  });

  it('keeps a batch that the spool cannot take, acknowledges nothing meanwhile, and loses nothing', async () => {
    rig.spool.fault = 'database or disk is full';
    rig.send('T1 1000 220');
    await rig.clock.advance(5_000);
    rig.send('T1 2000 220');
    await rig.clock.advance(60_000);
    expect(rig.settled).toEqual([]);
    expect(rig.conservation()).toMatchObject({ ...BALANCED, received: 0 });
    expect(rig.log.lines.filter((l) => l.includes('cannot keep readings'))).toHaveLength(1);
    rig.spool.fault = null;
    await rig.clock.advance(31_000);
    expect(rig.settled).toEqual(['T1 1000 220', 'T1 2000 220']);
    expect(rig.store.rows.size).toBe(2);
    expect(rig.conservation()).toMatchObject({ ...BALANCED, received: 2, stored: 2 });
  });

  it('tells of events after they are durable, once', async () => {
    const told: string[] = [];
    rig.pipeline.onEvents((events) => {
      expect(rig.spool.status().entries).toBe(1);
      told.push(...events.map((e) => `${e.transformerId} ${e.kind}`));
    });
    rig.send('T1 1000 190', 'T1 1000 190', 'T1 2000 191');
    await rig.clock.advance(10);
    expect(told).toEqual(['T1 raised']);
    await rig.clock.advance(1_000);
    expect([...rig.database.noticed.keys()]).toEqual(['T1 under-voltage raised 1000']);
  });

  it('replays a dead letter: taken after it was mended, not kept twice when refused again', async () => {
    rig.send('T1 1000');
    await rig.clock.advance(1_000);
    const [letter] = [...rig.database.letters.values()];
    const again = rig.pipeline.replay(letter!);
    await rig.clock.advance(1_000);
    expect(await again).toBe(false);
    expect(rig.database.letters.size).toBe(1);
    const mended = rig.pipeline.replay({ ...letter!, payload: new TextEncoder().encode('T1 1000 220') });
    await rig.clock.advance(1_000);
    expect(await mended).toBe(true);
    expect(rig.store.rows.size).toBe(1);
    expect(rig.conservation()).toMatchObject(BALANCED);
  });

  it('goes on when the answer to an append was lost after it was durable', async () => {
    const append = rig.spool.append.bind(rig.spool);
    rig.spool.append = async (entry) => {
      rig.spool.append = append;
      await append(entry);
      throw new Error('the thread ended');
    };
    rig.send('T1 1000 220');
    await rig.clock.advance(1_000);
    rig.send('T1 2000 220');
    await rig.clock.advance(1_000);
    expect([...rig.store.rows.keys()]).toEqual(['T1 outlet 1000', 'T1 outlet 2000']);
    expect(rig.settled).toHaveLength(2);
    expect(rig.conservation()).toMatchObject({ received: 3, stored: 3, spooled: 0, error: 0 });
  });

  it('makes one batch at a time of what arrives while the spool is busy', async () => {
    const append = rig.spool.append.bind(rig.spool);
    let release = (): void => undefined;
    rig.spool.append = async (entry) => {
      await new Promise<void>((resolve) => (release = resolve));
      return append(entry);
    };
    rig.send('T1 1000 220');
    await rig.clock.advance(10);
    rig.send('T1 2000 220', 'T1 3000 220');
    await rig.clock.advance(500);
    rig.send('T1 4000 220');
    release();
    await rig.clock.advance(0);
    expect(rig.settled).toHaveLength(1);
    release();
    await rig.clock.advance(0);
    expect(rig.settled).toHaveLength(4);
  });
});

describe('a restart', () => {
  it('writes what the store lacks, raises no alarm twice and forgets none', async () => {
    const rig = await new Rig().start();
    rig.store.answer = () => ({ kind: 'retry', reason: 'refused' });
    rig.send('T1 1000 190', 'T2 1000 220');
    await rig.clock.advance(1_000);
    await rig.crash();
    rig.store.answer = () => null;
    const told: string[] = [];
    rig.pipeline.onEvents((events) => told.push(...events.map((e) => `${e.transformerId} ${e.kind}`)));
    // The broker sends again what it does not know to be acknowledged, and the world goes on.
    rig.send('T1 1000 190', 'T1 2000 191', 'T2 2000 190', 'T1 3000 222');
    await rig.clock.advance(5_000);
    expect(told).toEqual(['T2 raised', 'T1 cleared']);
    expect(rig.store.rows.size).toBe(5);
    expect([...rig.database.noticed.keys()]).toEqual([
      'T1 under-voltage raised 1000',
      'T2 under-voltage raised 2000',
      'T1 under-voltage cleared 3000',
    ]);
    expect(rig.conservation()).toEqual({
      ...BALANCED,
      received: 6,
      duplicate: 1,
      stored: 5,
      spooled: 0,
      deadLettered: 0,
    });
  });

  it('keeps the sum exact over any number of crashes', async () => {
    const rig = await new Rig().start();
    for (let round = 0; round < 12; round++) {
      rig.send(`T1 ${round} 220`, `T2 ${round} 220;junk`, `T1 ${round} 220`);
      await rig.clock.advance(round * 331);
      expect(rig.conservation()).toMatchObject(BALANCED);
      await rig.crash();
      expect(rig.conservation()).toMatchObject(BALANCED);
    }
    await rig.clock.advance(5_000);
    // The first round was killed before it was durable, and so never acknowledged.
    expect(rig.conservation()).toEqual({
      ...BALANCED,
      received: 44,
      stored: 22,
      duplicate: 11,
      deadLettered: 11,
      spooled: 0,
    });
    expect(rig.settled).toHaveLength(33);
    expect(rig.store.rows.size).toBe(22);
  });

  it('steps again only what came after the snapshot, and trims what nobody needs', async () => {
    const rig = await new Rig().start();
    rig.send('T1 1000 190');
    await rig.clock.advance(62_000);
    expect(rig.spool.status().entries).toBe(0);
    rig.send('T1 2000 191');
    await rig.clock.advance(2_000);
    await rig.crash();
    expect((rig.engine as FakeEngine).steps).toBe(1);
    rig.send('T1 3000 192');
    await rig.clock.advance(1_000);
    expect(rig.database.noticed.size).toBe(1);
  });

  it('stops in good order: everything is stored, the state saved, the spool empty', async () => {
    const rig = await new Rig().start();
    rig.send('T1 1000 190');
    const stopped = rig.pipeline.stop();
    await rig.clock.advance(1);
    await stopped;
    expect(rig.settled).toHaveLength(1);
    expect(rig.store.rows.size).toBe(1);
    expect(rig.spool.status()).toMatchObject({ entries: 0, lastSeq: 1 });
    await rig.start();
    expect((rig.engine as FakeEngine).steps).toBe(0);
    expect(rig.conservation()).toMatchObject({ ...BALANCED, received: 1, stored: 1 });
  });

  it('shows what is missing when the spool was lost, and goes on', async () => {
    const rig = await new Rig().start();
    rig.store.answer = () => ({ kind: 'retry', reason: 'refused' });
    rig.send('T1 1000 220');
    await rig.clock.advance(3_000);
    const marks = rig.marksFile.bytes;
    const lost = new Rig();
    lost.marksFile.bytes = marks;
    await lost.start();
    lost.send('T1 2000 220');
    await lost.clock.advance(1_000);
    expect(lost.store.rows.size).toBe(1);
    expect(lost.conservation()).toMatchObject({ received: 2, stored: 1, spooled: 0, error: 1 });
  });
});
