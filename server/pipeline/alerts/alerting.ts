import type { ConditionEvent } from '../../core/event.ts';
import type { TonightReport } from '../../core/forecast/tonight.ts';
import type { GridModel } from '../../core/grid.ts';
import type { Channel } from '../../core/incident/delivery.ts';
import { nextDigestMs } from '../../core/incident/digest.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { rateDecision } from '../../core/incident/rate.ts';
import type { AlertSettings, Person } from '../../core/incident/settings.ts';
import { warningsOf } from '../../core/incident/warnings.ts';
import type {
  AlertDesk,
  AlertWarning,
  CommandOutcome,
  IncidentCommand,
  Notifier,
  Outbox,
  ProofStatus,
  SettingsKind,
} from '../../ports.ts';
import type { EventJudge } from '../judgeLane.ts';
import { Courier } from './courier.ts';
import { IncidentDesk, type DeskDeps } from './desk.ts';
import { newDelivery } from './dispatch.ts';
import { testFacts } from './facts.ts';
import { tonightDeliveries, type TonightDigestContext } from './tonightDigest.ts';
import { PROOF_CONTACT, SelfProof, type ProofDeps } from './proof.ts';

/** Messages that a person gets one by one within an hour; beyond it only severe ones, the rest in the digest. */
const MESSAGES_AN_HOUR_MAX = 20;

export interface AlertingDeps
  extends Omit<DeskDeps, 'grid' | 'proofsOf' | 'onQueued'>, Pick<ProofDeps, 'publish' | 'ping'> {
  outbox: Outbox;
  notifiers: ReadonlyMap<Channel, Notifier>;
  vapidPublicKey: string;
  /** The self-proof runs. */
  isProving: boolean;
}

/** Everything between a detected condition and a person: desk, outbox worker and self-proof. */
export class Alerting implements AlertDesk, EventJudge {
  readonly #deps: AlertingDeps;
  readonly #desk: IncidentDesk;
  readonly #courier: Courier;
  readonly #proof: SelfProof;
  #grid: GridModel = { version: 0, areas: [], feeders: [], transformers: [] };

  constructor(deps: AlertingDeps) {
    this.#deps = deps;
    this.#proof = new SelfProof({ ...deps, onAbsence: (event) => this.#desk.notice(event) });
    this.#desk = new IncidentDesk({
      ...deps,
      grid: () => this.#grid,
      proofsOf: (events) => this.#proof.deliveriesOf(events),
      onQueued: () => this.#courier.wake(),
    });
    this.#courier = new Courier({
      ...deps,
      settings: () => this.#desk.settings(),
      builtIn: [PROOF_CONTACT],
      holdUntil: (_, sentInLastHour) =>
        rateDecision(sentInLastHour, MESSAGES_AN_HOUR_MAX) === 'send'
          ? null
          : nextDigestMs(deps.clock.nowMs(), deps.timeZone),
      onSent: (delivery) => this.#proof.delivered(delivery),
    });
  }

  // ── the judge of the pipeline ──

  get vapidPublicKey(): string {
    return this.#deps.vapidPublicKey;
  }

  get channels(): readonly Channel[] {
    return [...this.#deps.notifiers.keys()];
  }

  get cursor(): number {
    return this.#desk.cursor;
  }

  setGrid(model: GridModel): void {
    this.#grid = model;
    this.#desk.setGrid(model);
  }

  load(): Promise<number | null> {
    return this.#desk.load();
  }

  start(seq: number): void {
    this.#desk.start(seq);
  }

  take(events: readonly ConditionEvent[], seq: number): Promise<void> {
    return this.#desk.take(events, seq);
  }

  stop(): Promise<void> {
    return this.#desk.stop();
  }

  /** Messages leave from now on; the result ends it. The source takes publishes already. */
  startSending(): () => Promise<void> {
    this.#courier.start();
    if (this.#deps.isProving) this.#proof.start();
    return async () => {
      this.#proof.stop();
      await this.#courier.stop();
    };
  }

  // ── what pages and API ask ──

  act(
    id: string,
    version: number | null,
    command: IncidentCommand,
    actor: { id: string; name: string },
  ): Promise<CommandOutcome> {
    return this.#desk.act(id, version, command, actor);
  }

  active(): readonly Incident[] {
    return this.#desk.active();
  }

  settings(): AlertSettings {
    return this.#desk.settings();
  }

  people(): readonly Person[] {
    return this.#desk.people();
  }

  reloadPeople(): Promise<void> {
    return this.#desk.reloadSettings();
  }

  async put<K extends SettingsKind>(
    kind: K,
    document: AlertSettings[K][number],
  ): Promise<AlertSettings[K][number]> {
    const kept = await this.#deps.settingsStore.put(kind, document);
    await this.#desk.reloadSettings();
    return kept;
  }

  async remove(kind: SettingsKind, id: string, version: number): Promise<void> {
    await this.#deps.settingsStore.remove(kind, id, version);
    await this.#desk.reloadSettings();
  }

  warnings(): AlertWarning[] {
    const { clock, timeZone } = this.#deps;
    return warningsOf(this.settings(), this.people(), clock.nowMs(), timeZone);
  }

  async testContact(contactPointId: string): Promise<string> {
    const contact = this.settings().contactPoints.find(({ id }) => id === contactPointId);
    if (contact === undefined) throw new Error(`there is no contact point ${contactPointId}`);
    const { newId, clock, incidents } = this.#deps;
    const delivery = newDelivery(newId(), contact, testFacts(clock.nowMs(), this.#deps), clock.nowMs());
    await incidents.commit({ incidents: [], timeline: [], deliveries: [delivery] });
    this.#courier.wake();
    return delivery.id;
  }

  /**
   * Queues the morning's forecast for those whom it concerns, now or when their quiet hours are over; whoever was told
   * of that day already is not told again.
   */
  async tellTonight(
    report: TonightReport,
    asked: Pick<TonightDigestContext, 'readers' | 'users' | 'likelyP' | 'morningMin'>,
  ): Promise<void> {
    const deliveries = tonightDeliveries(report, {
      ...asked,
      settings: this.settings(),
      people: this.people(),
      nowMs: this.#deps.clock.nowMs(),
      model: this.#grid,
      options: this.#deps,
    });
    if (deliveries.length === 0) return;
    await this.#deps.incidents.commit({ incidents: [], timeline: [], deliveries });
    this.#courier.wake();
  }

  proof(): ProofStatus {
    return this.#proof.status();
  }

  onChange(listener: (incidents: readonly Incident[]) => void): () => void {
    return this.#desk.onChange(listener);
  }
}
