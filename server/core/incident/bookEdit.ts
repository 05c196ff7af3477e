import type { BookChange } from './bookChange.ts';
import type { BookIndex } from './bookIndex.ts';
import { emptyIncident, UNKNOWN_CAUSE } from './emptyIncident.ts';
import type { JudgedBy } from '../limitVersions.ts';
import type { GridPlaces } from './gridPlaces.ts';
import type { Cause, Incident, TimelineEntry } from './incident.ts';
import { IncidentDraft, wake } from './incidentDraft.ts';
import { memberKey, MemberSet } from './memberSet.ts';

/** An incident to look at: as committed, or as it is in this change. */
export interface Kept {
  readonly head: Incident;
  readonly set: MemberSet;
}

/** What the change is made with. */
export interface EditContext {
  nowMs: number;
  newId: () => string;
  places: GridPlaces;
  /** The limits in force. */
  limits: JudgedBy | null;
  /** The cause as it looks now; null: as it was. */
  judge: (kept: Kept) => Cause | null;
}

/** Why the book itself finds that two are one. */
export type MergeReason =
  /** What began links both. */
  | 'together'
  /** It hangs on the other feeder, whatever the registry says. */
  | 'stray'
  /** What it was low by is an outage of its feeder now. */
  | 'feeder-out'
  /** Both turned out to have their cause upstream on one feeder. */
  | 'same-cause'
  /** Both feeders went out with their substation. */
  | 'station-out';

/** One change of the book while it is made: drafts lie over what is committed. */
export class BookEdit {
  readonly context: EditContext;
  #index: BookIndex;
  #drafts = new Map<string, IncidentDraft>();
  /** What drafts hold beyond their base. */
  #byTransformer = new Map<string, Set<string>>();
  #byFeeder = new Map<string, Set<string>>();
  #lastNumber: number;

  constructor(index: BookIndex, context: EditContext) {
    this.#index = index;
    this.context = context;
    this.#lastNumber = index.lastNumber;
  }

