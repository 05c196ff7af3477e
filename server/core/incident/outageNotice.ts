import type { GridModel, Transformer } from '../grid.ts';
import { isQuiet } from './announce.ts';
import type { OutageMessageKind } from './delivery.ts';
import { emptyIncident } from './emptyIncident.ts';
import { takeStep, type EscalationContext } from './escalate.ts';
import type { Incident } from './incident.ts';
import type { OutageTransition } from './outages.ts';
import { routeOf } from './route.ts';
import type { PlannedOutage } from './settings.ts';
import { isInside } from './suppress.ts';
import { severityRank } from './severity.ts';
import type { Severity } from '../event.ts';
import { OUTLET_POINT } from '../reading.ts';

/** Who is told that a planned outage begins or is over: those whom an outage of these transformers would reach first. */

export interface OutageNotice {
  /** With its marks. */
  outage: PlannedOutage;
  kind: OutageMessageKind;
  severity: Severity;
  /** Transformers that it switches off, as far as they are registered. */
  inside: readonly Transformer[];
  userIds: string[];
  /** User ids for whom this goes to their digest. */
  digest: string[];
}

export interface OutageNoticeContext extends EscalationContext {
  /** Incidents that are not resolved. */
  active: readonly Incident[];
  timeZone: string;
  grid: GridModel;
}

/** What is told of a transition; null where there is nothing to tell. */
export function outageNotice(
  { kind, marked }: OutageTransition,
  context: OutageNoticeContext,
): OutageNotice | null {
  if (kind !== 'begins' && kind !== 'checked') return null;
  const left = marked.endCheck?.transformerIds ?? [];
  const inside = context.grid.transformers.filter((t) => isInside(marked, t.id, t.feederId));
  const notice: OutageNotice = {
    outage: marked,
    kind: kind === 'begins' ? 'outage-begins' : left.length === 0 ? 'outage-ended' : 'outage-left',
    severity: worstOf(marked.endCheck?.incidentIds ?? [], context.active),
    inside,
    userIds: [],
    digest: [],
  };
  for (const userId of firstTold(marked, inside, context)) {
    // What was planned wakes nobody; homes that are still dark do.
    const waits = notice.kind !== 'outage-left' && isQuiet(userId, context);
    (waits ? notice.digest : notice.userIds).push(userId);
  }
  return notice;
}

function worstOf(incidentIds: readonly string[], active: readonly Incident[]): Severity {
  let worst: Severity = 'mild';
  for (const { id, severity } of active) {
    if (incidentIds.includes(id) && severityRank(severity) > severityRank(worst)) worst = severity;
  }
  return worst;
}

/** The first step of whichever policy an outage there goes to, feeder by feeder and area by area. */
function firstTold(
  outage: PlannedOutage,
  inside: readonly Transformer[],
  context: OutageNoticeContext,
): Set<string> {
  const { settings, nowMs, timeZone } = context;
  const groups = Map.groupBy(inside, (t) => `${t.areaId}\n${t.feederId}`);
  const userIds = new Set<string>();
  for (const transformers of groups.size === 0 ? [[]] : groups.values()) {
    const routed = routeOf(asIncident(outage, transformers), settings, nowMs, timeZone);
    if ('reason' in routed) continue;
    const start = { policyId: routed.policy.id, step: 0, round: 0, dueMs: nowMs };
    for (const userId of takeStep(start, routed.policy, 1, context).userIds) userIds.add(userId);
  }
  return userIds;
}

/** What it would be if nobody had planned it, for the routes to look at. */
function asIncident(outage: PlannedOutage, transformers: readonly Transformer[]): Incident {
  const { fromMs, id } = outage;
  return {
    ...emptyIncident(id, transformers[0]?.org ?? '', fromMs, false),
    severity: 'severe',
    peakSeverity: 'severe',
    condition: 'outage',
    feederId: transformers[0]?.feederId ?? outage.feederIds[0] ?? null,
    areaIds: transformers[0] === undefined ? [] : [transformers[0].areaId],
    members: transformers.map((t) => ({
      transformerId: t.id,
      point: OUTLET_POINT,
      condition: 'outage',
      phase: null,
      severity: 'severe',
      sinceMs: fromMs,
      clearedMs: null,
      valueV: null,
      limitV: null,
    })),
    customers: transformers.reduce((sum, t) => sum + t.customers, 0),
    importantCustomers: transformers.reduce((sum, t) => sum + t.importantCustomers, 0),
  };
}
