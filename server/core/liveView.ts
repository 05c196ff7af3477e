import type { Condition } from './condition.ts';

/** What the live map shows: a snapshot by column, then deltas that name rows by their index in it. */

/** Sums over a set of transformers. `byCondition[code]` counts them (codes of CONDITIONS). */
export interface RollUp {
  transformers: number;
  customers: number;
  byCondition: number[];
  /** Customers behind transformers that are low (mild, serious or severe). */
  customersLow: number;
  customersOut: number;
  worst: Condition;
  /** Of an area: so many of its customers are low that it is a low-voltage area. */
  isLowArea?: boolean | undefined;
  /** Lowest phase voltage now, V; null when nothing is measured. */
  worstV: number | null;
}

/** Compact snapshot (`GET /api/v1/map`, SSE event `snapshot`). Columns are parallel arrays. */
export interface MapSnapshot {
  /** Registry version; deltas carry it, and a client that sees another one loads the snapshot again. */
  gridVersion: number;
  generatedMs: number;
  simulated: boolean;
  areas: { id: string; name: string; nameEn: string | null; rollUp: RollUp }[];
  feeders: { id: string; name: string; nameEn: string | null; substationName: string; rollUp: RollUp }[];
  transformers: {
    id: string[];
    name: string[];
    /** English names; null (no column) when no transformer has one. */
    nameEn: (string | null)[] | null;
    lon: (number | null)[];
    lat: (number | null)[];
    /** Index into `areas` / `feeders`. */
    area: number[];
    feeder: number[];
    customers: number[];
    important: number[];
    capacityKva: (number | null)[];
    kind: string[];
    /** Nominal phase-to-neutral voltage, V: one number when it is that of all, else a column. */
    nominalV: number | number[];
    /** Condition code. */
    condition: number[];
    /** Lowest phase now, V, rounded to 0.1; null when not measured. */
    worstV: (number | null)[];
    loadPct: (number | null)[];
    /** Start of the latest reading's interval, UTC ms; null before the first. */
    tsMs: (number | null)[];
  };
  totals: LiveTotals;
}

/** Header figures. */
export interface LiveTotals extends RollUp {
  /** Share of points that reported within their grace, %. */
  completenessPct: number;
}

/** What changed since the delta before (SSE event `delta`). */
export interface MapDelta {
  gridVersion: number;
  tsMs: number;
  /** Row indexes, with parallel columns. */
  row: number[];
  condition: number[];
  worstV: (number | null)[];
  loadPct: (number | null)[];
  readingMs: (number | null)[];
  areas: { index: number; rollUp: RollUp }[];
  feeders: { index: number; rollUp: RollUp }[];
  totals: LiveTotals;
}

/** Latest values of one measuring point; null where not measured. */
export interface LivePoint {
  point: string;
  tsMs: number | null;
  intervalS: number | null;
  uaV: number | null;
  ubV: number | null;
  ucV: number | null;
  iaA: number | null;
  ibA: number | null;
  icA: number | null;
  inA: number | null;
  pKw: number | null;
  qKvar: number | null;
  condition: Condition;
}

/** What is known of a transformer right now. */
export interface LiveTransformer {
  condition: Condition;
  /** Since when it is in this condition, event time; null before the first reading. */
  sinceMs: number | null;
  tsMs: number | null;
  /** Apparent power at the outlet against the rating, %. */
  loadPct: number | null;
  points: LivePoint[];
}

/** The last 24 h of all rows in 15-minute steps, for the map's time slider: the worst of each step. */
export interface ReplayDay {
  startMs: number;
  stepMs: number;
  steps: number;
  rows: number;
  /** Condition codes, step-major; 255 = nothing known. */
  condition: Uint8Array;
  /** Lowest phase in 0.1 V, step-major; 65535 = not measured. */
  worstDeciV: Uint16Array;
}