  peek(id: string): Kept | null {
    const draft = this.#drafts.get(id);
    if (draft !== undefined) return draft;
    const incident = this.#index.incidents.get(id);
    return incident === undefined ? null : { head: incident, set: this.#index.setOf(incident) };
  }

  change(id: string): IncidentDraft {
    let draft = this.#drafts.get(id);
    if (draft !== undefined) return draft;
    const incident = this.#index.incidents.get(id)!;
    draft = new IncidentDraft(incident, incident, this.#index.setOf(incident).copy());
    this.#drafts.set(id, draft);
    return draft;
  }

  open(org: string, isTest: boolean): IncidentDraft {
    const { nowMs, newId, limits } = this.context;
    const empty = emptyIncident(newId(), org, nowMs, isTest);
    const head = limits === null ? empty : { ...empty, judgedBy: limits };
    const draft = new IncidentDraft(null, head, new MemberSet(this.#index.ground));
    this.#drafts.set(head.id, draft);
    return draft;
  }

  /** Tells where a transformer now belongs; to be called after each join. */
  enter(transformerId: string, draft: IncidentDraft): void {
    addTo(this.#byTransformer, transformerId, draft.head.id);
    const feederId = this.context.places.feederOf(transformerId);
    if (feederId !== null) addTo(this.#byFeeder, feederId, draft.head.id);
  }

  /** Incidents that a transformer belongs to or did lately, merged ones not counted. */
  *ofTransformer(transformerId: string): Generator<Kept> {
    for (const id of union(
      this.#index.ofTransformer(transformerId),
      this.#byTransformer.get(transformerId),
    )) {
      const kept = this.peek(id);
      if (kept !== null && kept.head.mergedInto === null && kept.set.held(transformerId) !== null) yield kept;
    }
  }

  *activeOnFeeder(feederId: string): Generator<Kept> {
    for (const id of union(this.#index.ofFeeder(feederId), this.#byFeeder.get(feederId))) {
      const kept = this.peek(id);
      if (kept !== null && kept.head.state !== 'resolved') yield kept;
    }
  }

  *active(): Generator<Kept> {
    for (const id of this.#index.active.keys()) {
      const kept = this.peek(id)!;
      if (kept.head.state !== 'resolved') yield kept;
    }
    for (const draft of this.#drafts.values()) {
      if (draft.base === null && draft.head.state !== 'resolved') yield draft;
    }
  }

  /**
   * Moves the members of one incident into another, and says why where nobody asked for it. One that was made in this
   * very change leaves no trace.
   */
  merge(fromId: string, intoId: string, by: { actor: string } | { reason: MergeReason }): void {
    const from = this.change(fromId);
    const into = this.change(intoId);
    for (const member of from.set.members) {
      const there = into.set.get(memberKey(member));
      if (there !== null && there.sinceMs >= member.sinceMs) continue;
      into.join(member);
      this.enter(member.transformerId, into);
    }
    into.head.openedMs = Math.min(into.head.openedMs, from.head.openedMs);
    into.head.told = [...new Set([...into.head.told, ...from.head.told])];
    if (from.base === null) {
      this.#drafts.delete(fromId);
      return;
    }
    const { actor = null, reason } = by as { actor?: string; reason?: MergeReason };
    const said = { count: from.set.transformerCount, ...(reason === undefined ? {} : { reason }) };
    into.note('merged', actor, { from: from.head.id, fromNumber: from.head.number, ...said });
    from.note('merged', actor, { into: into.head.id, intoNumber: this.numberOf(into), ...said });
    from.head.mergedInto = intoId;
    this.resolve(from, 'merge');
  }

  /** Moves transformers of an incident into a new one; set apart by a person, they are never joined by themselves again. */
  split(fromId: string, transformerIds: ReadonlySet<string>): { from: IncidentDraft; into: IncidentDraft } {
    const kept = this.change(fromId);
    const rest = new MemberSet(
      this.#index.ground,
      kept.set.members.filter((m) => !transformerIds.has(m.transformerId)),
    );
    const from = new IncidentDraft(kept.base, kept.head, rest);
    this.#drafts.set(fromId, from);
    const into = this.open(from.head.org, from.head.isTest);
    for (const id of transformerIds) {
      for (const member of kept.set.of(id)) into.join({ ...member, onset: 'own' });
      this.enter(id, into);
    }
    into.head.cause = { ...UNKNOWN_CAUSE };
    into.head.apart = true;
    if (from.head.judgedBy !== undefined) into.head.judgedBy = from.head.judgedBy;
    return { from, into };
  }

  resolve(draft: IncidentDraft, by: string): void {
    draft.isChanged = true;
    Object.assign(draft.head, {
      state: 'resolved',
      resolvedMs: this.context.nowMs,
      resolvedBy: by,
      snoozedUntilMs: null,
      escalation: null,
    } satisfies Partial<Incident>);
  }

  /** Older first: by number; what is new in this change has none yet. */
  isOlder(a: Kept, b: Kept): boolean {
    return (a.head.number || Infinity) < (b.head.number || Infinity);
  }

  numberOf(draft: IncidentDraft): number {
    if (draft.head.number === 0) draft.head.number = ++this.#lastNumber;
    return draft.head.number;
  }

  finish(): BookChange {
    const before: (Incident | null)[] = [];
    const incidents: Incident[] = [];
    const timeline: TimelineEntry[] = [];
    for (const draft of this.#drafts.values()) {
      if (!draft.isChanged) continue;
      this.#settle(draft);
      if (!draft.isChanged) continue;
      this.numberOf(draft);
      const incident: Incident = {
        ...draft.head,
        members: draft.set.members,
        version: (draft.base?.version ?? 0) + 1,
      };
      this.#index.keepSet(incident, draft.set);
      before.push(draft.base);
      incidents.push(incident);
      this.#date(draft, timeline);
    }
    return { before, incidents, timeline };
  }

  /** What follows from the members: severity, cause, the end. */
  #settle(draft: IncidentDraft): void {
    const { places, judge } = this.context;
    if (draft.head.mergedInto !== null) return;
    draft.derive(places);
    // What has recovered looks sound now: the cause stays as it was seen while it lasted.
    const lasts = draft.set.open > 0 && draft.head.state !== 'resolved';
    if (lasts && draft.isNews) this.#judge(draft, judge(draft));
    const isWorse = draft.base !== null && draft.head.peakSeverity !== draft.base.peakSeverity;
    if (isWorse && draft.head.snoozedUntilMs !== null) wake(draft, null, 'worse');
    if (draft.set.open === 0 && draft.head.state !== 'resolved') {
      this.resolve(draft, 'recovery');
      draft.note('resolved', null, { by: 'recovery' });
    }
  }

  /** Takes a cause over; another kind is told. */
  #judge(draft: IncidentDraft, cause: Cause | null): void {
    if (cause === null) return;
    const { kind } = draft.head.cause;
    draft.head.cause = cause;
    if (draft.base === null || kind !== cause.kind) {
      draft.note('cause', null, { kind: cause.kind, confidence: cause.confidence, from: draft.base && kind });
    }
  }

  #date(draft: IncidentDraft, timeline: TimelineEntry[]): void {
    const { nowMs, newId } = this.context;
    for (const { kind, actor, body } of draft.entries) {
      timeline.push({ id: newId(), incidentId: draft.head.id, atMs: nowMs, kind, actor, body });
    }
  }
}

function addTo(map: Map<string, Set<string>>, key: string, id: string): void {
  const ids = map.get(key);
  if (ids === undefined) map.set(key, new Set([id]));
  else ids.add(id);
}

function union(a: Iterable<string>, b: ReadonlySet<string> | undefined): Iterable<string> {
  return b === undefined ? a : new Set([...a, ...b]);
}
