import type {
  Delivery,
  DeliveryAttempt,
  DeliveryResult,
  ContactPoint,
  Channel,
} from './core/incident/delivery.ts';
import type { CommandOutcome, IncidentCommand } from './core/incident/command.ts';
import type { Incident, TimelineEntry } from './core/incident/incident.ts';
import type { AlertSettings, AlertWarning, Person, PlannedOutage } from './core/incident/settings.ts';

export type { AlertWarning };

/** Alerting as the pipeline sees it; imported through ports.ts. */

/** Everything that one decision changes; committed in one transaction (R4), or not at all. */
export interface AlertCommit {
  incidents: readonly Incident[];
  timeline: readonly TimelineEntry[];
  deliveries: readonly Delivery[];
  /**
   * Planned outages with new marks; each names the version that was marked.
   *
   * @throws VersionConflictError when someone changed one meanwhile: then nothing is committed
   */
  outages?: readonly PlannedOutage[];
  /** The spool has been judged up to here; absent when no record was. */
  seq?: number;
}

export interface IncidentQuery {
  state?: 'active' | 'resolved';
  /** Null: all areas. */
  areaIds: readonly string[] | null;
  /** Those that this transformer belongs, or belonged, to. */
  transformerId?: string;
  cursor?: string;
  limit: number;
}

export interface IncidentStore {
  /** Unresolved ones, and those resolved since. */
  load(resolvedSinceMs: number): Promise<Incident[]>;
  /** Where judging the spool goes on; null before the first commit. */
  seq(): Promise<number | null>;
  /** Highest number given so far. */
  lastNumber(): Promise<number>;
  /** Idempotent: incidents by (id, version), timeline and deliveries by id. */
  commit(change: AlertCommit): Promise<void>;
  list(query: IncidentQuery): Promise<{ items: Incident[]; cursor: string | null }>;
  get(id: string): Promise<Incident | null>;
  /** By what people call it: #128. */
  byNumber(number: number): Promise<Incident | null>;
  timeline(incidentId: string): Promise<TimelineEntry[]>;
  prune(resolvedBeforeMs: number): Promise<number>;
}

export interface Outbox {
  /** Leases due rows to this worker; rows whose lease ran out are due again. */
  lease(options: { nowMs: number; leaseMs: number; limit: number }): Promise<Delivery[]>;
  /** Logs the attempt and moves the row on; with `instead`, queues the stand-in in the same transaction. */
  settle(delivery: Delivery, attempt: DeliveryAttempt | null, instead?: Delivery): Promise<void>;
  of(incidentId: string): Promise<{ delivery: Delivery; attempts: DeliveryAttempt[] }[]>;
  one(deliveryId: string): Promise<{ delivery: Delivery; attempts: DeliveryAttempt[] } | null>;
  counts(): Promise<{ queued: number; oldestDueMs: number | null; failed: number }>;
  /** Deliveries of a person since, for the rate limit. */
  sentSince(userId: string, sinceMs: number): Promise<number>;
  /** Forgets old messages of a recipient that is no person: the self-proof. */
  pruneOf(userId: string, createdBeforeMs: number): Promise<void>;
}

export type SettingsKind = keyof AlertSettings;

/** A document was changed by someone else since its author saw it. */
export class VersionConflictError extends Error {
  constructor() {
    super('changed meanwhile');
    this.name = 'VersionConflictError';
  }
}

export interface AlertSettingsStore {
  load(): Promise<AlertSettings>;
  /**
   * Version 0 creates; else the version that the author saw.
   *
   * @throws VersionConflictError
   */
  put<K extends SettingsKind>(kind: K, document: AlertSettings[K][number]): Promise<AlertSettings[K][number]>;
  /** @throws VersionConflictError */
  remove(kind: SettingsKind, id: string, version: number): Promise<void>;
}

/** One channel of delivery. Never throws for what the network does; no secret in any text that it returns. */
export interface Notifier {
  readonly channel: Channel;
  deliver(delivery: Delivery, contact: ContactPoint, nowMs: number): Promise<DeliveryResult>;
  /** Lets go of connections that it keeps. */
  close?(): void;
}

// ── what pages and API may ask of alerting (pipeline/alerts/desk.ts implements it) ──────────────────────────────

export type { CommandOutcome, IncidentCommand } from './core/incident/command.ts';

export interface ProofStatus {
  /** When a test delivery last came out at the end; null: not since the start. */
  lastProvenMs: number | null;
  lastSentMs: number | null;
  ok: boolean;
  watchdog: { configured: boolean; lastPingMs: number | null; lastError: string | null };
}

export interface AlertDesk {
  act(
    id: string,
    version: number | null,
    command: IncidentCommand,
    actor: { id: string; name: string },
  ): Promise<CommandOutcome>;
  /** Unresolved incidents, most urgent first: unacknowledged before acknowledged, then severity, then time. */
  active(): readonly Incident[];
  settings(): AlertSettings;
  people(): readonly Person[];
  /** Users were changed: who can be told is asked again at once. */
  reloadPeople(): Promise<void>;
  put<K extends SettingsKind>(kind: K, document: AlertSettings[K][number]): Promise<AlertSettings[K][number]>;
  remove(kind: SettingsKind, id: string, version: number): Promise<void>;
  warnings(): AlertWarning[];
  /** Queues a test message to one contact point; its delivery id. */
  testContact(contactPointId: string): Promise<string>;
  proof(): ProofStatus;
  /** Channels that can deliver here; the others need something of the configuration. */
  readonly channels: readonly Channel[];
  /** What a browser subscribes to pushes with; absent where there are none. */
  readonly vapidPublicKey?: string;
  /** Called after each commit with the incidents that changed. */
  onChange(listener: (incidents: readonly Incident[]) => void): () => void;
}
