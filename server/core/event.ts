/** What a detector noticed, as a record. */

/** Conditions that detectors watch; each has one file in `core/detect/`. */
export type DetectedCondition = 'under-voltage' | 'outage' | 'no-data' | (string & {});

export type Severity = 'mild' | 'serious' | 'severe';

/** A transition of one condition at one point (and phase). Identity: (transformerId, point, condition, phase, kind, tsMs). */
export interface ConditionEvent {
  transformerId: string;
  point: string;
  condition: DetectedCondition;
  phase: 'a' | 'b' | 'c' | null;
  kind: 'raised' | 'changed' | 'cleared';
  severity: Severity | null;
  /** Event time: when the condition began or ended at the transformer, UTC ms. */
  tsMs: number;
  /** When we noticed. */
  detectedMs: number;
  /** The deciding value and the limit it was judged by, V; null where voltage is not the point. */
  valueV: number | null;
  limitV: number | null;
  /** What ended it, on `cleared` alone: the value came back, or the supply went (0 V is an outage, never "recovered"). */
  endedBy?: 'recovery' | 'outage';
}
