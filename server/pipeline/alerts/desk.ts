import type { ConditionEvent } from '../../core/event.ts';
import type { GridModel } from '../../core/grid.ts';
import type { AnnounceContext } from '../../core/incident/announce.ts';
import type { IncidentBook } from '../../core/incident/book.ts';
import type { BookChange } from '../../core/incident/bookChange.ts';
import type { Delivery } from '../../core/incident/delivery.ts';
import type { GridEvidence } from '../../core/incident/gridEvidence.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { outageTransitions } from '../../core/incident/outages.ts';
import type { AlertSettings, Person } from '../../core/incident/settings.ts';
import { PROOF_ID } from '../../core/proofEngine.ts';
import { VersionConflictError } from '../../alertPorts.ts';
import type {
  AlertCommit,
  AlertSettingsStore,
  Clock,
  CommandOutcome,
  IncidentCommand,
  IncidentStore,
  Logger,
} from '../../ports.ts';
import { backoffMs, pause, StoppedError } from '../pause.ts';
import { announced, Decisions, movedOn, type Decided } from './decision.ts';
import { Exclusive } from './exclusive.ts';
import type { FactsOptions } from './facts.ts';

/** How often escalations, snoozes and suppressions are looked at. */
const TICK_MS = 500;
/** How often the place in the spool is written down when nothing happened: what comes again after a crash is judged again, to the same end. */
const SEQ_SAVED_MS = 5_000;

/** Users and settings may be changed by another process or a command: they are read again this often. */
const SETTINGS_MS = 15_000;

export interface DeskDeps extends FactsOptions {
  clock: Clock;
  random: () => number;
  logger: Logger;
  newId: () => string;
  incidents: IncidentStore;
  settingsStore: AlertSettingsStore;
  book: IncidentBook;
  evidence: GridEvidence;
  grid(): GridModel;
  loadPeople(): Promise<readonly Person[]>;
  /** Resolved incidents stay in memory for so long, to be reopened instead of flapping. */
  reopenMs: number;
  /** Test messages that follow from the readings of the self-proof. */
  proofsOf(events: readonly ConditionEvent[]): readonly Delivery[];
  /** Rows were added to the outbox. */
  onQueued(): void;
}

/**
 * Where incidents are kept and decided about: one decision at a time. Each is worked out on a copy, committed with its
 * messages and its place in the spool in one transaction, and only then taken over: a crash loses none and repeats none.
 */
export class IncidentDesk {
  readonly #deps: DeskDeps;
  readonly #decisions: Decisions;
  readonly #turn = new Exclusive();
  readonly #abort = new AbortController();
  readonly #listeners = new Set<(incidents: readonly Incident[]) => void>();
  #settings: AlertSettings = EMPTY_SETTINGS;
  #people: readonly Person[] = [];
  #feeders = new Map<string, string>();
  #settingsMs = 0;
  #seq = 0;
  #savedSeq = 0;
  #savedMs = 0;
  #cancelTick: () => void = () => undefined;

  constructor(deps: DeskDeps) {
    this.#deps = deps;
    this.#decisions = new Decisions(deps);
  }

  /** Up to here the spool is judged, and durably so. */
  get cursor(): number {
    return this.#savedSeq;
  }

  /** Takes up what is open; returns where judging goes on, null before the first time. */
  async load(): Promise<number | null> {
    const { incidents, book, clock, reopenMs } = this.#deps;
    await this.reloadSettings();
    book.load(await incidents.load(clock.nowMs() - reopenMs), await incidents.lastNumber());
    return incidents.seq();
  }

  /** Judging begins after this entry of the spool. */
  start(seq: number): void {
    this.#seq = this.#savedSeq = seq;
    this.#savedMs = this.#deps.clock.nowMs();
    this.#scheduleTick();
  }

  async stop(): Promise<void> {
    this.#cancelTick();
    await this.#turn.run(() => this.#saveSeq(true)).catch(() => undefined);
    this.#abort.abort();
    await this.#turn.idle();
  }

  setGrid(model: GridModel): void {
    this.#deps.book.setGrid(model);
    this.#feeders = new Map(model.transformers.map((t) => [t.id, t.feederId]));
  }

  settings(): AlertSettings {
    return this.#settings;
  }

  people(): readonly Person[] {
    return this.#people;
  }

  active(): readonly Incident[] {
    return this.#deps.book.active();
  }

