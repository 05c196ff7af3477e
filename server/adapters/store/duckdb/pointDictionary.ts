/** (transformer, point) ↔ small number, the same for the life of the file. */
export class PointDictionary {
  readonly #byTransformer = new Map<string, Map<string, number>>();
  readonly #entries: { transformerId: string; point: string }[] = [];
  /** Points below this are in the file. */
  #stored = 0;

  constructor(points: readonly { pt: number; transformerId: string; point: string }[] = []) {
    for (const { pt, transformerId, point } of points) {
      if (pt !== this.#entries.length)
        throw new Error(`the points of the store have a hole at ${this.#entries.length}`);
      this.#add(transformerId, point);
    }
    this.#stored = this.#entries.length;
  }

  /** The number of a point; a new one is given when it is not known. */
  intern(transformerId: string, point: string): number {
    return this.find(transformerId, point) ?? this.#add(transformerId, point);
  }

  find(transformerId: string, point: string): number | undefined {
    return this.#byTransformer.get(transformerId)?.get(point);
  }

  of(transformerId: string): { point: string; pt: number }[] {
    return [...(this.#byTransformer.get(transformerId) ?? [])].map(([point, pt]) => ({ point, pt }));
  }

  entry(pt: number): { transformerId: string; point: string } {
    return this.#entries[pt]!;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Points that the file does not hold yet. */
  unstored(): { firstPoint: number; transformerIds: string[]; points: string[] } {
    const fresh = this.#entries.slice(this.#stored);
    return {
      firstPoint: this.#stored,
      transformerIds: fresh.map((e) => e.transformerId),
      points: fresh.map((e) => e.point),
    };
  }

  markStored(size: number): void {
    this.#stored = Math.max(this.#stored, size);
  }

  #add(transformerId: string, point: string): number {
    const pt = this.#entries.length;
    this.#entries.push({ transformerId, point });
    let points = this.#byTransformer.get(transformerId);
    if (points === undefined) this.#byTransformer.set(transformerId, (points = new Map()));
    points.set(point, pt);
    return pt;
  }
}
