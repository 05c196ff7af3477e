import type { Incident } from './incident.ts';
import { MemberSet, type Ground } from './memberSet.ts';

/** Incidents as they were committed, found by transformer and by feeder. */
export class BookIndex {
  readonly incidents = new Map<string, Incident>();
  readonly active = new Map<string, Incident>();
  lastNumber = 0;
  #ground: Ground;
  #byTransformer = new Map<string, Set<string>>();
  /** Active ones alone. */
  #byFeeder = new Map<string, Set<string>>();
  #sets = new WeakMap<Incident, MemberSet>();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  get ground(): Ground {
    return this.#ground;
  }

  /** The grid changed: who is on which feeder is worked out again. */
  setGround(ground: Ground): void {
    this.#ground = ground;
    this.#sets = new WeakMap();
    this.#byTransformer.clear();
    this.#byFeeder.clear();
    this.active.clear();
    for (const incident of this.incidents.values()) this.#enter(incident);
  }

  setOf(incident: Incident): MemberSet {
    let set = this.#sets.get(incident);
    if (set === undefined) this.#sets.set(incident, (set = new MemberSet(this.#ground, incident.members)));
    return set;
  }

  /** A set that was made with the incident, so that nobody makes it again. */
  keepSet(incident: Incident, set: MemberSet): void {
    this.#sets.set(incident, set);
  }

  ofTransformer(transformerId: string): Iterable<string> {
    return this.#byTransformer.get(transformerId) ?? [];
  }

  ofFeeder(feederId: string): Iterable<string> {
    return this.#byFeeder.get(feederId) ?? [];
  }

  put(incident: Incident): void {
    const before = this.incidents.get(incident.id);
    if (before !== undefined && before.version > incident.version) return;
    if (before !== undefined) this.#leave(before);
    this.incidents.set(incident.id, incident);
    this.lastNumber = Math.max(this.lastNumber, incident.number);
    this.#enter(incident);
  }

  remove(id: string): void {
    const incident = this.incidents.get(id);
    if (incident === undefined) return;
    this.#leave(incident);
    this.incidents.delete(id);
  }

  #enter(incident: Incident): void {
    // Its members went on in the other one.
    if (incident.mergedInto !== null) return;
    const set = this.setOf(incident);
    for (const id of set.transformers) add(this.#byTransformer, id, incident.id);
    if (incident.state === 'resolved') return;
    this.active.set(incident.id, incident);
    for (const id of set.feeders.keys()) add(this.#byFeeder, id, incident.id);
  }

  #leave(incident: Incident): void {
    this.active.delete(incident.id);
    const set = this.setOf(incident);
    for (const id of set.transformers) drop(this.#byTransformer, id, incident.id);
    for (const id of set.feeders.keys()) drop(this.#byFeeder, id, incident.id);
  }
}

function add(map: Map<string, Set<string>>, key: string, id: string): void {
  const ids = map.get(key);
  if (ids === undefined) map.set(key, new Set([id]));
  else ids.add(id);
}

function drop(map: Map<string, Set<string>>, key: string, id: string): void {
  const ids = map.get(key);
  if (ids?.delete(id) === true && ids.size === 0) map.delete(key);
}
