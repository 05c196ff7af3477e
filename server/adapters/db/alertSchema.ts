/** The tables of alerting; `schema.ts` takes them in. What nobody filters or sorts by is JSON in `body`. */
export interface AlertTables {
  incident: IncidentTable;
  incident_area: { incident_id: string; area_id: string };
  incident_member: IncidentMemberTable;
  incident_timeline: {
    id: string;
    incident_id: string;
    at_ms: number;
    kind: string;
    actor: string | null;
    body: string;
  };
  delivery: DeliveryTable;
  delivery_attempt: {
    delivery_id: string;
    number: number;
    started_ms: number;
    ended_ms: number;
    result: string;
    detail: string;
  };
  alert_document: AlertDocumentTable;
}

export interface IncidentTable {
  id: string;
  number: number;
  version: number;
  state: string;
  /** Order of the list, the most urgent first: unacknowledged, acknowledged, resolved; the severe before the mild. */
  urgency: number;
  /** Within one urgency, newest first: when it began, of resolved ones when it ended. */
  order_ms: number;
  resolved_ms: number | null;
  /** The incident without its members. */
  body: string;
}

export interface IncidentMemberTable {
  incident_id: string;
  transformer_id: string;
  point: string;
  condition: string;
  /** Empty where the condition has no phase. */
  phase: string;
  /** Place in the incident's list, so that it comes back as it was. */
  position: number;
  severity: string;
  since_ms: number;
  cleared_ms: number | null;
  value_v: number | null;
  limit_v: number | null;
  /** How it began, and its latest transition: what it is grouped with after a restart. Null: not known (rows of before). */
  onset: string | null;
  changed_ms: number | null;
}

export interface DeliveryTable {
  id: string;
  incident_id: string | null;
  user_id: string;
  contact_point_id: string;
  state: string;
  attempts: number;
  created_ms: number;
  next_ms: number;
  lease_until_ms: number | null;
  expires_ms: number;
  instead_of: string | null;
  facts: string;
}

export interface AlertDocumentTable {
  kind: string;
  id: string;
  version: number;
  body: string;
}
