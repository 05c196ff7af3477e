import type { DetectedCondition, Severity } from '../event.ts';

/** One condition of one channel of one point, from its beginning to its end, as a rule would have raised it. */
export interface Episode {
  transformerId: string;
  point: string;
  condition: DetectedCondition;
  phase: 'a' | 'b' | 'c' | null;
  /** Worst that it reached. */
  severity: Severity;
  /** Event time. */
  fromMs: number;
  /** Null: it lasts beyond the span. */
  toMs: number | null;
  /** Lowest voltage of low voltage, highest of high voltage; null where voltage is not the point. */
  worstV: number | null;
  limitV: number | null;
}
