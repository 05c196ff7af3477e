import type { AlertFacts, ContactPoint, Delivery } from '../../core/incident/delivery.ts';
import { PROOF_ID, proofMessage } from '../../core/proofEngine.ts';
import type { ConditionEvent } from '../../core/event.ts';
import type { Clock, Logger, MessageSource, ProofStatus } from '../../ports.ts';
import { newDelivery } from './dispatch.ts';
import { testFacts, type FactsOptions } from './facts.ts';

/** One synthetic reading a minute (R7). */
const EVERY_MS = 60_000;
/** Three that did not come out are a fault, not a hiccup. */
const OVERDUE_MS = 3.5 * EVERY_MS;

/** Where the proof's messages end: nobody is told, the delivery alone is what counts. */
export const PROOF_CONTACT: ContactPoint = {
  id: PROOF_ID,
  userId: PROOF_ID,
  channel: 'demo',
  name: 'self-proof',
  language: 'en',
  settings: {},
  priority: 0,
  enabled: true,
};

export interface ProofDeps extends FactsOptions {
  clock: Clock;
  logger: Logger;
  newId: () => string;
  publish: MessageSource['publish'];
  /** Proofs do not come out, or do again. */
  onAbsence(event: ConditionEvent): Promise<void>;
  /** Tells an outside watchdog that all is well; absent: none is configured. */
  ping?: () => Promise<void>;
}

/**
 * Proves the whole way once a minute: a synthetic severe reading through the broker must come out of the outbox as a
 * marked test delivery. Only then is the outside watchdog told, so that its silence is an alarm that does not need us.
 */
export class SelfProof {
  readonly #deps: ProofDeps;
  #cancel: () => void = () => undefined;
  #startedMs = NaN;
  #lastSentMs: number | null = null;
  #lastProvenMs: number | null = null;
  #absent = false;
  #lastPingMs: number | null = null;
  #lastError: string | null = null;

  constructor(deps: ProofDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#startedMs = this.#deps.clock.nowMs();
    this.#send();
  }

  stop(): void {
    this.#cancel();
  }

  status(): ProofStatus {
    const { clock, ping } = this.#deps;
    const sinceMs = clock.nowMs() - (this.#lastProvenMs ?? this.#startedMs);
    return {
      lastProvenMs: this.#lastProvenMs,
      lastSentMs: this.#lastSentMs,
      ok: !(sinceMs > OVERDUE_MS),
      watchdog: {
        configured: ping !== undefined,
        lastPingMs: this.#lastPingMs,
        lastError: this.#lastError,
      },
    };
  }

  /** The messages that follow from what was noticed of the synthetic transformer. */
  deliveriesOf(events: readonly ConditionEvent[]): Delivery[] {
    const { clock, newId } = this.#deps;
    return events
      .filter(({ kind, phase }) => kind === 'raised' && phase === 'a')
      .map((event) => newDelivery(newId(), PROOF_CONTACT, this.#facts(event), clock.nowMs()));
  }

  /** A delivery came out at the end. */
  delivered(delivery: Delivery): void {
    if (delivery.contactPointId !== PROOF_ID) return;
    this.#lastProvenMs = this.#deps.clock.nowMs();
    void this.#ping();
  }

  async #ping(): Promise<void> {
    const { ping, clock } = this.#deps;
    if (ping === undefined) return;
    try {
      await ping();
      this.#lastPingMs = clock.nowMs();
      this.#lastError = null;
    } catch (error) {
      this.#lastError = (error as Error).message;
    }
  }

  /** An absence is an incident like any other (R7), for what can still tell of it. */
  async #judge(nowMs: number): Promise<void> {
    const isAbsent = !this.status().ok;
    if (isAbsent === this.#absent) return;
    this.#absent = isAbsent;
    const absence: ConditionEvent = {
      transformerId: PROOF_ID,
      point: 'outlet',
      condition: 'no-data',
      phase: null,
      kind: isAbsent ? 'raised' : 'cleared',
      severity: 'severe',
      tsMs: isAbsent ? (this.#lastProvenMs ?? this.#startedMs) : nowMs,
      detectedMs: nowMs,
      valueV: null,
      limitV: null,
    };
    await this.#deps.onAbsence(absence).catch((error: Error) => {
      this.#absent = !isAbsent;
      this.#deps.logger.warn({ reason: error.message }, 'The absence of the self-proof could not be told');
    });
  }

  #send(): void {
    const { clock, publish, logger } = this.#deps;
    this.#cancel = clock.after(EVERY_MS, () => this.#send());
    const nowMs = clock.nowMs();
    void this.#judge(nowMs);
    const { topic, payload } = proofMessage(nowMs);
    publish(topic, payload).then(
      () => (this.#lastSentMs = nowMs),
      (error: Error) =>
        logger.warn({ reason: error.message }, 'The reading of the self-proof was not published'),
    );
  }

  #facts({ valueV, limitV, tsMs }: ConditionEvent): AlertFacts {
    return {
      ...testFacts(tsMs, this.#deps),
      severity: 'severe',
      place: { zh: '自检', en: 'Self-proof' },
      worstV: valueV,
      limitV,
      transformers: 1,
      url: `${this.#deps.publicUrl}/#/system`,
    };
  }
}
