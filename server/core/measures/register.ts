import type { Finding, MeasureKind } from './finding.ts';

/** The register of measures: what was decided, what was done, and whether it did what it promised. */

/** `verified`, `failed`: by what was measured afterwards. `dropped`: decided against. */
export type MeasureState = 'planned' | 'done' | 'verified' | 'failed' | 'dropped';

export interface MeasureVerdict {
  kind: 'verified' | 'failed' | 'too-early' | 'undecidable';
  judgedMs: number;
  /** Rise of the lowest hour of the hardest days against what the frozen benchmark expected without the measure, V, and its 90 % interval. */
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
  /** Estimate at the time of planning. */
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
