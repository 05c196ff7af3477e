import type { Incident } from './incident.ts';
import { matches } from './match.ts';
import type { AlertSettings, EscalationPolicy, PeakSeason, Route } from './settings.ts';
import { inSpan, offsetOf } from './wallTime.ts';

/** Whose an incident is: the first route in order that matches, as the season has it. */

export interface Routed {
  route: Route;
  /** The season's, where it has one in its stead. */
  policy: EscalationPolicy;
  /** Waits of escalation are multiplied by this. */
  waitFactor: number;
  /** It is gathered instead of being told by itself. */
  toDigest: boolean;
}

/** A route whose policy is gone is passed over: the next one tells rather than nobody. */
export type NotRouted = { reason: 'no-route' | 'policy-missing' };

export function routeOf(
  incident: Incident,
  settings: AlertSettings,
  nowMs: number,
  timeZone: string,
): Routed | NotRouted {
  const offset = offsetOf(timeZone);
  const season = seasonAt(settings.seasons, nowMs, timeZone);
  let reason: NotRouted['reason'] = 'no-route';
  for (const route of settings.routes.toSorted((a, b) => a.order - b.order)) {
    if (route.during !== undefined && !inSpan(route.during, nowMs, offset)) continue;
    if (!matches(route.match, incident)) continue;
    const policy = policyOf(route.policyId, settings, season);
    if (policy === null) {
      reason = 'policy-missing';
      continue;
    }
    const toDigest = route.mildToDigest && incident.severity === 'mild' && season?.tellMild !== true;
    return { route, policy, waitFactor: season?.waitFactor ?? 1, toDigest };
  }
  return { reason };
}

/** The season that holds on the local day, or null; one from November to February passes the new year. */
function seasonAt(seasons: readonly PeakSeason[], nowMs: number, timeZone: string): PeakSeason | null {
  const day = new Date(nowMs + offsetOf(timeZone)(nowMs))
    .toISOString()
    .slice('2026-'.length, '2026-07-01'.length);
  const holds = ({ fromDay, toDay }: PeakSeason): boolean =>
    fromDay <= toDay ? day >= fromDay && day <= toDay : day >= fromDay || day <= toDay;
  return seasons.find(holds) ?? null;
}

function policyOf(id: string, settings: AlertSettings, season: PeakSeason | null): EscalationPolicy | null {
  const find = (wanted: string | undefined) => settings.policies.find((policy) => policy.id === wanted);
  return find(season?.policyInstead[id]) ?? find(id) ?? null;
}
