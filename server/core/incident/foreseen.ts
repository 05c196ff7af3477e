import type { Severity } from '../event.ts';
import type { Transformer } from '../grid.ts';
import { OUTLET_POINT } from '../reading.ts';
import { emptyIncident } from './emptyIncident.ts';
import { takeStep, type EscalationContext } from './escalate.ts';
import type { Incident } from './incident.ts';
import { routeOf } from './route.ts';

/** Who is told of what has not happened yet: those whom it would reach first if it did. */

export interface Foreseen {
  id: string;
  condition: 'outage' | 'under-voltage';
  fromMs: number;
  /** Where no transformer is registered that would say it. */
  feederId: string | null;
}

const SEVERITY: Severity = 'severe';

/**
 * User ids of the first step with somebody to tell of whichever policy the routes send it to; severe, so that routes from
 * some severity on have it too. `transformers` are of one area and feeder.
 */
export function firstTold(
  foreseen: Foreseen,
  transformers: readonly Transformer[],
  context: EscalationContext & { timeZone: string },
): string[] {
  const { settings, nowMs, timeZone } = context;
  const routed = routeOf(asIncident(foreseen, transformers), settings, nowMs, timeZone);
  if ('reason' in routed) return [];
  const start = { policyId: routed.policy.id, step: 0, round: 0, dueMs: nowMs };
  return takeStep(start, routed.policy, 1, context).userIds;
}

/** Transformers by area and feeder, as a cause would take them. */
export function byFeeder(transformers: readonly Transformer[]): Transformer[][] {
  return [...Map.groupBy(transformers, (t) => `${t.areaId}\n${t.feederId}`).values()];
}

function asIncident(
  { id, condition, fromMs, feederId }: Foreseen,
  transformers: readonly Transformer[],
): Incident {
  const [first] = transformers;
  return {
    ...emptyIncident(id, first?.org ?? '', fromMs, false),
    severity: SEVERITY,
    peakSeverity: SEVERITY,
    condition,
    feederId: first?.feederId ?? feederId,
    areaIds: first === undefined ? [] : [first.areaId],
    members: transformers.map((t) => ({
      transformerId: t.id,
      point: OUTLET_POINT,
      condition,
      phase: null,
      severity: SEVERITY,
      sinceMs: fromMs,
      clearedMs: null,
      valueV: null,
      limitV: null,
    })),
    customers: transformers.reduce((sum, t) => sum + t.customers, 0),
    importantCustomers: transformers.reduce((sum, t) => sum + t.importantCustomers, 0),
  };
}
