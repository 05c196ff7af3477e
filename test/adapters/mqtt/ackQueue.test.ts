import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AckQueue, HeldMessage } from '../../../server/adapters/mqtt/ackQueue.ts';
import { ReceiveWindow } from '../../../server/adapters/mqtt/receiveWindow.ts';

const packet = { topic: 't', payload: Buffer.from('12345'), qos: 1 as const, retain: false };

test('whatever the order of settling and whenever the connection is lost, the order holds and the window adds up', async () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constant('arrive' as const) },
    { weight: 6, arbitrary: fc.nat() },
    { weight: 1, arbitrary: fc.constant('lose' as const) },
    { weight: 2, arbitrary: fc.constant('wait' as const) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 200 }), async (steps) => {
      const window = new ReceiveWindow({}, () => {});
      const acknowledged: number[] = [];
      const arrivals: { message: HeldMessage<number>; connection: number }[] = [];
      const connectionOf = (ticket: number): number => arrivals[ticket]!.connection;
      const answeredAtLoss: number[] = [];
      let connection = 0;
      const open = (): AckQueue<number> =>
        new AckQueue<number>(window, (tickets) => acknowledged.push(...tickets));
      let queue = open();
      for (const what of steps) {
        if (what === 'arrive') {
          const message = new HeldMessage<number>(packet, 0, arrivals.length, queue);
          arrivals.push({ message, connection });
          queue.hold(message);
        } else if (what === 'lose') {
          queue.abandon();
          answeredAtLoss.push(acknowledged.length);
          connection++;
          queue = open();
        } else if (what === 'wait') await Promise.resolve();
        else if (arrivals.length > 0) arrivals[what % arrivals.length]!.message.settle();
      }
      await Promise.resolve();
      // In order, none twice, none unsettled.
      expect(acknowledged).toEqual([...new Set(acknowledged)].sort((a, b) => a - b));
      expect(acknowledged.filter((ticket) => !arrivals[ticket]!.message.settled)).toEqual([]);
      // Once a connection is lost, nothing of it is answered any more.
      const late = answeredAtLoss.flatMap((count, lost) =>
        acknowledged.slice(count).filter((ticket) => connectionOf(ticket) <= lost),
      );
      expect(late).toEqual([]);
      // On the connection that is open: exactly those before the first unsettled one.
      const current = arrivals.filter((arrival) => arrival.connection === connection);
      const firstUnsettled = current.findIndex(({ message }) => !message.settled);
      const due = firstUnsettled === -1 ? current.length : firstUnsettled;
      expect(acknowledged.filter((ticket) => connectionOf(ticket) === connection).length).toBe(due);
      const lost = arrivals.filter((arrival) => arrival.connection < connection && !arrival.message.settled);
      expect(window.messages).toBe(current.length - due + lost.length);
      expect(window.bytes).toBe(window.messages * 6);
    }),
  );
});

test('a window is full at either limit and has room again at three quarters of both, told once', () => {
  let rooms = 0;
  const window = new ReceiveWindow({ messagesMax: 8, bytesMax: 100 }, () => rooms++);
  for (let i = 0; i < 7; i++) window.take(1);
  expect(window.full).toBe(false);
  window.take(1);
  expect(window.full).toBe(true);
  window.give(1, 1);
  expect([window.full, rooms]).toEqual([true, 0]);
  window.give(1, 1);
  expect([window.full, rooms]).toEqual([false, 1]);
  window.take(95);
  expect(window.full).toBe(true);
  window.give(6, 6);
  expect([window.full, rooms]).toEqual([true, 1]);
  window.give(1, 95);
  expect([window.full, rooms, window.messages, window.bytes]).toEqual([false, 2, 0, 0]);
  expect(() => window.give(1, 1)).toThrow('more given back than taken');
});
