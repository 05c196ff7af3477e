import { englishNames } from './englishNames.ts';
import type { GridModel } from './grid.ts';
import { overrideOf, resolveLimits, type LimitOverride, type LimitProfile, type Limits } from './limits.ts';
import type { DetectionSettings, EngineOptions } from './settings.ts';
import { OUTLET_POINT, TAIL_PREFIX } from './reading.ts';
import { f32, NONE, Table, u16, u32, u8 } from './table.ts';

/** Points of one transformer beyond which readings are stored but not watched: a device must not exhaust the memory. */
const POINTS_PER_TRANSFORMER_MAX = 1_000;

const EMPTY_GRID: GridModel = { version: 0, areas: [], feeders: [], transformers: [] };

const ROW_LAYOUT = {
  area: u32(NONE),
  feeder: u32(NONE),
  customers: u32(),
  capacityKva: f32(NaN),
  /** Its outlet, if that is known. */
  outlet: u32(NONE),
  /** First of its points, the one found last, and how many. */
  firstPoint: u32(NONE),
  cursor: u32(NONE),
  points: u16(),
  limits: u16(),
};

/** What a point is of its transformer. */
export const POINT_ROLE = { other: 0, outlet: 1, tail: 2 } as const;

type Override = ReturnType<typeof overrideOf>;

/** Names and numbers: transformers are dense rows in the order of the model, points are dense over all rows. */
export class GridIndex {
  model: GridModel = EMPTY_GRID;
  english = englishNames(EMPTY_GRID);
  readonly rows = new Table(ROW_LAYOUT);
  readonly points = new Table({ row: u32(NONE), next: u32(NONE), limits: u16(), role: u8() });
  readonly pointNames: string[] = [];
  #rowOf = new Map<string, number>();
  #limits: Limits[] = [];
  #profile: LimitProfile;
  #detection: DetectionSettings;
  /** Overrides that name a transformer, and the others: a long list of the first costs nothing elsewhere. */
  #named: Map<string | undefined, LimitOverride[]>;
  #general: readonly LimitOverride[];

  constructor(options: EngineOptions, detection: DetectionSettings) {
    this.#profile = options.profile ?? 'gbt-12325';
    this.#detection = detection;
    this.#named = Map.groupBy(options.overrides ?? [], (override) => override.transformerId);
    this.#general = this.#named.get(undefined) ?? [];
  }

  /** Row of a transformer, -1 when the registry does not know it. */
  rowOf(transformerId: string): number {
    return this.#rowOf.get(transformerId) ?? -1;
  }

  transformerId(row: number): string {
    return this.model.transformers[row]!.id;
  }

  pointRow(p: number): number {
    return this.points.columns.row[p]!;
  }

  outageV(row: number): number {
    return this.#limits[this.rows.columns.limits[row]!]!.outageV;
  }

  limitsOf(p: number): Limits {
    return this.#limits[this.points.columns.limits[p]!]!;
  }

  /** Point of a row by name, or {@link NONE}. Devices send their points in turn: the search starts after the last found. */
  findPoint(row: number, name: string): number {
    const { firstPoint, cursor } = this.rows.columns;
    const { next } = this.points.columns;
    const start = cursor[row]!;
    if (start === NONE) return NONE;
    let p = start;
    do {
      p = next[p] === NONE ? firstPoint[row]! : next[p]!;
      if (this.pointNames[p] === name) {
        cursor[row] = p;
        return p;
      }
    } while (p !== start);
    return NONE;
  }

  /** Adds a point; {@link NONE} when the row is full. */
  addPoint(row: number, name: string): number {
    const { firstPoint, cursor, points } = this.rows.columns;
    if (points[row]! >= POINTS_PER_TRANSFORMER_MAX) return NONE;
    const p = this.points.push();
    this.pointNames[p] = name;
    this.points.columns.row[p] = row;
    this.points.columns.limits[p] = this.#pointLimits(row, name);
    this.points.columns.role[p] = roleOf(name);
    if (name === OUTLET_POINT) this.rows.columns.outlet[row] = p;
    const after = cursor[row]!;
    if (after === NONE) {
      firstPoint[row] = p;
    } else {
      this.points.columns.next[p] = this.points.columns.next[after]!;
      this.points.columns.next[after] = p;
    }
    cursor[row] = p;
    points[row] = points[row]! + 1;
    return p;
  }

