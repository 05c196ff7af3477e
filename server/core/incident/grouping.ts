import type { ConditionEvent } from '../event.ts';
import type { BookEdit, Kept } from './bookEdit.ts';
import type { BookSettings } from './bookSettings.ts';
import { familyOf, linkOf, SEVERITY_RANK, severityOf, type Family, type Link } from './conditionFamily.ts';
import type { EvidenceView } from './evidenceView.ts';
import type { IncidentMember, Onset } from './incident.ts';
import { amended, type IncidentDraft } from './incidentDraft.ts';
import { memberKey } from './memberSet.ts';
import { onsetOf } from './onset.ts';
import { joinStations } from './stations.ts';
import { joinStrays } from './strays.ts';

/** Decides for each transition which incident it belongs to. Order within a step and repetition make no difference. */
export class Grouping {
  #edit: BookEdit;
  #view: EvidenceView;
  #settings: BookSettings;
  /** Something fell suddenly in this step. */
  #fell = false;
  /** Substations of whose transformers one went out in this step. */
  #stations = new Set<string>();

  constructor(edit: BookEdit, view: EvidenceView, settings: BookSettings) {
    this.#edit = edit;
    this.#view = view;
    this.#settings = settings;
  }

  take(events: readonly ConditionEvent[]): void {
    const ordered = [...events].sort(inTime);
    // Silence last: what it means depends on who has supply.
    for (const event of ordered) if (event.condition !== 'no-data') this.#take(event);
    for (const event of ordered) if (event.condition === 'no-data') this.#take(event);
    if (this.#fell) joinStrays(this.#edit, this.#view);
    joinStations(this.#edit, this.#view, this.#stations);
  }

  #take(event: ConditionEvent): void {
    const key = memberKey(event);
    for (const kept of this.#edit.ofTransformer(event.transformerId)) {
      const member = kept.set.get(key);
      if (member === null) continue;
      if (this.#isOld(member, event)) return;
      if (member.clearedMs !== null) continue;
      if (event.kind === 'cleared') {
        this.#edit.change(kept.head.id).clear(member, event.tsMs);
        return;
      }
      if (kept.head.state === 'resolved') {
        if (!this.#isWorseThanKnown(kept, event)) return;
        this.#reopen(kept, event);
        return;
      }
      this.#amend(kept, member, event);
      return;
    }
    if (event.kind !== 'cleared') this.#place(event);
  }

  /** It came before, or something later did. */
  #isOld(member: IncidentMember, event: ConditionEvent): boolean {
    const lastMs = member.changedMs ?? member.clearedMs ?? member.sinceMs;
    if (event.tsMs < lastMs) return true;
    if (member.clearedMs !== null) return event.tsMs <= member.clearedMs;
    if (event.kind === 'cleared') return false;
    return event.tsMs === lastMs && severityOf(event) === member.severity;
  }

  /** Closed by hand while it lasts: the same again is no news; what is worse than the person knew is. */
  #isWorseThanKnown(kept: Kept, event: ConditionEvent): boolean {
    return SEVERITY_RANK[severityOf(event)] > SEVERITY_RANK[kept.head.peakSeverity];
  }

  #amend(kept: Kept, member: IncidentMember, event: ConditionEvent): void {
    const severity = severityOf(event);
    if (severity === member.severity) return;
    this.#edit.change(kept.head.id).amend(amended(member, severity, event));
  }

  #place(event: ConditionEvent): void {
    const { transformerId } = event;
    const isTest = transformerId === this.#settings.testTransformerId;
    const dark = this.#outOfSupply(event);
    const onset = isTest || dark !== null ? 'own' : onsetOf(event, this.#view, this.#settings);
    const link = linkOf(event.condition, onset);
    const own = this.#own(event) ?? dark;
    const others = link === null ? [] : this.#linked(event, link);
    const home = this.#joinAll(own, others, event);
    if (link === 'sudden') this.#fell = true;
    if (event.condition === 'outage') this.#noteStation(transformerId);
    if (home !== null) {
      this.#join(home, event, onset);
      return;
    }
    const lately = this.#lately(event);
    if (lately !== null) this.#reopen(lately, event, onset);
    else this.#join(this.#edit.open(this.#edit.context.places.orgOf(transformerId), isTest), event, onset);
  }

