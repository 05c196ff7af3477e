import type { Kysely } from 'kysely';
import type { DeviceReport } from '../../core/reading.ts';
import type { AlertTables } from './alertSchema.ts';
import type { AccessTables } from './accessTables.ts';
import type { PlanTables } from './planTables.ts';

/**
 * The tables, the same on SQLite and PostgreSQL. Portable by rule: text ids, UTC milliseconds as bigint, JSON as text,
 * booleans as 0/1, no function of one dialect. `migrations.ts` makes them; a repository file per noun uses them.
 */
export interface Tables extends AlertTables, AccessTables, PlanTables {
  substation: { id: string; name: string };
  feeder: { id: string; name: string; substation_id: string };
  area: { id: string; name: string; org: string };
  transformer: TransformerTable;
  measuring_point: { transformer_id: string; point: string; name: string; first_ms: number };
  nameplate_version: { transformer_id: string; valid_from_ms: number; body: string; changed: string };
  counter: { name: string; value: number };
  dead_letter: DeadLetterTable;
  unknown_transformer: { transformer_id: string; org: string | null; letters: number; last_ms: number };
  weather_sample: { station_id: string; ts_ms: number; temp_c: number; humidity_pct: number | null };
  device_report: {
    transformer_id: string;
    kind: DeviceReport['kind'];
    org: string;
    received_ms: number;
    body: string;
  };
  condition_event: ConditionEventTable;
  setting: { key: string; value: string };
}

export interface TransformerTable {
  id: string;
  name: string;
  org: string;
  area_id: string;
  feeder_id: string;
  lon: number | null;
  lat: number | null;
  capacity_kva: number | null;
  nominal_v: number;
  uk_pct: number | null;
  tap_position: number | null;
  tap_step_pct: number | null;
  tap_count: number | null;
  customers: number;
  important_customers: number;
  lv_radius_m: number | null;
  kind: string;
  weather_station_id: string | null;
  attributes: string;
}

interface DeadLetterTable {
  id: string;
  received_ms: number;
  topic: string;
  payload: Uint8Array;
  reason: string;
  detail: string;
  transformer_id: string | null;
}

export interface ConditionEventTable {
  transformer_id: string;
  point: string;
  condition: string;
  /** Empty where the condition has no phase: a null would never equal itself in the identity. */
  phase: string;
  kind: string;
  ts_ms: number;
  severity: string | null;
  detected_ms: number;
  value_v: number | null;
  limit_v: number | null;
  /** Null in rows of before 0003, and where nothing ended. */
  ended_by: string | null;
}

/** The database, or a transaction on it. */
export type Db = Kysely<Tables>;
