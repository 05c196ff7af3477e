import type { DetectedCondition, Severity } from '../event.ts';
import { isFalling, SEVERITY_RANK, worseOf } from './conditionFamily.ts';
import type { GridPlaces } from './gridPlaces.ts';
import type { Incident, IncidentMember, TimelineKind } from './incident.ts';
import type { MemberSet } from './memberSet.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

type Body = Readonly<Record<string, string | number | null>>;

/** Transformers named in an entry of the timeline; the rest is a number. */
const NAMES_MAX = 5;

/** One incident while a change of it is being made. */
export class IncidentDraft {
  readonly base: Incident | null;
  /** All but the members. */
  readonly head: Writable<Incident>;
  readonly set: MemberSet;
  /** Something of it differs from the base. */
  isChanged: boolean;
  /** Something joined or grew worse: its cause is to be judged again. */
  isNews = false;
  readonly entries: { kind: TimelineKind; actor: string | null; body: Body }[] = [];
  #joined = new Set<string>();
  #cleared = new Set<string>();

  constructor(base: Incident | null, head: Incident, set: MemberSet) {
    this.base = base;
    this.head = { ...head };
    this.set = set;
    this.isChanged = base === null;
  }

  /** Says what happened, and that something did. */
  note(kind: TimelineKind, actor: string | null, body: Body = {}): void {
    this.isChanged = true;
    this.entries.push({ kind, actor, body });
  }

  join(member: IncidentMember): void {
    this.isChanged = true;
    this.isNews = true;
    this.set.put(member);
    this.#joined.add(member.transformerId);
  }

  /** The same member with another severity. */
  amend(member: IncidentMember): void {
    this.isChanged = true;
    this.isNews = true;
    this.set.put(member);
  }

  clear(member: IncidentMember, atMs: number): void {
    this.isChanged = true;
    this.set.put({ ...member, clearedMs: atMs, changedMs: atMs });
    this.#cleared.add(member.transformerId);
  }

  /** Everything that follows from the members, and the entries of the timeline that say so. */
  derive(places: GridPlaces): void {
    const { head, set } = this;
    const before = this.base?.severity ?? null;
    const lasting = set.open > 0 ? set.members.filter((m) => m.clearedMs === null) : set.members;
    const { severity, condition } = leading(lasting);
    head.severity = severity;
    head.condition = condition;
    head.peakSeverity = this.base === null ? severity : worseOf(head.peakSeverity, severity);
    Object.assign(head, worstOf(set.members, condition));
    head.startedMs = startOf(set.members);
    head.feederId = set.feederId;
    this.#place(places);
    this.#tellMembers(places);
    if (before !== null && before !== severity) this.note('severity', null, { from: before, to: severity });
  }

  #place(places: GridPlaces): void {
    const areas = new Set<string>();
    this.head.customers = 0;
    this.head.importantCustomers = 0;
    for (const id of this.set.transformers) {
      const t = places.transformer(id);
      if (t === null) continue;
      areas.add(t.areaId);
      this.head.customers += t.customers;
      this.head.importantCustomers += t.importantCustomers;
    }
    this.head.areaIds = [...areas].sort();
  }

  #tellMembers(places: GridPlaces): void {
    const named = (ids: ReadonlySet<string>): Body => ({ count: ids.size, names: firstNames(ids, places) });
    if (this.base === null) {
      const { condition, severity } = this.head;
      const body = { condition, severity, ...named(this.#joined) };
      this.entries.unshift({ kind: 'opened', actor: null, body });
    } else if (this.#joined.size > 0) {
      this.entries.unshift({ kind: 'member-joined', actor: null, body: named(this.#joined) });
    }
    if (this.#cleared.size > 0) this.note('member-cleared', null, named(this.#cleared));
  }
}

/** What one of them suffered before on its own is not the beginning of what they suffer together. */
function startOf(members: readonly IncidentMember[]): number {
  let startedMs = Infinity;
  let ownMs = Infinity;
  for (const { onset, sinceMs } of members) {
    if (onset === 'own') ownMs = Math.min(ownMs, sinceMs);
    else startedMs = Math.min(startedMs, sinceMs);
  }
  return Number.isFinite(startedMs) ? startedMs : ownMs;
}

function firstNames(ids: ReadonlySet<string>, places: GridPlaces): string {
  const names: string[] = [];
  for (const id of ids) {
    if (names.length === NAMES_MAX) break;
    names.push(places.transformer(id)?.name ?? id);
  }
  return names.join(', ');
}

/** The worst severity, and of its conditions the one of most members. */
function leading(members: readonly IncidentMember[]): { severity: Severity; condition: DetectedCondition } {
  let severity: Severity = 'mild';
  for (const m of members) severity = worseOf(severity, m.severity);
  const counts = new Map<DetectedCondition, number>();
  for (const m of members) {
    if (m.severity === severity) counts.set(m.condition, (counts.get(m.condition) ?? 0) + 1);
  }
  const [first] = [...counts].sort(([a, n], [b, k]) => k - n || (a < b ? -1 : 1));
  return { severity, condition: first![0] };
}

/** The deciding voltage that is furthest out, with the limit that it was judged by. */
function worstOf(
  members: readonly IncidentMember[],
  condition: DetectedCondition,
): { worstV: number | null; limitV: number | null } {
  const isHigh = condition === 'over-voltage';
  let worst: IncidentMember | null = null;
  for (const m of members) {
    if (m.valueV === null || Number.isNaN(m.valueV)) continue;
    if (isHigh ? m.condition !== 'over-voltage' : !isFalling(m.condition)) continue;
    const further = worst === null || (isHigh ? m.valueV > worst.valueV! : m.valueV < worst.valueV!);
    if (further) worst = m;
  }
  return { worstV: worst?.valueV ?? null, limitV: worst?.limitV ?? null };
}

/** Ends a snooze. */
export function wake(draft: IncidentDraft, actor: string | null, reason: 'by-hand' | 'over' | 'worse'): void {
  draft.head.snoozedUntilMs = null;
  draft.note('unsnoozed', actor, { reason });
}

/** A member after a transition to another severity; value and limit are those of its worst. */
export function amended(
  member: IncidentMember,
  severity: Severity,
  event: { tsMs: number; valueV: number | null; limitV: number | null },
): IncidentMember {
  const worse = SEVERITY_RANK[severity] > SEVERITY_RANK[member.severity];
  return {
    ...member,
    severity,
    changedMs: event.tsMs,
    ...(worse ? { valueV: event.valueV, limitV: event.limitV } : {}),
  };
}
