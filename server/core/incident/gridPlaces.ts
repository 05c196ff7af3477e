import type { GridModel, Transformer } from '../grid.ts';

/** The registry by name: who is where, and who are the neighbours. */
export class GridPlaces {
  readonly model: GridModel;
  #transformers: Map<string, Transformer>;
  #byFeeder: Map<string, Transformer[]>;
  #byOrg: Map<string, number>;
  #substations: Map<string, string>;
  #feedersOf = new Map<string, string[]>();

  constructor(model: GridModel) {
    this.model = model;
    this.#transformers = new Map(model.transformers.map((t) => [t.id, t]));
    this.#byFeeder = Map.groupBy(model.transformers, (t) => t.feederId);
    this.#substations = new Map(model.feeders.map((f) => [f.id, f.substationId]));
    for (const { id, substationId } of model.feeders) {
      // A feeder without transformers can show nothing of its supply.
      if (!this.#byFeeder.has(id)) continue;
      const feeders = this.#feedersOf.get(substationId);
      if (feeders === undefined) this.#feedersOf.set(substationId, [id]);
      else feeders.push(id);
    }
    this.#byOrg = new Map();
    for (const { org } of model.transformers) this.#byOrg.set(org, (this.#byOrg.get(org) ?? 0) + 1);
  }

  transformer(id: string): Transformer | null {
    return this.#transformers.get(id) ?? null;
  }

  feederOf(id: string): string | null {
    return this.#transformers.get(id)?.feederId ?? null;
  }

  orgOf(id: string): string {
    return this.#transformers.get(id)?.org ?? '';
  }

  onFeeder(feederId: string): readonly Transformer[] {
    return this.#byFeeder.get(feederId) ?? [];
  }

  substationOf(feederId: string): string | null {
    return this.#substations.get(feederId) ?? null;
  }

  /** Feeders of a substation that have transformers. */
  feedersOf(substationId: string): readonly string[] {
    return this.#feedersOf.get(substationId) ?? [];
  }

  /** Transformers of an organisation. */
  sizeOf(org: string): number {
    return this.#byOrg.get(org) ?? 0;
  }
}
