import type { z } from '@hono/zod-openapi';
import { seesArea, type Principal } from '../core/access.ts';
import type { GridModel } from '../core/grid.ts';
import type { Delivery, DeliveryAttempt } from '../core/incident/delivery.ts';
import { evidenceSentence } from '../core/incident/evidence.ts';
import type { Incident, IncidentMember, TimelineEntry } from '../core/incident/incident.ts';
import type { AlertDesk } from '../ports.ts';
import { placeNames, registered, transformerNames } from '../core/gridNames.ts';
import type { incidentDetailSchema, incidentSchema } from './incidentSchemas.ts';

/** An incident as who asks may see it: with names and sentences, without what is out of their sight. */

type Shown = z.infer<typeof incidentSchema>;
type Scope = Pick<Principal, 'areaIds'>;

/** Whether any of it is in sight. */
export function seesIncident(scope: Scope, incident: Pick<Incident, 'areaIds'>): boolean {
  return scope.areaIds === null || incident.areaIds.some((areaId) => seesArea(scope, areaId));
}

export function shownIncident(incident: Incident, model: GridModel, scope: Scope): Shown {
  const members = incident.members.filter((member) => seesMember(scope, member, model));
  const { told: _, apart: __, station, judgedBy, cause, ...rest } = incident;
  return {
    ...rest,
    cause: {
      ...cause,
      evidence: cause.evidence.map(({ code, values }) => ({
        code,
        values: { ...values },
        sentence: {
          zh: evidenceSentence({ code, values }, 'zh-CN'),
          en: evidenceSentence({ code, values }, 'en'),
        },
      })),
    },
    place: placeNames(model, { ...incident, members }),
    stationId: station?.id ?? null,
    judgedBy: judgedBy ?? null,
    areaIds: incident.areaIds.filter((areaId) => seesArea(scope, areaId)),
    members: members.map((member) => ({ ...member, name: transformerNames(model, member.transformerId) })),
    transformers: new Set(members.map((member) => member.transformerId)).size,
    suppressions: [...incident.suppressions],
  };
}

/** A transformer that is not registered any more is nobody's: only who sees everything sees it. */
function seesMember(scope: Scope, { transformerId }: IncidentMember, model: GridModel): boolean {
  if (scope.areaIds === null) return true;
  const transformer = registered(model, transformerId);
  return transformer !== null && seesArea(scope, transformer.areaId);
}

export function shownTimeline(
  timeline: readonly TimelineEntry[],
  model: GridModel,
  scope: Scope,
  names: ReadonlyMap<string, string>,
): z.infer<typeof incidentDetailSchema>['timeline'] {
  return timeline
    .filter(({ body }) => {
      const id = body['transformerId'];
      return scope.areaIds === null || typeof id !== 'string' || seesArea(scope, areaOf(model, id));
    })
    .map(({ id, atMs, kind, actor, body }) => ({
      id,
      atMs,
      kind,
      actor,
      actorName: actor === null ? null : (names.get(actor) ?? actor),
      body: { ...body },
    }));
}

function areaOf(model: GridModel, transformerId: string): string {
  return registered(model, transformerId)?.areaId ?? '';
}

export function shownDelivery(
  { delivery, attempts }: { delivery: Delivery; attempts: readonly DeliveryAttempt[] },
  desk: Pick<AlertDesk, 'settings'>,
  names: ReadonlyMap<string, string>,
): z.infer<typeof incidentDetailSchema>['deliveries'][number] {
  const { id, facts, userId, contactPointId, state, createdMs, nextMs, expiresMs, insteadOf } = delivery;
  const contact = desk.settings().contactPoints.find((point) => point.id === contactPointId);
  return {
    id,
    kind: facts.kind,
    userId,
    userName: names.get(userId) ?? userId,
    contactPointId,
    channel: contact?.channel ?? null,
    state,
    createdMs,
    nextMs,
    expiresMs,
    insteadOf,
    attempts: shownAttempts(attempts),
  };
}

export function shownAttempts(attempts: readonly DeliveryAttempt[]) {
  return attempts.map(({ number, startedMs, endedMs, result, detail }) => ({
    number,
    startedMs,
    endedMs,
    result,
    detail,
  }));
}

/** People by id. */
export function peopleNames(desk: Pick<AlertDesk, 'people'>): Map<string, string> {
  return new Map(desk.people().map(({ id, name }) => [id, name]));
}
