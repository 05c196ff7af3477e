import type { BookChange } from '../../../server/core/incident/bookChange.ts';
import { IncidentBook } from '../../../server/core/incident/book.ts';
import type { BookSettings } from '../../../server/core/incident/bookSettings.ts';
import type { IncidentCommand } from '../../../server/core/incident/command.ts';
import type { EvidenceNow, GridEvidence } from '../../../server/core/incident/gridEvidence.ts';
import type { Incident, TimelineEntry } from '../../../server/core/incident/incident.ts';
import type { ConditionEvent } from '../../../server/core/event.ts';
import type { GridModel } from '../../../server/core/grid.ts';
import { gridOf, MINUTE_MS, START_MS, transformer } from '../timeline.ts';

/** Healthy and lightly loaded, read every quarter of an hour. */
export const SOUND: EvidenceNow = {
  uaV: 225,
  ubV: 225,
  ucV: 225,
  iaA: 40,
  ibA: 40,
  icA: 40,
  loadPct: 30,
  tsMs: START_MS,
  hasData: true,
  lowestTailV: NaN,
  intervalS: 900,
};

/** `feeders[f]` transformers on feeder `F<f+1>`, called `F1-1`, `F1-2` …; two feeders a substation. */
export function feedersOf(...feeders: number[]): GridModel {
  const model = gridOf(
    ...feeders.flatMap((count, f) =>
      Array.from({ length: count }, (_, i) =>
        transformer(`F${f + 1}-${i + 1}`, { feederId: `F${f + 1}`, areaId: `A${f + 1}` }),
      ),
    ),
  );
  model.feeders.forEach((feeder, f) => (feeder.substationId = `S${f >> 1}`));
  return model;
}

/** One book whose days are told in minutes; every change is applied. */
export class BookRig {
  book: IncidentBook;
  timeline: TimelineEntry[] = [];
  /** Values that differ from {@link SOUND}, and voltages of the past. */
  values = new Map<string, Partial<EvidenceNow>>();
  pastV: (transformerId: string, atMs: number) => number = () => NaN;
  #ids = 0;
  #stored = new Map<string, Incident>();
  readonly #settings: Partial<BookSettings>;
  readonly model: GridModel;

  constructor(model: GridModel, settings: Partial<BookSettings> = {}) {
    this.model = model;
    this.#settings = settings;
    this.book = new IncidentBook(settings);
    this.book.setGrid(model);
  }

  get evidence(): GridEvidence {
    return {
      now: (id) => ({ ...SOUND, ...this.values.get(id) }),
      beforeV: (id, atMs) => this.pastV(id, atMs),
    };
  }

  newId = (): string => `id${++this.#ids}`;

  step(minute: number, ...events: ConditionEvent[]): BookChange {
    return this.#apply(this.book.step(events, this.evidence, START_MS + minute * MINUTE_MS, this.newId));
  }

  tick(minute: number): BookChange {
    return this.#apply(this.book.tick(START_MS + minute * MINUTE_MS, this.evidence, this.newId));
  }

  act(minute: number, id: string, version: number | null, command: IncidentCommand, actor = 'li'): string {
    const result = this.book.act(id, version, command, actor, START_MS + minute * MINUTE_MS, this.newId);
    if ('refused' in result) return result.refused;
    this.#apply(result);
    return 'done';
  }

  /** What a new process takes over is what was stored. */
  restart(settings: Partial<BookSettings> = {}): void {
    const kept = [...this.#stored.values()].filter(({ mergedInto }) => mergedInto === null);
    this.book = new IncidentBook({ ...this.#settings, ...settings });
    this.book.setGrid(this.model);
    this.book.load(JSON.parse(JSON.stringify(kept)) as Incident[], this.#stored.size);
  }

  /** The only active incident. */
  get only(): Incident {
    const active = this.book.active();
    if (active.length !== 1) throw new Error(`${active.length} active incidents`);
    return active[0]!;
  }

  kinds(incidentId: string): string[] {
    return this.timeline.filter((entry) => entry.incidentId === incidentId).map((entry) => entry.kind);
  }

  /** Transformers of each active incident. */
  get groups(): string[] {
    return this.book.active().map(transformersOf).sort();
  }

  #apply(change: BookChange): BookChange {
    this.book.apply(change);
    for (const incident of change.incidents) this.#stored.set(incident.id, incident);
    this.timeline.push(...change.timeline);
    return change;
  }
}

function transformersOf({ members }: Incident): string {
  return [...new Set(members.map((m) => m.transformerId))].sort().join(' ');
}

export function event(
  transformerId: string,
  minute: number,
  over: Partial<ConditionEvent> = {},
): ConditionEvent {
  const tsMs = START_MS + minute * MINUTE_MS;
  return {
    transformerId,
    point: 'outlet',
    condition: 'under-voltage',
    phase: 'a',
    kind: 'raised',
    severity: 'mild',
    tsMs,
    detectedMs: tsMs,
    valueV: 190,
    limitV: 198,
    ...over,
  };
}

export function out(
  transformerId: string,
  minute: number,
  over: Partial<ConditionEvent> = {},
): ConditionEvent {
  return event(transformerId, minute, {
    condition: 'outage',
    phase: null,
    severity: null,
    valueV: 0,
    limitV: 22,
    ...over,
  });
}

export const cleared = (raised: ConditionEvent, minute: number): ConditionEvent => ({
  ...raised,
  kind: 'cleared',
  severity: null,
  tsMs: START_MS + minute * MINUTE_MS,
  detectedMs: START_MS + minute * MINUTE_MS,
  endedBy: 'recovery',
});
