import type { GridModel } from '../../core/grid.ts';
import {
  announce,
  escalationDue,
  type AnnounceContext,
  type Announcement,
} from '../../core/incident/announce.ts';
import type { BookChange } from '../../core/incident/bookChange.ts';
import type { AlertFacts, Delivery, MessageKind } from '../../core/incident/delivery.ts';
import { nextDigestMs } from '../../core/incident/digest.ts';
import type { Incident, TimelineEntry } from '../../core/incident/incident.ts';
import { outageNotice } from '../../core/incident/outageNotice.ts';
import type { OutageTransition } from '../../core/incident/outages.ts';
import type { AlertSettings } from '../../core/incident/settings.ts';
import type { AlertCommit, Clock } from '../../ports.ts';
import { contactsOf, newDelivery } from './dispatch.ts';
import { factsOf, outageFactsOf, type FactsOptions } from './facts.ts';

/** A decision with what is to be told of it. */
export interface Decided {
  timeline: readonly TimelineEntry[];
  moved: readonly { before: Incident | null; announcement: Announcement }[];
}

/** What is to be told of each change, and what of the incident follows from telling it. */
export function announced(change: BookChange, context: AnnounceContext): Decided {
  return {
    timeline: change.timeline,
    moved: change.incidents.map((after, i) => {
      const before = change.before[i] ?? null;
      return { before, announcement: announce({ before, after, ...context }) };
    }),
  };
}

/** What time alone brings: the next step of an escalation, the end of a suppression. */
export function movedOn(active: readonly Incident[], context: AnnounceContext): Decided['moved'] {
  return active
    .filter((incident) => escalationDue(incident, context))
    .flatMap((incident) => {
      const announcement = announce({ before: incident, after: incident, ...context });
      if (!hasEffect(announcement, incident)) return [];
      const version = incident.version + 1;
      return [
        {
          before: incident,
          announcement: { ...announcement, incident: { ...announcement.incident, version } },
        },
      ];
    });
}

function hasEffect({ incident, timeline, wanted, digest }: Announcement, before: Incident): boolean {
  return (
    wanted.length > 0 ||
    digest.length > 0 ||
    timeline.length > 0 ||
    JSON.stringify(incident) !== JSON.stringify(before)
  );
}

export interface DecisionDeps extends FactsOptions {
  clock: Clock;
  newId: () => string;
  grid(): GridModel;
}

/** Makes one transaction of a decision: incidents, timeline, and a row of the outbox for each message. */
export class Decisions {
  readonly #deps: DecisionDeps;

  constructor(deps: DecisionDeps) {
    this.#deps = deps;
  }

  commitOf({ timeline, moved }: Decided, settings: AlertSettings, seq?: number): AlertCommit {
    const { newId } = this.#deps;
    const said = moved.flatMap(({ announcement }) =>
      announcement.timeline.map((entry): TimelineEntry => ({ ...entry, id: newId() })),
    );
    return {
      incidents: moved.map(({ announcement }) => announcement.incident),
      timeline: [...timeline, ...said],
      deliveries: moved.flatMap(({ announcement }) => this.#deliveriesOf(announcement, settings)),
      ...(seq === undefined ? {} : { seq }),
    };
  }

  /** The same for planned outages that time has moved on: their marks, and who is told. */
  outagesOf(transitions: readonly OutageTransition[], context: AnnounceContext): AlertCommit {
    const { settings, nowMs, timeZone } = context;
    const grid = this.#deps.grid();
    const deliveries = transitions.flatMap((transition) => {
      const notice = outageNotice(transition, { ...context, grid });
      if (notice === null) return [];
      const facts = outageFactsOf(notice, grid, this.#deps);
      const held: AlertFacts = { ...facts, kind: 'digest' };
      return [
        ...notice.userIds.flatMap((userId) => this.#row(userId, facts, settings, nowMs)),
        ...notice.digest.flatMap((id) => this.#row(id, held, settings, nextDigestMs(nowMs, timeZone))),
      ];
    });
    return { incidents: [], timeline: [], deliveries, outages: transitions.map(({ marked }) => marked) };
  }

  #deliveriesOf({ incident, wanted, digest }: Announcement, settings: AlertSettings): Delivery[] {
    const { clock, timeZone } = this.#deps;
    const nowMs = clock.nowMs();
    const row = (userId: string, kind: MessageKind, nextMs: number): Delivery[] =>
      this.#row(userId, factsOf(kind, incident, this.#deps.grid(), this.#deps), settings, nextMs);
    return [
      ...wanted.flatMap(({ userId, kind }) => row(userId, kind, nowMs)),
      ...digest.flatMap((userId) => row(userId, 'digest', nextDigestMs(nowMs, timeZone))),
    ];
  }

  #row(userId: string, facts: AlertFacts, settings: AlertSettings, nextMs: number): Delivery[] {
    const [contact] = contactsOf(settings, userId);
    if (contact === undefined) return [];
    return [newDelivery(this.#deps.newId(), contact, facts, this.#deps.clock.nowMs(), nextMs)];
  }
}
