import { kindsOf } from './combine.ts';
import type { Finding, MeasureKind, MeasurePart } from './finding.ts';

/** The register of measures: what was decided, what was done, and whether it did what it promised. */

/** `verified`, `failed`: by what was measured afterwards. `dropped`: decided against. */
export type MeasureState = 'planned' | 'done' | 'verified' | 'failed' | 'dropped';

export interface MeasureVerdict {
  kind: 'verified' | 'failed' | 'too-early' | 'undecidable';
  judgedMs: number;
  /**
   * Rise of the lowest hour of the hardest days against what the frozen benchmark expected without the measure, V, and its
   * 90 % interval.
   */
  effectV: number | null;
  effectLowV: number | null;
  effectHighV: number | null;
  /** Days before and after that were compared. */
  daysBefore: number;
  daysAfter: number;
  lowHoursAfter: number;
  evidence: readonly Finding[];
}

export interface RegisteredMeasure {
  id: string;
  /** 0 before it is first kept; who changes it says which version they saw. */
  version: number;
  transformerId: string;
  areaId: string;
  seasonId: string;
  kind: MeasureKind;
  detail: Readonly<Record<string, number | string>>;
  /**
   * The other one of a pair: one entry, done when both are, for what was promised is what both do together, and days between
   * two works tell neither apart.
   */
  second?: MeasurePart;
  /** Estimate at the time of planning, of both where it is a pair. */
  cost: number;
  /** Promise of the run it was taken from. */
  promised: { runId: string; pLowBefore: number; pLowAfter: number; minV: number; minAfterV: number } | null;
  state: MeasureState;
  plannedMs: number;
  plannedBy: string;
  /** When it was carried out: what comes after is compared with what came before. */
  doneMs: number | null;
  note: string;
  verdict: MeasureVerdict | null;
}

/** `rebalance-pair`: rebalancing with a work that lifts all phases. */
export type JudgedKind = MeasureKind | 'rebalance-pair';

/**
 * What a measure or a pair is judged as: a work on the feeder moves the neighbours too, a new point the load, and a tap
 * shows every day. Rebalancing by itself shows against the mean of the own phases, which whatever goes with it moves.
 */
export function judgedAs(measure: Pick<RegisteredMeasure, 'kind' | 'second'>): JudgedKind {
  const kinds = kindsOf(measure);
  const decisive = (['feeder', 'new-point'] as const).find((kind) => kinds.includes(kind));
  if (decisive !== undefined) return decisive;
  if (kinds.length > 1 && kinds.includes('rebalance')) return 'rebalance-pair';
  return kinds.find((kind) => kind !== 'tap') ?? measure.kind;
}
