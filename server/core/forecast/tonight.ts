import type { UnknownReason } from './forecast.ts';

/** What a run of the next three days found. */

/** A transformer that may go low on one of the days. */
export interface TonightItem {
  transformerId: string;
  areaId: string;
  feederId: string;
  customers: number;
  days: readonly {
    /** Local day since 1970. */
    day: number;
    /** Probability of a low clock hour on it. */
    pLow: number;
    /** Its lowest 1-hour mean, V. */
    p10V: number;
    p50V: number;
    p90V: number;
  }[];
}

export interface TonightReport {
  /** Last local day of history; the three days after it are forecast. */
  originDay: number;
  /** The likeliest on the first day first; who is in neither list is unlikely to go low. */
  items: readonly TonightItem[];
  unknown: readonly { transformerId: string; areaId: string; reason: UnknownReason }[];
}
