import type { Channel, ContactPoint, Delivery, DeliveryResult } from '../../core/incident/delivery.ts';
import { digestItems } from '../../core/incident/digest.ts';
import type { AlertSettings } from '../../core/incident/settings.ts';
import type { Clock, Logger, Notifier, Outbox } from '../../ports.ts';
import { FALLBACK_MS, retryDelayMs, standIn } from './dispatch.ts';

/** A worker that dies holds its rows for so long. Longer than any channel takes. */
const LEASE_MS = 60_000;
/** A channel that says nothing for so long has not delivered. */
const ANSWER_MS_MAX = 30_000;
const ROWS_AT_ONCE = 64;
/** How often the outbox is looked at where nobody wakes the courier (retries, leases that ran out). */
const POLL_MS = 1_000;
const DETAIL_MAX = 500;

export interface CourierDeps {
  clock: Clock;
  random: () => number;
  logger: Logger;
  newId: () => string;
  outbox: Outbox;
  notifiers: ReadonlyMap<Channel, Notifier>;
  settings(): AlertSettings;
  /** Contact points that are not in the settings: that of the self-proof. */
  builtIn: readonly ContactPoint[];
  /** Whether a message must wait for the digest, and until when (rate limit of a person). */
  holdUntil(delivery: Delivery, sentInLastHour: number): number | null;
  onSent(delivery: Delivery): void;
}

/** Takes messages out of the outbox and brings them to people; every attempt is logged with its result. */
export class Courier {
  readonly #deps: CourierDeps;
  #running: Promise<void> | null = null;
  #stopped = true;
  #again = false;
  #cancel: () => void = () => undefined;

  constructor(deps: CourierDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#stopped = false;
    this.wake();
  }

  /** What is under way is finished; what waits, waits in the outbox. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#running;
    for (const notifier of this.#deps.notifiers.values()) notifier.close?.();
  }

  /** Something may be due. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (this.#stopped) return;
      this.#cancel();
      this.#cancel = this.#deps.clock.after(POLL_MS, () => this.wake());
    });
  }

  async #run(): Promise<void> {
    const { outbox, clock, logger } = this.#deps;
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        const due = await outbox.lease({ nowMs: clock.nowMs(), leaseMs: LEASE_MS, limit: ROWS_AT_ONCE });
        if (due.length === ROWS_AT_ONCE) this.#again = true;
        const { digests, single } = partition(due);
        // All of them come to an end, also after one has failed: a stop waits for the write of what was delivered.
        const brought = await Promise.allSettled([
          ...single.map((delivery) => this.#bring(delivery)),
          ...digests.map((rows) => this.#bringDigest(rows)),
        ]);
        for (const one of brought) if (one.status === 'rejected') throw one.reason;
      } catch (error) {
        logger.warn(
          { reason: (error as Error).message },
          'The outbox cannot be read or written; messages wait in it and are tried again',
        );
      }
    }
  }

  async #bring(delivery: Delivery): Promise<void> {
    const { outbox, clock } = this.#deps;
    const { severity, isTest, kind } = delivery.facts;
    // The morning's forecast is one message a day and no line of a digest.
    if (severity !== 'severe' && !isTest && kind !== 'resolved' && kind !== 'tonight') {
      const nowMs = clock.nowMs();
      const heldMs = this.#deps.holdUntil(
        delivery,
        await outbox.sentSince(delivery.userId, nowMs - 3_600_000),
      );
      if (heldMs !== null) {
        const facts = { ...delivery.facts, kind: 'digest' as const };
        await outbox.settle(
          { ...delivery, facts, state: 'queued', leaseUntilMs: null, nextMs: heldMs },
          null,
        );
        return;
      }
    }
    await this.#settle(delivery, await this.#attempt(delivery));
  }

  /** Several lines for one person are one message; the rows that went along in it say so. */
  async #bringDigest(rows: readonly Delivery[]): Promise<void> {
    const { outbox } = this.#deps;
    const lead = rows[0]!;
    const items = digestItems(rows.map(({ facts }) => facts));
    const worst = rows.reduce((a, b) => (rank(b) > rank(a) ? b : a));
    const url = lead.facts.url.replace(/#.*$/, '#/incidents');
    const { outage: _, ...about } = worst.facts;
    const facts = { ...about, items, incidentId: null, number: null, url };
    const attempt = await this.#attempt({ ...lead, facts });
    await this.#settle(lead, attempt);
    if (attempt.result.kind !== 'sent') {
      for (const row of rows.slice(1)) {
        const nextMs = this.#deps.clock.nowMs() + retryDelayMs(lead.attempts + 1, this.#deps.random);
        await outbox.settle({ ...row, state: 'queued', leaseUntilMs: null, nextMs }, null);
      }
      return;
    }
    for (const row of rows.slice(1)) {
      await outbox.settle({ ...row, state: 'sent', leaseUntilMs: null }, null);
    }
  }

