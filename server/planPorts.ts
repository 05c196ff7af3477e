import type { ForecastInput } from './core/forecast/forecast.ts';
import type {
  AlternativeDistributions,
  Alternatives,
  Calibration,
  FeederForecast,
  SeasonForecast,
} from './core/forecast/parts.ts';
import type { NearTermForecast } from './core/forecast/nearTerm.ts';
import type { RegisteredMeasure } from './core/measures/register.ts';
import type {
  FeederSum,
  ReadinessRow,
  ReadinessRun,
  RowQuery,
  RunKind,
  SeenSeason,
  Standing,
} from './core/forecast/run.ts';
import type { Season } from './core/forecast/season.ts';

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
  /** Status and probability of every transformer of a run, by its id. */
  standings(runId: string): Promise<ReadonlyMap<string, Standing>>;
  /** Runs beyond the newest `keep` of a kind, season and state go, with their rows; returns how many went. */
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

export interface ForecastWatch {
  /** Share of the work that is done, 0–1. */
  onProgress?(share: number): void;
  /** Ends it early; it rejects with the reason. */
  signal?: AbortSignal;
}

/** Work of a run that is done already, kept so that a run which was broken off goes on where it was. */
export interface RunParts {
  load(): Promise<FeederForecast[]>;
  add(part: FeederForecast): Promise<void>;
}

/** One run's input, spread over threads. */
export interface ForecastSession {
  run(watch: ForecastWatch, parts?: RunParts): Promise<SeasonForecast>;
  /** The season again with measures, on the draws of the run. */
  alternatives(
    calibration: Calibration,
    asked: Alternatives,
    watch: ForecastWatch,
  ): Promise<AlternativeDistributions>;
  close(): Promise<void>;
}

export interface ForecastThreads {
  open(input: ForecastInput): Promise<ForecastSession>;
  /** The three days after the season's origin. */
  nearTerm(input: ForecastInput, watch: ForecastWatch): Promise<NearTermForecast[]>;
}

/** Where parts of runs wait for the rest. */
export interface PartsStore {
  /** Parts of one run; what is not whole is left out. `key` names the input: parts of another input are gone. */
  of(runId: string, key: string): RunParts;
  clear(runId: string): Promise<void>;
}

/** What pages and API ask of planning. */
export interface PlanDesk {
  /** A season by its name; without one the season that runs, else the next to come. Null: the text names none. */
  season(id?: string): Season | null;
  /** The run that answers the wish: one that is under way for it already, or a new one. */
  request(wish: {
    kind: RunKind;
    season: Season;
    originDay?: number | undefined;
    addedK?: number | undefined;
  }): Promise<ReadinessRun>;
  /** History, weather or transformers came in at once: a first run may be due. */
  dataArrived(): void;
  /** Share of a run that is done; null when it is not under way. */
  progress(runId: string): number | null;
  /** What costs of measures are in. */
  currency: string;
  /** The measure with what was measured since it was done said of it. */
  judged(measure: RegisteredMeasure): Promise<RegisteredMeasure>;
  /** Rows as a workbook (Office Open XML), areas and feeders on sheets of their own. */
  worksheet(
    rows: readonly ReadinessRow[],
    sums: readonly FeederSum[],
    seen: readonly SeenSeason[],
  ): Promise<Uint8Array<ArrayBuffer>>;
}
