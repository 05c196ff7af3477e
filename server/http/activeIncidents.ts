import type { Principal } from '../core/access.ts';
import type { Incident } from '../core/incident/incident.ts';
import { seesIncident } from './incidentView.ts';

/** The unresolved incidents page by page, from what alerting holds in memory: true counts, and the most urgent first. */

export interface ActiveQuery {
  transformerId?: string | undefined;
  /** Only those that something suppresses, or only the others. */
  suppressed?: boolean | undefined;
  cursor?: string | undefined;
  limit: number;
}

export interface ActiveCounts {
  active: number;
  /** Of them, those that nobody has acknowledged and nothing suppresses; tests do not count. */
  waiting: number;
  suppressed: number;
}

const SEVERITY_RANK = { severe: 0, serious: 1, mild: 2 } as const;
/** Smaller is more urgent: waiting, severity, homes, then the oldest; the id decides the rest. */
type Rank = readonly [waits: number, severity: number, homes: number, startedMs: number, id: string];

export function activePage(
  active: readonly Incident[],
  scope: Pick<Principal, 'areaIds'>,
  { transformerId, suppressed, cursor, limit }: ActiveQuery,
): { items: Incident[]; cursor: string | null; counts: ActiveCounts } {
  const seen = active.filter((incident) => seesIncident(scope, incident));
  const after = cursor === undefined ? null : rankAt(cursor);
  const ranked = seen
    .filter((incident) => suppressed === undefined || isSuppressed(incident) === suppressed)
    .filter(
      ({ members }) => transformerId === undefined || members.some((m) => m.transformerId === transformerId),
    )
    .map((incident) => ({ incident, rank: rankOf(incident) }))
    .toSorted((one, other) => compare(one.rank, other.rank))
    .filter(({ rank }) => after === null || compare(rank, after) > 0);
  const page = ranked.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ incident }) => incident),
    cursor: ranked.length > page.length && last !== undefined ? cursorAt(last.rank) : null,
    counts: {
      active: seen.length,
      waiting: seen.filter((incident) => isWaiting(incident) && !incident.isTest).length,
      suppressed: seen.filter(isSuppressed).length,
    },
  };
}

/** Incidents that something suppresses, by its id. */
export function heldBy(active: readonly Incident[], id: string): Incident[] {
  return active.filter(({ suppressions }) => suppressions.some((suppression) => suppression.id === id));
}

/** That no route matches is a fault of the settings, not a wish. */
function isSuppressed({ suppressions }: Incident): boolean {
  return suppressions.some(({ kind }) => kind !== 'no-route');
}

function isWaiting(incident: Incident): boolean {
  return incident.state === 'open' && !isSuppressed(incident);
}

function rankOf(incident: Incident): Rank {
  const { severity, customers, startedMs, id } = incident;
  return [isWaiting(incident) ? 0 : 1, SEVERITY_RANK[severity], -customers, startedMs, id];
}

function compare(one: Rank, other: Rank): number {
  for (let i = 0; i < one.length; i++) {
    if (one[i]! < other[i]!) return -1;
    if (one[i]! > other[i]!) return 1;
  }
  return 0;
}

function cursorAt(rank: Rank): string {
  return Buffer.from(JSON.stringify(rank)).toString('base64url');
}

/** A cursor that we did not write points behind everything. */
function rankAt(cursor: string): Rank {
  const [waits, severity, homes, startedMs, id] = parsed(Buffer.from(cursor, 'base64url').toString());
  const isOurs = [waits, severity, homes, startedMs].every((part) => typeof part === 'number');
  return isOurs && typeof id === 'string'
    ? ([waits, severity, homes, startedMs, id] as Rank)
    : [Infinity, 0, 0, 0, ''];
}

function parsed(text: string): unknown[] {
  try {
    const value = JSON.parse(text) as unknown;
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
