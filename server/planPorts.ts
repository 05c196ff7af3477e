import type { RegisteredMeasure } from './core/measures/register.ts';
import type { ReadinessRow, ReadinessRun, RowQuery } from './core/forecast/run.ts';

/** Planning as the pipeline sees it: runs of the forecast and the register of measures. Imported through ports.ts. */

export interface ReadinessStore {
  /** Adds a run, or replaces what is known of it. */
  put(run: ReadinessRun): Promise<void>;
  /** Replaces the rows of a run; a run is never shown with part of its rows. */
  putRows(runId: string, rows: readonly ReadinessRow[]): Promise<void>;
  /** Newest first. */
  list(query: {
    kind?: ReadinessRun['kind'];
    seasonId?: string;
    state?: ReadinessRun['state'];
    limit: number;
  }): Promise<ReadinessRun[]>;
  get(runId: string): Promise<ReadinessRun | null>;
  /** By rank, only of the areas asked for. */
  rows(query: RowQuery): Promise<ReadinessRow[]>;
  row(runId: string, transformerId: string): Promise<ReadinessRow | null>;
  /** Runs beyond the newest `keep` of a kind and season go, with their rows; returns how many went. */
  prune(keep: number): Promise<number>;
}

export interface MeasureStore {
  /** Newest first. */
  list(query: {
    seasonId?: string;
    transformerId?: string;
    areaIds: readonly string[] | null;
  }): Promise<RegisteredMeasure[]>;
  get(id: string): Promise<RegisteredMeasure | null>;
  /**
   * Keeps the next version of a measure; version 0 is a new one.
   *
   * @throws VersionConflictError when somebody was faster.
   */
  put(measure: RegisteredMeasure): Promise<RegisteredMeasure>;
}
