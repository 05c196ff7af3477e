import type { ConditionEvent } from '../event.ts';
import type { GridModel } from '../grid.ts';
import type { BookChange } from './bookChange.ts';
import { BookEdit } from './bookEdit.ts';
import { BookIndex } from './bookIndex.ts';
import { bookSettings, type BookSettings } from './bookSettings.ts';
import { causeOf } from './cause.ts';
import type { IncidentCommand } from './command.ts';
import { obey } from './commands.ts';
import type { Link } from './conditionFamily.ts';
import { EvidenceView } from './evidenceView.ts';
import type { GridEvidence } from './gridEvidence.ts';
import { Grouping } from './grouping.ts';
import { GridPlaces } from './gridPlaces.ts';
import type { Incident } from './incident.ts';
import { wake } from './incidentDraft.ts';
import { joinTwins } from './twins.ts';
import type { Ground } from './memberSet.ts';

const EMPTY_GRID: GridModel = { version: 0, areas: [], feeders: [], transformers: [] };

/**
 * All incidents that matter now: transitions and commands go in, changes come out. Nothing is changed until a change is
 * applied, so that it can be committed first and dropped when that fails; make one change at a time.
 */
export class IncidentBook {
  #settings: BookSettings;
  #places = new GridPlaces(EMPTY_GRID);
  #index: BookIndex;
  /** When the cause of a young incident was last judged; only spares work. */
  #judgedMs = new Map<string, number>();

  constructor(settings: Partial<BookSettings> = {}) {
    this.#settings = bookSettings(settings);
    this.#index = new BookIndex(this.#ground());
  }

  /** Takes over what a former process left: unresolved incidents, and those resolved within the reopen window. */
  load(incidents: readonly Incident[], lastNumber: number): void {
    for (const incident of incidents) this.#index.put(incident);
    this.#index.lastNumber = Math.max(this.#index.lastNumber, lastNumber);
  }

  setGrid(model: GridModel): void {
    this.#places = new GridPlaces(model);
    this.#index.setGround(this.#ground());
  }

  /** Transitions in any order; the same ones again change nothing. */
  step(
    events: readonly ConditionEvent[],
    evidence: GridEvidence,
    nowMs: number,
    newId: () => string,
  ): BookChange {
    const view = this.#view(evidence, nowMs);
    const edit = this.#edit(nowMs, newId, view);
    const grouping = new Grouping(edit, view, this.#settings);
    grouping.take(events);
    return edit.finish();
  }

  /**
   * What a person does. `version` is the one that they saw, null when they saw none (an acknowledgement from a message).
   * Never in conflict are a comment, and an acknowledgement where nobody was first: a large incident changes every second
   * while transformers join it and people are told, and whoever takes it on takes on all of it.
   */
  act(
    id: string,
    version: number | null,
    command: IncidentCommand,
    actor: string,
    nowMs: number,
    newId: () => string,
  ): BookChange | { refused: 'not-found' | 'conflict' | (string & {}) } {
    const edit = this.#edit(nowMs, newId, null);
    const kept = edit.peek(id);
    if (kept === null) return { refused: 'not-found' };
    const { state, version: present } = kept.head;
    const isFree = command.kind === 'comment' || (command.kind === 'acknowledge' && state === 'open');
    if (version !== null && version !== present && !isFree) return { refused: 'conflict' };
    const reason = obey(edit, id, command, actor, this.#settings);
    return reason === null ? edit.finish() : { refused: reason };
  }

  /** Time passes: snoozes end, causes of young incidents settle, what was resolved long enough ago is forgotten. */
  tick(nowMs: number, evidence: GridEvidence, newId: () => string): BookChange {
    const view = this.#view(evidence, nowMs);
    const edit = this.#edit(nowMs, newId, view);
    this.#forget(nowMs);
    const feederIds = new Set<string>();
    for (const incident of this.#index.active.values()) {
      if (incident.snoozedUntilMs !== null && incident.snoozedUntilMs <= nowMs) {
        wake(edit.change(incident.id), null, 'over');
      }
      if (!this.#isDue(incident, nowMs)) continue;
      this.#settle(incident, edit, view);
      for (const id of this.#index.setOf(incident).feeders.keys()) feederIds.add(id);
    }
    joinTwins(edit, view, feederIds);
    return edit.finish();
  }

  apply(change: BookChange): void {
    for (const incident of change.incidents) this.#index.put(incident);
  }

  active(): readonly Incident[] {
    return [...this.#index.active.values()];
  }

  /** Active, or resolved within the reopen window. */
  get(id: string): Incident | null {
    return this.#index.incidents.get(id) ?? null;
  }

  #ground(): Ground {
    const { togetherS, slowTogetherS } = this.#settings;
    return {
      feederOf: (id) => this.#places.feederOf(id),
      joinMs: (link: Link) => (link === 'slow' ? slowTogetherS : togetherS) * 1000,
    };
  }

  #view(evidence: GridEvidence, nowMs: number): EvidenceView {
    return new EvidenceView(evidence, this.#places, this.#settings, nowMs);
  }

  #edit(nowMs: number, newId: () => string, view: EvidenceView | null): BookEdit {
    const context = { nowMs, newId, places: this.#places, limits: this.#settings.limits };
    return new BookEdit(this.#index, {
      ...context,
      judge: (kept) => (view === null ? null : causeOf(kept, view)),
    });
  }

  #isDue(incident: Incident, nowMs: number): boolean {
    const { settleS, settleEveryS } = this.#settings;
    if (nowMs - incident.openedMs > settleS * 1000) return false;
    const lastMs = this.#judgedMs.get(incident.id) ?? incident.openedMs;
    return nowMs - lastMs >= settleEveryS * 1000;
  }

  #settle(incident: Incident, edit: BookEdit, view: EvidenceView): void {
    this.#judgedMs.set(incident.id, view.nowMs);
    const kept = edit.peek(incident.id);
    // Once part of it has recovered, what remains says little of how it began.
    if (kept === null || kept.head.state === 'resolved' || kept.set.open < kept.set.members.length) return;
    const cause = causeOf(kept, view);
    if (cause.kind === kept.head.cause.kind || cause.confidence < kept.head.cause.confidence) return;
    const draft = edit.change(incident.id);
    draft.isChanged = true;
    draft.isNews = true;
  }

  /** Closed by hand, something of it lasts: kept, so that the same low voltage does not open another. */
  #forget(nowMs: number): void {
    for (const incident of this.#index.incidents.values()) {
      if (incident.state !== 'resolved') continue;
      if (nowMs - incident.resolvedMs! <= this.#settings.reopenS * 1000) continue;
      if (incident.mergedInto === null && this.#index.setOf(incident).open > 0) continue;
      this.#index.remove(incident.id);
      this.#judgedMs.delete(incident.id);
    }
  }
}
