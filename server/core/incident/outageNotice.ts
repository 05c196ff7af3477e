import type { GridModel, Transformer } from '../grid.ts';
import { isQuiet } from './announce.ts';
import type { OutageMessageKind } from './delivery.ts';
import type { EscalationContext } from './escalate.ts';
import { byFeeder, firstTold } from './foreseen.ts';
import type { Incident } from './incident.ts';
import type { OutageTransition } from './outages.ts';
import type { PlannedOutage } from './settings.ts';
import { isInside } from './suppress.ts';
import { severityRank } from './severity.ts';
import type { Severity } from '../event.ts';

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
  for (const userId of toldOf(marked, inside, context)) {
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

/** Whom an outage of these transformers would reach first, feeder by feeder and area by area. */
function toldOf(
  { id, fromMs, feederIds }: PlannedOutage,
  inside: readonly Transformer[],
  context: OutageNoticeContext,
): Set<string> {
  const foreseen = { id, condition: 'outage' as const, fromMs, feederId: feederIds[0] ?? null };
  const groups = inside.length === 0 ? [[]] : byFeeder(inside);
  return new Set(groups.flatMap((transformers) => firstTold(foreseen, transformers, context)));
}