  #noteStation(transformerId: string): void {
    const { places } = this.#edit.context;
    const feederId = places.feederOf(transformerId);
    const stationId = feederId === null ? null : places.substationOf(feederId);
    if (stationId !== null) this.#stations.add(stationId);
  }

  #join(draft: IncidentDraft, event: ConditionEvent, onset: Onset): void {
    draft.join(memberOf(event, onset));
    this.#edit.enter(event.transformerId, draft);
  }

  /** The active incident that the transformer has already: low voltage that becomes an outage is one. */
  #own(event: ConditionEvent): Kept | null {
    const family = familyOf(event.condition);
    for (const kept of this.#edit.ofTransformer(event.transformerId)) {
      if (kept.head.state === 'resolved' || !hasFamily(kept, event.transformerId, family)) continue;
      const held = kept.set.held(event.transformerId)!;
      if (held.open > 0 || event.tsMs - held.clearedMs <= this.#settings.reopenS * 1000) return kept;
    }
    return null;
  }

  /** Silence of a transformer that has no supply, or whose feeder has none, is part of that. */
  #outOfSupply(event: ConditionEvent): Kept | null {
    if (event.condition !== 'no-data') return null;
    const { places } = this.#edit.context;
    for (const kept of this.#edit.ofTransformer(event.transformerId)) {
      if (kept.head.state !== 'resolved' && lastsOut(kept, event.transformerId)) return kept;
    }
    const feederId = places.feederOf(event.transformerId);
    if (feederId === null) return null;
    for (const kept of this.#edit.activeOnFeeder(feederId)) {
      if (!kept.head.isTest && this.#view.isFeederOut(kept, feederId)) return kept;
    }
    return null;
  }

  /** Active incidents that began in the same way at the same time at the same place. */
  #linked(event: ConditionEvent, link: Link): Kept[] {
    const { places } = this.#edit.context;
    const windowMs = this.#view.windowMs(event.transformerId, link);
    const feederId = places.feederOf(event.transformerId);
    const found: Kept[] = [];
    // Communication goes by organisation, supply by feeder.
    const candidates =
      link === 'silent' ? this.#edit.active() : feederId === null ? [] : this.#edit.activeOnFeeder(feederId);
    for (const kept of candidates) {
      if (kept.head.isTest) continue;
      if (
        link === 'silent' ? kept.head.org !== places.orgOf(event.transformerId) : !kept.set.isOn(feederId!)
      ) {
        continue;
      }
      if (kept.set.isNear(link, event.tsMs, windowMs)) found.push(kept);
    }
    return found;
  }

  /**
   * One of several that are one cause: the oldest, with the others merged into it. What one transformer suffered before
   * on its own is not the older part of a feeder's fault: it goes into the new incident, so that someone is told.
   */
  #joinAll(own: Kept | null, others: readonly Kept[], event: ConditionEvent): IncidentDraft | null {
    const all = [...new Map([...(own === null ? [] : [own]), ...others].map((k) => [k.head.id, k])).values()];
    const [first] = all;
    if (first === undefined) return null;
    if (all.length === 1 && first === own) return this.#edit.change(first.head.id);
    const fresh = all.filter((kept) => !this.#isBackground(kept, event));
    const home =
      fresh.length > 0
        ? fresh.reduce((a, b) => (this.#edit.isOlder(b, a) ? b : a)).head
        : this.#edit.open(first.head.org, false).head;
    for (const { head } of all)
      if (head.id !== home.id) this.#edit.merge(head.id, home.id, { reason: 'together' });
    return this.#edit.change(home.id);
  }

  #isBackground({ set }: Kept, { transformerId, tsMs }: ConditionEvent): boolean {
    const fromMs = tsMs - this.#view.windowMs(transformerId, 'sudden');
    return set.transformerCount === 1 && set.members.some((m) => m.sinceMs < fromMs && m.onset === 'own');
  }

  /** What was over a moment ago, and is back. */
  #lately(event: ConditionEvent): Kept | null {
    const { nowMs } = this.#edit.context;
    const family = familyOf(event.condition);
    for (const kept of this.#edit.ofTransformer(event.transformerId)) {
      const { state, resolvedMs } = kept.head;
      if (state !== 'resolved' || !hasFamily(kept, event.transformerId, family)) continue;
      if (nowMs - resolvedMs! <= this.#settings.reopenS * 1000) return kept;
    }
    return null;
  }

  /** Open and unacknowledged again: whoever acknowledged it believes that it is over. */
  #reopen(kept: Kept, event: ConditionEvent, onset: Onset = 'own'): void {
    const draft = this.#edit.change(kept.head.id);
    Object.assign(draft.head, {
      state: 'open',
      resolvedMs: null,
      resolvedBy: null,
      acknowledgedMs: null,
      acknowledgedBy: null,
      escalation: null,
      reopened: draft.head.reopened + 1,
    });
    const known = draft.set.get(memberKey(event));
    if (known !== null && known.clearedMs === null) draft.amend(amended(known, severityOf(event), event));
    else this.#join(draft, event, onset);
    draft.note('reopened', null, { times: draft.head.reopened });
  }
}

const KIND_ORDER = { cleared: 2, changed: 1, raised: 0 } as const;

function inTime(a: ConditionEvent, b: ConditionEvent): number {
  if (a.tsMs !== b.tsMs) return a.tsMs - b.tsMs;
  if (a.kind !== b.kind) return KIND_ORDER[a.kind] - KIND_ORDER[b.kind];
  const [first, second] = [memberKey(a), memberKey(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function memberOf(event: ConditionEvent, onset: Onset): IncidentMember {
  const { transformerId, point, condition, phase, tsMs, valueV, limitV } = event;
  const severity = severityOf(event);
  return {
    transformerId,
    point,
    condition,
    phase,
    severity,
    sinceMs: tsMs,
    clearedMs: null,
    valueV,
    limitV,
    onset,
    changedMs: tsMs,
  };
}

function hasFamily({ set }: Kept, transformerId: string, family: Family): boolean {
  return set.of(transformerId).some((m) => familyOf(m.condition) === family);
}

function lastsOut({ set }: Kept, transformerId: string): boolean {
  return set
    .of(transformerId)
    .some((m) => m.clearedMs === null && (m.condition === 'outage' || m.condition === 'phase-loss'));
}
