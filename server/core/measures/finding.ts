import type { SeasonDistribution } from '../forecast/forecast.ts';

/** Why a transformer goes low in a season, and what each measure would do about it: the words of table and page. */

/** In the order of cost (domain.md §3). */
export const MEASURE_KINDS = [
  'tap',
  'rebalance',
  'capacitors',
  'reconductor',
  'capacity',
  'new-point',
  'feeder',
] as const;
export type MeasureKind = (typeof MEASURE_KINDS)[number];

/** `lv-line`: between outlet and line end. `upstream`: the feeder or its source. */
export const CAUSE_KINDS = [
  'upstream',
  'overload',
  'tap',
  'unbalance',
  'lv-line',
  'reactive',
  'seasonal',
] as const;
export type CauseKind = (typeof CAUSE_KINDS)[number];

/** A sentence with numbers, in the words of the reader: a code and its values. */
export interface Finding {
  code: string;
  values: Readonly<Record<string, number | string>>;
}

export interface CauseFinding {
  kind: CauseKind;
  /** 0–1. */
  confidence: number;
  evidence: readonly Finding[];
  /** What contributes beside it; left out where it stands alone. */
  second?: { kind: CauseKind; evidence: readonly Finding[] };
}

/** One measure, by itself or in a pair. */
export interface MeasurePart {
  kind: MeasureKind;
  /** What exactly: `from` and `to` of tap position, kVA, mm² …; by kind. */
  detail: Readonly<Record<string, number | string>>;
  /** Configured estimate, in the configured currency. */
  cost: number;
}

/** What lifts light-load nights over the limit may not be carried out, however much voltage it gives. */
export function isRefused({ notes }: { notes: readonly Pick<Finding, 'code'>[] }): boolean {
  return notes.some(({ code }) => code === 'over-voltage');
}

/** The season again, with a measure or a pair of them; the cost is that of all. */
export interface MeasureOutcome extends MeasurePart {
  /** The dearer one of a pair; left out where one measure was tried by itself. */
  second?: MeasurePart;
  after: SeasonDistribution;
  /** Expected low hours that it avoids, times customers. */
  avoidedCustomerHours: number;
  /** Whether p(low) afterwards is small enough and nothing else is made worse. */
  suffices: boolean;
  /** Why it does not (risk left, over-voltage at night), or what to mind. */
  notes: readonly Finding[];
}