  /** Starts again without points. */
  forgetPoints(): void {
    this.rows.columns.firstPoint.fill(NONE);
    this.rows.columns.outlet.fill(NONE);
    this.rows.columns.cursor.fill(NONE);
    this.rows.columns.points.fill(0);
    this.points.setRows(0);
    this.pointNames.length = 0;
  }

  /**
   * Takes another model. Returns, for each new row, the old row of the same transformer or {@link NONE}; and the old
   * indexes of the points that stay, in their new order.
   */
  setModel(model: GridModel): { rows: Uint32Array; points: Uint32Array } {
    const before = this.#rowOf;
    const rows = Uint32Array.from(model.transformers, (t) => before.get(t.id) ?? NONE);
    const newRow = new Map<number, number>();
    rows.forEach((old, row) => {
      if (old !== NONE) newRow.set(old, row);
    });
    const kept: { p: number; row: number; name: string }[] = [];
    for (let p = 0; p < this.points.rows; p++) {
      const row = newRow.get(this.pointRow(p));
      if (row !== undefined) kept.push({ p, row, name: this.pointNames[p]! });
    }
    this.#load(model);
    for (const { row, name } of kept) this.addPoint(row, name);
    return { rows, points: Uint32Array.from(kept, ({ p }) => p) };
  }

  #load(model: GridModel): void {
    this.model = model;
    this.english = englishNames(model);
    this.#rowOf = new Map(model.transformers.map((t, row) => [t.id, row]));
    const areas = new Map(model.areas.map((area, index) => [area.id, index]));
    const feeders = new Map(model.feeders.map((feeder, index) => [feeder.id, index]));
    this.#limits = [];
    this.rows.setRows(0);
    this.rows.setRows(model.transformers.length);
    this.forgetPoints();
    const columns = this.rows.columns;
    model.transformers.forEach((t, row) => {
      columns.area[row] = areas.get(t.areaId) ?? NONE;
      columns.feeder[row] = feeders.get(t.feederId) ?? NONE;
      columns.customers[row] = t.customers;
      columns.capacityKva[row] = t.capacityKva ?? NaN;
      columns.limits[row] = this.#internLimits(t.nominalV, overrideOf(this.#overrides(t.id), t, undefined));
    });
  }

  #pointLimits(row: number, name: string): number {
    const transformer = this.model.transformers[row]!;
    const overrides = this.#overrides(transformer.id);
    if (!overrides.some(({ point }) => point === name)) return this.rows.columns.limits[row]!;
    return this.#internLimits(transformer.nominalV, overrideOf(overrides, transformer, name));
  }

  #overrides(transformerId: string): readonly LimitOverride[] {
    const named = this.#named.get(transformerId);
    if (named === undefined) return this.#general;
    return this.#general.length === 0 ? named : [...named, ...this.#general];
  }

  /** Few sets of limits differ, so a point keeps the number of its set. */
  #internLimits(nominalV: number, override: Override): number {
    const limits = resolveLimits(this.#profile, nominalV, this.#detection, override);
    const known = this.#limits.findIndex(
      (l) => l.nominalV === nominalV && l.lowV === limits.lowV && l.highV === limits.highV,
    );
    return known >= 0 ? known : this.#limits.push(limits) - 1;
  }
}

function roleOf(name: string): number {
  if (name === OUTLET_POINT) return POINT_ROLE.outlet;
  return name.startsWith(TAIL_PREFIX) ? POINT_ROLE.tail : POINT_ROLE.other;
}
