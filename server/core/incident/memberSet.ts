import { linkOf, type Link } from './conditionFamily.ts';
import type { IncidentMember } from './incident.ts';

/** Onsets that are one stretch of time, event time. */
interface Span {
  fromMs: number;
  toMs: number;
}

interface Held {
  /** Conditions that last. */
  open: number;
  /** Latest end of one, -Infinity before the first. */
  clearedMs: number;
  /** Where its members are. */
  at: number[];
}

export function memberKey(
  m: Pick<IncidentMember, 'transformerId' | 'point' | 'condition' | 'phase'>,
): string {
  return `${m.transformerId}\n${m.point}\n${m.condition}\n${m.phase ?? ''}`;
}

/** What a set needs to know of the world: where transformers are, and how far apart onsets are still one stretch. */
export interface Ground {
  feederOf(transformerId: string): string | null;
  joinMs(link: Link): number;
}

/** The members of one incident with what is asked of them again and again; a change works on a copy. */
export class MemberSet {
  readonly members: IncidentMember[] = [];
  /** Conditions that last. */
  open = 0;
  #ground: Ground;
  #at = new Map<string, number>();
  #held = new Map<string, Held>();
  #feeders = new Map<string, number>();
  /** Stretches of onsets by the way in which they may be joined; few. */
  #spans = new Map<Link, Span[]>();

  constructor(ground: Ground, members: readonly IncidentMember[] = []) {
    this.#ground = ground;
    for (const member of members) this.put(member);
  }

  copy(): MemberSet {
    const copy = new MemberSet(this.#ground);
    for (const member of this.members) copy.members.push(member);
    copy.open = this.open;
    copy.#at = new Map(this.#at);
    for (const [id, held] of this.#held) copy.#held.set(id, { ...held, at: [...held.at] });
    copy.#feeders = new Map(this.#feeders);
    for (const [link, list] of this.#spans) {
      copy.#spans.set(
        link,
        list.map((span) => ({ ...span })),
      );
    }
    return copy;
  }

  get(key: string): IncidentMember | null {
    const at = this.#at.get(key);
    return at === undefined ? null : this.members[at]!;
  }

  get transformers(): MapIterator<string> {
    return this.#held.keys();
  }

  get transformerCount(): number {
    return this.#held.size;
  }

  /** Null: none of its conditions ever belonged. */
  held(transformerId: string): Readonly<Held> | null {
    return this.#held.get(transformerId) ?? null;
  }

  get feeders(): ReadonlyMap<string, number> {
    return this.#feeders;
  }

  /** Feeder of nine in ten of its transformers; null when there is none. */
  get feederId(): string | null {
    for (const [id, count] of this.#feeders) if (count >= 0.9 * this.transformerCount) return id;
    return this.#feeders.size === 2 && this.transformerCount > 3 ? this.#mainFeeder() : null;
  }

  /** Of two feeders: the one of all transformers but one, which may be registered wrongly. */
  #mainFeeder(): string | null {
    for (const [id, count] of this.#feeders) if (count === this.transformerCount - 1) return id;
    return null;
  }

  /** Whether it is an incident of this feeder, and not only of a transformer that is registered there. */
  isOn(feederId: string): boolean {
    const count = this.#feeders.get(feederId) ?? 0;
    return count >= 2 || (count > 0 && 2 * count >= this.transformerCount);
  }

  /** Members of one transformer. */
  of(transformerId: string): IncidentMember[] {
    return (this.#held.get(transformerId)?.at ?? []).map((at) => this.members[at]!);
  }

  /** Whether some of it began in this way within `windowMs` of that moment. */
  isNear(link: Link, atMs: number, windowMs: number): boolean {
    const spans = this.#spans.get(link) ?? [];
    return spans.some((span) => atMs >= span.fromMs - windowMs && atMs <= span.toMs + windowMs);
  }

  /** The time in which all of it began in this way; null where none of it did. */
  begun(link: Link): Readonly<Span> | null {
    const spans = this.#spans.get(link) ?? [];
    if (spans.length === 0) return null;
    return {
      fromMs: Math.min(...spans.map(({ fromMs }) => fromMs)),
      toMs: Math.max(...spans.map(({ toMs }) => toMs)),
    };
  }

  /** Adds a member, or takes the place of the one of the same key. */
  put(member: IncidentMember): void {
    const key = memberKey(member);
    const at = this.#at.get(key);
    const held = this.#held.get(member.transformerId) ?? this.#hold(member.transformerId);
    if (at === undefined) {
      const last = this.members.push(member) - 1;
      this.#at.set(key, last);
      held.at.push(last);
    } else {
      if (this.members[at]!.clearedMs === null) this.#count(held, -1);
      this.members[at] = member;
    }
    if (member.clearedMs === null) this.#count(held, 1);
    else held.clearedMs = Math.max(held.clearedMs, member.clearedMs);
    const link = linkOf(member.condition, member.onset ?? 'sudden');
    if (link !== null) this.#extend(link, member.sinceMs);
  }

  #hold(transformerId: string): Held {
    const held = { open: 0, clearedMs: -Infinity, at: [] };
    this.#held.set(transformerId, held);
    const feederId = this.#ground.feederOf(transformerId);
    if (feederId !== null) this.#feeders.set(feederId, (this.#feeders.get(feederId) ?? 0) + 1);
    return held;
  }

  #count(held: Held, by: number): void {
    held.open += by;
    this.open += by;
  }

  #extend(link: Link, atMs: number): void {
    const joinMs = this.#ground.joinMs(link);
    let spans = this.#spans.get(link);
    if (spans === undefined) this.#spans.set(link, (spans = []));
    const own: Span = { fromMs: atMs, toMs: atMs };
    for (let i = spans.length - 1; i >= 0; i--) {
      const span = spans[i]!;
      if (span.fromMs - joinMs > own.toMs || span.toMs + joinMs < own.fromMs) continue;
      own.fromMs = Math.min(own.fromMs, span.fromMs);
      own.toMs = Math.max(own.toMs, span.toMs);
      spans.splice(i, 1);
    }
    spans.push(own);
  }
}
