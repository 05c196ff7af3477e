import { beforeEach, expect, it } from 'vitest';
import { Rig } from './rig.ts';

/** A spool without room (R11): acknowledgement is refused, nothing is dropped, and it must be able to empty. */

let rig: Rig;
beforeEach(async () => {
  rig = await new Rig().start();
  rig.spool.bytesMax = 20_000;
});

async function fill(): Promise<number> {
  rig.store.answer = () => ({ kind: 'retry', reason: 'down' });
  let sent = 0;
  while (rig.pipeline.status().spool.refusal === null) {
    rig.send(`T1 ${++sent * 1000} 220`);
    await rig.clock.advance(20);
  }
  return sent;
}

it('says that it keeps nothing, and settles nothing', async () => {
  const sent = await fill();
  expect(rig.pipeline.status().spool.refusal).toBe('full');
  expect(rig.settled).toHaveLength(sent - 1);
  expect(rig.conservation()).toMatchObject({ received: sent - 1, spooled: sent - 1, error: 0 });
});

it('empties when the store is back, though it filled up before the state of detection was ever due', async () => {
  const sent = await fill();
  rig.store.answer = () => null;
  await rig.clock.advance(120_000);
  expect(rig.pipeline.status().spool.refusal).toBeNull();
  expect(rig.settled).toHaveLength(sent);
  expect(rig.store.rows.size).toBe(sent);
  expect(rig.conservation()).toMatchObject({ received: sent, stored: sent, spooled: 0, error: 0 });
});

it('empties also when the process was killed meanwhile', async () => {
  const sent = await fill();
  await rig.crash();
  rig.store.answer = () => null;
  rig.send(`T1 ${sent * 1000} 220`);
  await rig.clock.advance(120_000);
  expect(rig.store.rows.size).toBe(sent);
  expect(rig.conservation()).toMatchObject({ stored: sent, spooled: 0, error: 0 });
});
