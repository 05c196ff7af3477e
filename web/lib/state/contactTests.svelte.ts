import { SvelteMap } from 'svelte/reactivity';
import { alertApi, type TestOutcome } from '../alertApi.ts';

export interface ContactTest {
  kind: 'waiting' | 'sent' | 'retry' | 'failed';
  /** What the other end said last. */
  detail: string;
}

const ASK_MS = 1_000;
/** A test that is still on its way after this is left to the outbox. */
const ASKS_MAX = 60;

/** Tests of contact points that were asked for here, and what became of each. */
export class ContactTests {
  readonly byPoint = new SvelteMap<string, ContactTest>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** Follows a test that was queued until it is over. */
  follow(pointId: string, deliveryId: string): void {
    this.byPoint.set(pointId, { kind: 'waiting', detail: '' });
    this.#askLater(pointId, deliveryId, ASKS_MAX);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #askLater(pointId: string, deliveryId: string, left: number): void {
    clearTimeout(this.#timers.get(pointId));
    const ask = (): void => void this.#ask(pointId, deliveryId, left);
    this.#timers.set(pointId, setTimeout(ask, ASK_MS));
  }

  async #ask(pointId: string, deliveryId: string, left: number): Promise<void> {
    const test = await alertApi.tested(pointId, deliveryId).then(testOf, () => null);
    if (!this.#timers.has(pointId)) return;
    if (test !== null) this.byPoint.set(pointId, test);
    if (left > 0 && (test === null || test.kind === 'waiting' || test.kind === 'retry')) {
      this.#askLater(pointId, deliveryId, left - 1);
    }
  }
}

function testOf({ state, attempts }: TestOutcome): ContactTest {
  const detail = attempts.at(-1)?.detail ?? '';
  if (state === 'sent') return { kind: 'sent', detail };
  if (state === 'failed' || state === 'skipped') return { kind: 'failed', detail };
  return { kind: attempts.length > 0 ? 'retry' : 'waiting', detail };
}