  async #attempt(delivery: Delivery): Promise<{ startedMs: number; result: DeliveryResult }> {
    const { clock, notifiers, settings, builtIn } = this.#deps;
    const startedMs = clock.nowMs();
    const contact = [...builtIn, ...settings().contactPoints].find((c) => c.id === delivery.contactPointId);
    if (contact?.enabled !== true) {
      const reason = contact === undefined ? 'the contact point is gone' : 'the contact point is disabled';
      return { startedMs, result: { kind: 'refused', reason } };
    }
    const notifier = notifiers.get(contact.channel);
    if (notifier === undefined) {
      const reason = `the channel ${contact.channel} is not configured on this server`;
      return { startedMs, result: { kind: 'refused', reason } };
    }
    const result = await this.#inTime(notifier.deliver(delivery, contact, startedMs));
    return { startedMs, result };
  }

  /** A channel that throws or hangs is a channel that has not delivered. */
  #inTime(delivering: Promise<DeliveryResult>): Promise<DeliveryResult> {
    return new Promise((resolve) => {
      const reason = `no answer within ${ANSWER_MS_MAX / 1000} s`;
      const cancel = this.#deps.clock.after(ANSWER_MS_MAX, () => resolve({ kind: 'retry', reason }));
      delivering
        .catch((error: Error): DeliveryResult => ({ kind: 'retry', reason: error.message }))
        .then(resolve, resolve)
        .finally(cancel);
    });
  }

  async #settle(
    delivery: Delivery,
    { startedMs, result }: { startedMs: number; result: DeliveryResult },
  ): Promise<void> {
    const { clock, random, outbox, logger, settings, newId } = this.#deps;
    const nowMs = clock.nowMs();
    const attempts = delivery.attempts + 1;
    const log = {
      deliveryId: delivery.id,
      number: attempts,
      startedMs,
      endedMs: nowMs,
      result: result.kind,
      detail: (result.kind === 'sent' ? result.detail : result.reason).slice(0, DETAIL_MAX),
    };
    const moved: Delivery = { ...delivery, attempts, leaseUntilMs: null };
    if (result.kind === 'sent') {
      await outbox.settle({ ...moved, state: 'sent' }, log);
    } else {
      const next = standIn(delivery, settings(), nowMs, newId);
      const isLost =
        result.kind === 'refused' ||
        nowMs >= delivery.expiresMs ||
        (next !== null && nowMs - delivery.createdMs >= FALLBACK_MS);
      if (isLost) {
        logger.warn(
          { delivery: delivery.id, reason: log.detail, instead: next?.id },
          'A message was given up',
        );
        await outbox.settle({ ...moved, state: 'failed' }, log, next ?? undefined);
        if (next !== null) this.#again = true;
      } else {
        const afterMs = result.kind === 'retry' ? result.afterMs : undefined;
        const nextMs = nowMs + Math.max(afterMs ?? 0, retryDelayMs(attempts, random));
        await outbox.settle({ ...moved, state: 'queued', nextMs }, log);
      }
    }
    if (result.kind === 'sent') this.#deps.onSent(delivery);
  }
}

const RANK = { mild: 0, serious: 1, severe: 2 } as const;
const rank = (delivery: Delivery): number => RANK[delivery.facts.severity];

/** Digest rows by contact point, and all others. */
function partition(due: readonly Delivery[]): { digests: Delivery[][]; single: Delivery[] } {
  const digests = new Map<string, Delivery[]>();
  const single: Delivery[] = [];
  for (const delivery of due) {
    if (delivery.facts.kind !== 'digest') single.push(delivery);
    else digests.set(delivery.contactPointId, [...(digests.get(delivery.contactPointId) ?? []), delivery]);
  }
  return { digests: [...digests.values()], single };
}
