import type { IncidentCommand, ProofStatus } from '../../server/alertPorts.ts';
import type { Channel, DeliveryAttempt, DeliveryState } from '../../server/core/incident/delivery.ts';
import type {
  Evidence,
  Incident,
  IncidentMember,
  TimelineEntry,
} from '../../server/core/incident/incident.ts';
import type { AlertSettings, Person, PlannedOutage, Silence } from '../../server/core/incident/settings.ts';
import { ApiError, take } from './api.ts';

const BASE = '/api/v1';

export interface BothLanguages {
  zh: string;
  en: string;
}

/** An incident as the server shows it: with names and sentences, of what is in sight. */
export interface ShownIncident extends Omit<Incident, 'told' | 'cause' | 'members'> {
  place: BothLanguages;
  transformers: number;
  members: readonly (IncidentMember & { name: BothLanguages })[];
  cause: Omit<Incident['cause'], 'evidence'> & {
    evidence: readonly (Evidence & { sentence: BothLanguages })[];
  };
}

export interface ToldDelivery {
  id: string;
  kind: string;
  userId: string;
  userName: string;
  /** null where the contact point is gone. */
  channel: Channel | null;
  state: DeliveryState;
  createdMs: number;
  nextMs: number;
  insteadOf: string | null;
  attempts: readonly Omit<DeliveryAttempt, 'deliveryId'>[];
}

export interface IncidentDetail {
  incident: ShownIncident;
  timeline: readonly Omit<TimelineEntry, 'incidentId'>[];
  deliveries: readonly ToldDelivery[];
}

export type NewSilence = Pick<Silence, 'match' | 'reason' | 'fromMs' | 'toMs'>;
export type NewOutage = Pick<
  PlannedOutage,
  'title' | 'feederIds' | 'transformerIds' | 'fromMs' | 'toMs' | 'noticedMs'
>;

export interface Shift {
  userId: string;
  fromMs: number;
  toMs: number;
  by: 'rotation' | 'override';
}

/** How alerting does: what will keep a message from a person, who is on call, what waits. */
export interface Alerting {
  warnings: readonly { code: string; values: Readonly<Record<string, string | number>> }[];
  onCall: readonly { scheduleId: string; userId: string | null }[];
  outbox: { queued: number; failed: number };
  proof: Pick<ProofStatus, 'lastProvenMs' | 'ok'>;
  /** Key of the server for push; absent where push is not configured. */
  vapidPublicKey?: string | null;
}

export type { Person };
export type ContactPoint = AlertSettings['contactPoints'][number];

/** Documents by the name of their resource. */
export interface Documents {
  silences: AlertSettings['silences'][number];
  outages: AlertSettings['outages'][number];
  schedules: AlertSettings['schedules'][number];
  policies: AlertSettings['policies'][number];
  routes: AlertSettings['routes'][number];
  'contact-points': AlertSettings['contactPoints'][number];
  seasons: AlertSettings['seasons'][number];
}

function get<T>(path: string): Promise<T> {
  return take<T>(fetch(`${BASE}/${path}`));
}

function send<T>(method: string, path: string, json: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return take<T>(fetch(`${BASE}/${path}`, { method, headers, body: JSON.stringify(json) }));
}

/** The incident as it stands, where someone else was first; null for any other failure. */
export function conflictOf(error: unknown): ShownIncident | null {
  if (!(error instanceof ApiError) || error.status !== 409) return null;
  const { current } = (error.body ?? {}) as { current?: ShownIncident };
  return current ?? null;
}

/** Calls about incidents and what people configure of alerting. */
export const alertApi = {
  incidents: (query: { state: 'active' | 'resolved'; cursor?: string; limit: number }) => {
    const search = new URLSearchParams({ state: query.state, limit: String(query.limit) });
    if (query.cursor !== undefined) search.set('cursor', query.cursor);
    return get<{ items: ShownIncident[]; cursor: string | null }>(`incidents?${search}`);
  },
  incident: (id: string) => get<IncidentDetail>(`incidents/${encodeURIComponent(id)}`),
  act: (id: string, version: number, { kind, ...rest }: IncidentCommand) =>
    send<ShownIncident>('POST', `incidents/${encodeURIComponent(id)}/${kind}`, { version, ...rest }),
  list: <K extends keyof Documents>(kind: K) => get<{ items: Documents[K][] }>(kind),
  create: <K extends keyof Documents>(kind: K, document: Partial<Documents[K]>) =>
    send<Documents[K]>('POST', kind, document),
  change: <K extends keyof Documents>(
    kind: K,
    { id, ...rest }: Pick<Documents[K], 'id' | 'version'> & Partial<Documents[K]>,
  ) => send<Documents[K]>('PUT', `${kind}/${encodeURIComponent(id)}`, rest),
  end: (kind: keyof Documents, { id, version }: { id: string; version: number }) =>
    take<{ id: string }>(
      fetch(`${BASE}/${kind}/${encodeURIComponent(id)}?version=${version}`, { method: 'DELETE' }),
    ),
  alerting: () => get<Alerting>('alerting'),
  me: () => get<{ principal: { id: string } | null }>('auth/me'),
  shifts: (scheduleId: string, from: number, to: number) =>
    get<{ items: Shift[] }>(`schedules/${encodeURIComponent(scheduleId)}/shifts?from=${from}&to=${to}`),
  calendarUrl: (scheduleId: string) => `${BASE}/schedules/${encodeURIComponent(scheduleId)}/calendar.ics`,
  test: (contactPointId: string) =>
    send<{ deliveryId: string }>('POST', `contact-points/${encodeURIComponent(contactPointId)}/test`, {}),
  people: () => get<{ items: Person[] }>('people'),
};
