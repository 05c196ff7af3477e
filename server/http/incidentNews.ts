import type { Incident } from '../core/incident/incident.ts';
import type { AlertDesk, Clock } from '../ports.ts';
import { seesIncident } from './incidentView.ts';

/** Changes are told twice a second at most: a storm is one event after the other, not a thousand. */
const TELL_MS = 500;
/** Changed incidents that one event names; beyond it, `more` says that the list is to be loaded again. */
const CHANGED_MAX = 200;

export type IncidentSource = Pick<AlertDesk, 'active' | 'onChange'>;
type AreaIds = readonly string[] | null;

/** What the pages hear of incidents: how many there are, and which to look at again. */
export interface IncidentNews {
  /** Not resolved, and of these not acknowledged; tests do not count. */
  open: number;
  unacknowledged: number;
  changed: { id: string; version: number }[];
  /** More changed than are named. */
  more: boolean;
}

/** Gathers changes and hands them over for each scope that is asked for; the result ends it. */
export function watchIncidents(
  source: IncidentSource,
  clock: Clock,
  tell: (newsFor: (areaIds: AreaIds) => IncidentNews) => void,
): () => void {
  const waiting = new Map<string, Incident>();
  let cancel: (() => void) | null = null;
  const unsubscribe = source.onChange((incidents) => {
    for (const incident of incidents) waiting.set(incident.id, incident);
    cancel ??= clock.after(TELL_MS, () => {
      cancel = null;
      const changed = [...waiting.values()];
      waiting.clear();
      tell((areaIds) => incidentNews(source, changed, areaIds));
    });
  });
  return () => {
    unsubscribe();
    cancel?.();
  };
}

export function incidentNews(
  source: Pick<IncidentSource, 'active'>,
  changed: readonly Incident[],
  areaIds: AreaIds,
): IncidentNews {
  const inSight = (incident: Incident): boolean => !incident.isTest && seesIncident({ areaIds }, incident);
  const active = source.active().filter(inSight);
  const mine = changed.filter(inSight);
  return {
    open: active.length,
    unacknowledged: active.filter(({ state }) => state === 'open').length,
    changed: mine.slice(0, CHANGED_MAX).map(({ id, version }) => ({ id, version })),
    more: mine.length > CHANGED_MAX,
  };
}
