import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Notifier } from '../../server/alertPorts.ts';
import type {
  AlertFacts,
  ContactPoint,
  Delivery,
  DeliveryResult,
} from '../../server/core/incident/delivery.ts';
import { alertFacts } from '../core/incident/alertFacts.ts';

/** What the other end understood of a message, after it checked whatever signature there is. */
export interface Understood {
  /** Id of the delivery, where the channel can carry one. */
  id: string | null;
  text: string;
}

export type Trouble = 'refuse' | 'busy' | 'limited' | 'hang' | 'cut' | 'flood' | 'redirect';

/** A channel with a real server at its other end. */
export interface NotifierBench {
  notifier: Notifier;
  contact: ContactPoint;
  /** Never to be read in a result. */
  secrets: readonly string[];
  behave(trouble: Trouble | 'well'): void;
  /** Everything that arrived since the bench opened. Throws where a signature is wrong. */
  understood(): Understood[];
  /** Ends the server: nothing listens any more. */
  stop(): Promise<void>;
}

export const NOW_MS = Date.UTC(2026, 6, 14, 13, 7);

export function delivery(id: string, over: Partial<AlertFacts> = {}): Delivery {
  return {
    id,
    incidentId: '0197f3c4-8a10-7000-8000-000000000128',
    userId: 'wang',
    contactPointId: 'c1',
    facts: alertFacts(over),
    state: 'leased',
    attempts: 0,
    createdMs: NOW_MS - 1000,
    nextMs: NOW_MS,
    leaseUntilMs: NOW_MS + 60_000,
    expiresMs: NOW_MS + 86_400_000,
    insteadOf: null,
  };
}

const RESULTS: Record<Trouble, object> = {
  refuse: { kind: 'refused' },
  busy: { kind: 'retry' },
  limited: { kind: 'retry', afterMs: 7000 },
  hang: { kind: 'retry' },
  cut: { kind: 'retry' },
  // An answer without end is an answer, unless the service says in it how it went.
  flood: { kind: expect.stringMatching(/^(sent|retry)$/) as string },
  redirect: { kind: 'refused' },
};

/** What every channel must do, whatever is at its other end. */
export function notifierContract(
  name: string,
  /** That this kind of server can be in; none: it has no server. */
  troubles: readonly Trouble[],
  open: () => Promise<NotifierBench>,
): void {
  describe(`notifier: ${name}`, () => {
    let bench: NotifierBench;
    let count = 0;
    beforeAll(async () => {
      bench = await open();
    });
    beforeEach(() => bench.behave('well'));
    afterAll(async () => {
      bench.notifier.close?.();
      await bench.stop();
    });

    const send = async (over: Partial<AlertFacts> = {}, id = `d-${++count}`): Promise<DeliveryResult> => {
      const result = await bench.notifier.deliver(delivery(id, over), bench.contact, NOW_MS);
      const said = JSON.stringify(result);
      for (const secret of bench.secrets) expect(said).not.toContain(secret);
      expect((result.kind === 'sent' ? result.detail : result.reason).length).toBeLessThanOrEqual(500);
      return result;
    };
    it('tells what happened, marked where it did not', async () => {
      expect(await send()).toMatchObject({ kind: 'sent' });
      expect(bench.understood().at(-1)!.text).toContain('河西线');
      await send({ simulated: true });
      expect(bench.understood().at(-1)!.text).toContain('【模拟】');
      await send({ kind: 'test', incidentId: null, number: null, isTest: true });
      expect(bench.understood().at(-1)!.text).toContain('【测试】');
      await send({ kind: 'resolved', resolvedMs: NOW_MS });
      expect(bench.understood().at(-1)!.text).toContain('已恢复');
      await send({ kind: 'digest', incidentId: null, number: null, items: [] });
      expect(bench.understood().at(-1)!.text).toContain('告警汇总');
    });

    it('gives a repeated delivery the same id', async () => {
      await send({}, 'twice');
      await send({}, 'twice');
      const [first, second] = bench.understood().slice(-2);
      expect(second!.id).toBe(first!.id);
      expect([null, 'twice']).toContain(first!.id);
    });

    it.each(troubles)('makes of a server that would %s what it should', async (trouble) => {
      bench.behave(trouble);
      expect(await send()).toMatchObject(RESULTS[trouble]);
    });

    it.runIf(troubles.includes('redirect'))('does not follow anywhere', async () => {
      const before = bench.understood().length;
      bench.behave('redirect');
      await send();
      expect(bench.understood()).toHaveLength(before + 1);
    });

    it('works again after every trouble', async () => {
      expect(await send()).toMatchObject({ kind: 'sent' });
    });

    it.runIf(troubles.length > 0)('refuses settings that cannot be used', async () => {
      const contact = { ...bench.contact, settings: {} };
      expect(await bench.notifier.deliver(delivery('x'), contact, NOW_MS)).toMatchObject({ kind: 'refused' });
    });

    it.runIf(troubles.length > 0)('tries again when nothing listens', async () => {
      await bench.stop();
      expect(await send()).toMatchObject({ kind: 'retry' });
    });
  });
}
