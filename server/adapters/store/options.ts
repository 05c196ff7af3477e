import type { Clock, Logger } from '../../ports.ts';

/** What every reading store is told. */
export interface StoreOptions {
  /** IANA zone in which days and clock hours are cut. */
  timeZone: string;
  /** Voltages by which low hours and qualified minutes are judged when summaries are made again. */
  limitsOf(transformerId: string, point: string): { lowV: number; highV: number };
  log: Logger;
  clock: Clock;
}

/** Rows that one write may carry. */
export const WRITE_ROWS_MAX = 20_000;
