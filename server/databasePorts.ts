import type { AccessStore } from './accessPorts.ts';
import type { ConditionEvent } from './core/event.ts';
import type { GridModel, MeasuringPoint, NameplateVersion, Transformer } from './core/grid.ts';
import type { DeadLetter, DeviceReport, RefusalReason, WeatherSample } from './core/reading.ts';
import type { MeasureStore, ReadinessStore } from './planPorts.ts';
import type { AlertSettingsStore, IncidentStore, Outbox, StoreHealth } from './ports.ts';

/** Relational state as the pipeline sees it; one contract suite for SQLite and PostgreSQL. Imported through ports.ts. */

export interface RegistryChange {
  transformerId: string;
  kind: 'added' | 'changed' | 'unchanged';
  changed: string[];
}

export interface Registry {
  load(): Promise<GridModel>;
  /**
   * Adds or changes areas, feeders and transformers in one transaction; a changed nameplate becomes a version dated
   * `validFromMs`. With `dryRun` nothing is written and the difference is returned all the same.
   */
  upsert(
    grid: Omit<GridModel, 'version'>,
    options: { validFromMs: number; dryRun?: boolean },
  ): Promise<RegistryChange[]>;
  transformer(id: string): Promise<Transformer | null>;
  versions(transformerId: string): Promise<NameplateVersion[]>;
  /** The versions of every transformer that has more than one, ascending by transformer and date. */
  changedNameplates(): Promise<NameplateVersion[]>;
  /** Cheap: tells whether a loaded model is stale. */
  version(): Promise<number>;
}

/** Where registered transformers are measured; fed by imports and by the first reading of a point. */
export interface MeasuringPoints {
  /** A point that is known already keeps its name; unknown transformers are passed over. */
  add(points: readonly MeasuringPoint[]): Promise<void>;
  of(transformerId: string): Promise<MeasuringPoint[]>;
}

export interface DeadLetterQuery {
  reason?: RefusalReason;
  transformerId?: string;
  /** Opaque; from the page before. */
  cursor?: string;
  limit: number;
}

export interface DeadLetterStore {
  /** Idempotent on id. */
  add(letters: readonly DeadLetter[]): Promise<void>;
  list(query: DeadLetterQuery): Promise<{ items: DeadLetter[]; cursor: string | null }>;
  get(id: string): Promise<DeadLetter | null>;
  countByReason(): Promise<{ reason: RefusalReason; count: number }[]>;
  /** Transformers that sent readings but are not registered: how often, when last, what they said of themselves. */
  unknownTransformers(limit: number): Promise<
    {
      transformerId: string;
      org: string | null;
      count: number;
      lastMs: number;
      meta: Record<string, unknown> | null;
    }[]
  >;
  remove(ids: readonly string[]): Promise<void>;
  /** Keeps the newest `keep` letters; returns how many went. */
  prune(keep: number): Promise<number>;
}

export interface WeatherStore {
  /** Idempotent on (station, ts). */
  add(samples: readonly WeatherSample[]): Promise<void>;
  range(stationId: string, fromMs: number, toMs: number): Promise<WeatherSample[]>;
  /** Keeps the latest issue for each hour. */
  addForecast(samples: readonly WeatherSample[], issuedMs: number): Promise<void>;
  forecast(stationId: string, fromMs: number, toMs: number): Promise<WeatherSample[]>;
  /** Ids of the stations with a forecast for some hour of the span. */
  forecastStations(fromMs: number, toMs: number): Promise<string[]>;
  stations(): Promise<{ stationId: string; firstMs: number; lastMs: number; count: number }[]>;
}

export interface DeviceReports {
  /** Keeps the latest of each kind. */
  put(reports: readonly DeviceReport[]): Promise<void>;
  get(transformerId: string): Promise<DeviceReport[]>;
}

export interface ConditionEvents {
  /** Idempotent on the identity of {@link ConditionEvent}. */
  add(events: readonly ConditionEvent[]): Promise<void>;
  /** Newest first. */
  list(query: {
    transformerId?: string;
    fromMs: number;
    toMs: number;
    limit: number;
  }): Promise<ConditionEvent[]>;
  /** Removes what happened before; returns how many went. */
  prune(beforeMs: number): Promise<number>;
}

/** Small named values of the program itself (import checkpoints, marks). */
export interface Settings {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
}

/** Everything relational, over one database. */
export interface Database {
  start(): Promise<void>;
  stop(): Promise<void>;
  registry: Registry;
  points: MeasuringPoints;
  deadLetters: DeadLetterStore;
  weather: WeatherStore;
  reports: DeviceReports;
  events: ConditionEvents;
  settings: Settings;
  incidents: IncidentStore;
  outbox: Outbox;
  alertSettings: AlertSettingsStore;
  access: AccessStore;
  readiness: ReadinessStore;
  measures: MeasureStore;
  /** Product, schema version, and whether a round trip works. */
  health(): Promise<StoreHealth>;
  backup(directory: string): Promise<void>;
}
