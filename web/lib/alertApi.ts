import type { InferRequestType, InferResponseType } from 'hono/client';
import type { IncidentCommand } from '../../server/alertPorts.ts';
import type { Person } from '../../server/core/incident/settings.ts';
import { ApiError, type Answer, answerOf, take } from './api.ts';
import { BASE, client } from './client.ts';

const one = client.incidents[':id'];
const point = client['contact-points'][':id'];
const rota = client.schedules[':id'];

export type IncidentPage = InferResponseType<typeof client.incidents.$get, 200>;
/** An incident as the server shows it: with names and sentences, of what is in sight. */
export type ShownIncident = IncidentPage['items'][number];
export type BothLanguages = ShownIncident['place'];
export type IncidentDetail = InferResponseType<typeof one.$get, 200>;
export type ToldDelivery = IncidentDetail['deliveries'][number];
export type Shift = InferResponseType<typeof rota.shifts.$get, 200>['items'][number];
/** How alerting does: what will keep a message from a person, who is on call, what waits. */
export type Alerting = InferResponseType<typeof client.alerting.$get, 200>;
/** Someone who can be told, with their quiet hours. */
export type PersonHours = InferResponseType<typeof client.people.$get, 200>['items'][number];
export type TestOutcome = InferResponseType<(typeof point.tests)[':delivery']['$get'], 200>;
export type { Person };

export type DocumentKind =
  'silences' | 'outages' | 'schedules' | 'policies' | 'routes' | 'contact-points' | 'seasons';
/** Documents by the name of their resource. */
export type Documents = {
  [K in DocumentKind]: InferResponseType<(typeof client)[K]['$get'], 200>['items'][number];
};
/** What their author writes. */
export type Drafts = { [K in DocumentKind]: InferRequestType<(typeof client)[K]['$post']>['json'] };
export type ContactPoint = Documents['contact-points'];

interface Resource<K extends DocumentKind> {
  $get(): Promise<Answer>;
  $post(args: { json: Drafts[K] }): Promise<Answer>;
  ':id': {
    $put(args: { param: { id: string }; json: Drafts[K] & { version: number } }): Promise<Answer>;
    $delete(args: { param: { id: string }; query: { version: number } }): Promise<Answer>;
  };
}
/** All of one make; the compiler holds each against the server's own. */
const resources: { [K in DocumentKind]: Resource<K> } = client;

type CommandBody<K extends IncidentCommand['kind']> = { version: number } & Omit<
  Extract<IncidentCommand, { kind: K }>,
  'kind'
>;
const commands: {
  [K in IncidentCommand['kind']]: {
    $post(args: { param: { id: string }; json: CommandBody<K> }): Promise<Answer>;
  };
} = one;

/** What someone else made of it meanwhile; null for any other failure. */
function currentOf<T>(error: unknown): T | null {
  if (!(error instanceof ApiError) || error.status !== 409) return null;
  const { current } = (error.body ?? {}) as { current?: T };
  return current ?? null;
}

/** The incident as it stands, where someone else was first; null for any other failure. */
export function conflictOf(error: unknown): ShownIncident | null {
  return currentOf<ShownIncident>(error);
}

/** The document as it stands, where someone else changed it meanwhile. */
export function conflictingDocument(error: unknown): { id: string; version: number } | null {
  return currentOf(error);
}

/** Calls about incidents and what people configure of alerting. */
export const alertApi = {
  incidents: (query: {
    state: 'active' | 'resolved';
    suppressed?: 'true' | 'false';
    cursor?: string;
    limit: number;
  }) => answerOf(client.incidents.$get({ query })),
  incident: (id: string) => answerOf(one.$get({ param: { id } })),
  act: <K extends IncidentCommand['kind']>(
    id: string,
    version: number,
    { kind, ...rest }: Extract<IncidentCommand, { kind: K }>,
  ) =>
    take<ShownIncident>(
      commands[kind as K].$post({ param: { id }, json: { version, ...rest } as unknown as CommandBody<K> }),
    ),
  list: <K extends DocumentKind>(kind: K) => take<{ items: Documents[K][] }>(resources[kind].$get()),
  create: <K extends DocumentKind>(kind: K, json: Drafts[K]) =>
    take<Documents[K]>(resources[kind].$post({ json })),
  change: <K extends DocumentKind>(kind: K, id: string, json: Drafts[K] & { version: number }) =>
    take<Documents[K]>(resources[kind][':id'].$put({ param: { id }, json })),
  end: (kind: DocumentKind, { id, version }: { id: string; version: number }) =>
    take<{ id: string }>(resources[kind][':id'].$delete({ param: { id }, query: { version } })),
  alerting: () => answerOf(client.alerting.$get()),
  shifts: (id: string, from: number, to: number) =>
    answerOf(rota.shifts.$get({ param: { id }, query: { from, to } })),
  calendarUrl: (scheduleId: string) => `${BASE}/schedules/${encodeURIComponent(scheduleId)}/calendar.ics`,
  test: (id: string) => answerOf(point.test.$post({ param: { id } })),
  tested: (id: string, delivery: string) =>
    answerOf(point.tests[':delivery'].$get({ param: { id, delivery } })),
  people: () => answerOf(client.people.$get()),
  setHours: (id: string, json: Pick<PersonHours, 'quietHours' | 'timeZone' | 'version'>) =>
    answerOf(client.people[':id'].$put({ param: { id }, json })),
};