  onChange(listener: (incidents: readonly Incident[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Settings or people were changed: the next decision is made by the new ones. */
  async reloadSettings(): Promise<void> {
    this.#settings = await this.#deps.settingsStore.load();
    this.#people = await this.#deps.loadPeople();
    this.#settingsMs = this.#deps.clock.nowMs();
  }

  /**
   * Judges what detectors noticed, up to `seq` of the spool. Tries the commit for ever.
   *
   * @throws StoppedError when the desk stops before it is committed
   */
  take(events: readonly ConditionEvent[], seq: number): Promise<void> {
    return this.#turn.run(async () => {
      const { book, evidence, clock, newId } = this.#deps;
      if (events.length > 0) {
        const real = events.filter(({ transformerId }) => transformerId !== PROOF_ID);
        const change = book.step(real, evidence, clock.nowMs(), newId);
        await this.#commitForSure(change, this.#deps.proofsOf(events), seq);
      }
      this.#seq = seq;
      await this.#saveSeq(false);
    });
  }

  /** Takes what no detector in the spool noticed: that the self-proof does not come out. */
  notice(event: ConditionEvent): Promise<void> {
    return this.#turn.run(async () => {
      const { book, evidence, clock, newId } = this.#deps;
      await this.#commit(this.#decide(book.step([event], evidence, clock.nowMs(), newId)));
    });
  }

  /** A person does something about an incident; `version` is the one that they saw. */
  act(
    id: string,
    version: number | null,
    command: IncidentCommand,
    actor: { id: string },
  ): Promise<CommandOutcome> {
    return this.#turn.run(async (): Promise<CommandOutcome> => {
      const { book, clock, newId } = this.#deps;
      const change = book.act(id, version, command, actor.id, clock.nowMs(), newId);
      const present = book.get(id);
      if ('refused' in change) {
        if (present === null || change.refused === 'not-found') return { kind: 'not-found' };
        if (change.refused === 'conflict') return { kind: 'conflict', incident: present };
        return { kind: 'refused', reason: change.refused };
      }
      await this.#commit(this.#decide(change));
      return { kind: 'done', incident: book.get(id) ?? change.incidents.find((i) => i.id === id)! };
    });
  }

  #scheduleTick(): void {
    this.#cancelTick = this.#deps.clock.after(TICK_MS, () => {
      void this.#turn
        .run(() => this.#tick())
        .catch((error: Error) =>
          this.#deps.logger.warn({ reason: error.message }, 'Escalation could not be moved on; tried again'),
        )
        .finally(() => {
          if (!this.#abort.signal.aborted) this.#scheduleTick();
        });
    });
  }

  async #tick(): Promise<void> {
    const { book, evidence, clock, newId } = this.#deps;
    const nowMs = clock.nowMs();
    if (nowMs - this.#settingsMs >= SETTINGS_MS) await this.reloadSettings();
    await this.#moveOutages(nowMs);
    const change = book.tick(nowMs, evidence, newId);
    if (change.incidents.length > 0 || change.timeline.length > 0) {
      await this.#commit(this.#decide(change));
    }
    const moved = movedOn(book.active(), this.#context(nowMs));
    if (moved.length > 0) await this.#commit({ timeline: [], moved });
    await this.#saveSeq(false);
  }

  /** Writes down that a planned outage began or ended, and what is not back after it, with who is told of it. */
  async #moveOutages(nowMs: number): Promise<void> {
    const context = this.#context(nowMs);
    const due = outageTransitions(this.#settings.outages, context);
    if (due.length === 0) return;
    const commit = this.#decisions.outagesOf(due, context);
    try {
      await this.#deps.incidents.commit(commit);
    } catch (error) {
      if (!(error instanceof VersionConflictError)) throw error;
      // Someone changed one at this moment: decided anew by what it is now.
      await this.reloadSettings();
      return;
    }
    await this.reloadSettings();
    if (commit.deliveries.length > 0) this.#deps.onQueued();
  }

  #context(nowMs: number): AnnounceContext {
    return {
      settings: this.#settings,
      people: this.#people,
      active: this.#deps.book.active(),
      nowMs,
      timeZone: this.#deps.timeZone,
      feederOf: (transformerId) => this.#feeders.get(transformerId) ?? null,
    };
  }

  #decide(change: BookChange): Decided {
    return announced(change, this.#context(this.#deps.clock.nowMs()));
  }

  async #commitForSure(change: BookChange, proofs: readonly Delivery[], seq: number): Promise<void> {
    const { clock, random, logger } = this.#deps;
    const decided = this.#decide(change);
    const decision = this.#decisions.commitOf(decided, this.#settings, seq);
    const commit = { ...decision, deliveries: [...decision.deliveries, ...proofs] };
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#write(decided, commit);
        return;
      } catch (error) {
        if (error instanceof StoppedError) throw error;
        logger.warn(
          { reason: (error as Error).message },
          'The database does not take incidents; they wait in the spool',
        );
        await pause(clock, backoffMs(attempt, random), this.#abort.signal);
      }
    }
  }

  async #commit(decided: Decided): Promise<void> {
    await this.#write(decided, this.#decisions.commitOf(decided, this.#settings));
  }

  async #write({ moved }: Decided, commit: AlertCommit): Promise<void> {
    const { incidents, book, onQueued } = this.#deps;
    await incidents.commit(commit);
    if (commit.seq !== undefined) this.#seq = this.#savedSeq = commit.seq;
    book.apply({
      before: moved.map(({ before }) => before),
      incidents: commit.incidents,
      timeline: commit.timeline,
    });
    if (commit.deliveries.length > 0) onQueued();
    if (commit.incidents.length > 0) for (const listener of this.#listeners) listener(commit.incidents);
  }

  async #saveSeq(now: boolean): Promise<void> {
    const { clock, incidents } = this.#deps;
    const nowMs = clock.nowMs();
    if (this.#seq === this.#savedSeq || (!now && nowMs - this.#savedMs < SEQ_SAVED_MS)) return;
    const seq = this.#seq;
    await incidents.commit({ incidents: [], timeline: [], deliveries: [], seq });
    this.#savedSeq = seq;
    this.#savedMs = nowMs;
  }
}

const EMPTY_SETTINGS: AlertSettings = {
  routes: [],
  policies: [],
  schedules: [],
  silences: [],
  outages: [],
  seasons: [],
  contactPoints: [],
  people: [],
};
