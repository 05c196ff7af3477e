import { inScope, reaches, type Principal, type Role, type Scope } from '../core/access.ts';

/** Who may ask for a route: anyone at all, or a role; with `everywhere` only who sees all areas; of tokens, those with the scope. */
export type Right = 'anyone' | { role: Role; everywhere: boolean; scope: Scope };
type Written = 'anyone' | `${Role}${'' | '+'}${'' | ` ${Scope}`}`;

/**
 * Every route under `/api/v1` with the role that it needs; `+` after the role: for those only who see all areas. What is
 * not listed is refused (a test walks the OpenAPI document). A route that a viewer of one area may ask for shows them
 * nothing of another; scores and ranks of a run are of the whole grid, and say no count of it. Then the scope that a token needs, where {@link usualScope} would say another one.
 */
const RIGHTS = {
  'GET /openapi.json': 'anyone',
  'GET /auth/me': 'anyone',
  'POST /auth/login': 'anyone',
  'POST /auth/link': 'anyone',
  'POST /auth/welcome': 'anyone',
  'POST /auth/sso': 'anyone',
  'GET /auth/sso/callback': 'anyone',
  'POST /auth/logout': 'viewer',
  'POST /auth/password': 'viewer',
  'GET /auth/sessions': 'viewer',
  'DELETE /auth/sessions/{id}': 'viewer',
  'GET /users': 'admin',
  'POST /users': 'admin',
  'PATCH /users/{id}': 'admin',
  'POST /users/{id}/link': 'admin',
  'DELETE /users/{id}/sessions': 'admin',
  'DELETE /users/{id}/sso': 'admin',
  'GET /tokens': 'admin',
  'POST /tokens': 'admin',
  'DELETE /tokens/{id}': 'admin',
  'GET /audit': 'admin',
  'GET /audit/verify': 'admin',
  'GET /live': 'viewer',
  'GET /map': 'viewer',
  'GET /map/replay': 'viewer',
  'GET /map/qualification': 'viewer',
  'GET /map/readiness': 'viewer',
  'GET /map/tonight': 'viewer',
  'GET /areas': 'viewer',
  'GET /feeders': 'viewer',
  'GET /transformers': 'viewer',
  'POST /transformers': 'planner+ import',
  'GET /transformers/{id}': 'viewer',
  'GET /transformers/{id}/events': 'viewer',
  'GET /transformers/{id}/readings': 'viewer',
  'GET /transformers/{id}/readings.csv': 'viewer',
  'GET /transformers/{id}/compliance': 'viewer',
  'GET /transformers/{id}/forecast': 'viewer',
  'GET /incidents': 'viewer',
  'GET /incidents/{id}': 'viewer',
  'POST /incidents/{id}/acknowledge': 'on-call',
  'POST /incidents/{id}/assign': 'on-call',
  'POST /incidents/{id}/comment': 'on-call',
  'POST /incidents/{id}/snooze': 'on-call',
  'POST /incidents/{id}/unsnooze': 'on-call',
  'POST /incidents/{id}/resolve': 'on-call',
  'POST /incidents/{id}/merge': 'on-call',
  'POST /incidents/{id}/split': 'on-call',
  'GET /silences': 'viewer',
  'POST /silences': 'on-call',
  'PUT /silences/{id}': 'on-call',
  'DELETE /silences/{id}': 'on-call',
  'GET /outages': 'viewer',
  'POST /outages': 'planner',
  'PUT /outages/{id}': 'planner',
  'DELETE /outages/{id}': 'planner',
  'GET /schedules': 'viewer',
  'POST /schedules': 'admin+',
  'PUT /schedules/{id}': 'admin+',
  'DELETE /schedules/{id}': 'admin+',
  'GET /policies': 'viewer',
  'POST /policies': 'admin+',
  'PUT /policies/{id}': 'admin+',
  'DELETE /policies/{id}': 'admin+',
  'GET /routes': 'viewer',
  'POST /routes': 'admin+',
  'PUT /routes/{id}': 'admin+',
  'DELETE /routes/{id}': 'admin+',
  'GET /seasons': 'viewer',
  'POST /seasons': 'admin+',
  'PUT /seasons/{id}': 'admin+',
  'DELETE /seasons/{id}': 'admin+',
  'GET /contact-points': 'viewer',
  'POST /contact-points': 'on-call admin',
  'PUT /contact-points/{id}': 'on-call admin',
  'DELETE /contact-points/{id}': 'on-call admin',
  'POST /contact-points/{id}/test': 'on-call admin',
  'GET /contact-points/{id}/tests/{delivery}': 'on-call',
  'GET /schedules/{id}/on-call': 'viewer',
  'GET /schedules/{id}/shifts': 'viewer',
  'GET /schedules/{id}/calendar.ics': 'viewer',
  'GET /schedules/{id}/feed': 'viewer',
  'POST /schedules/{id}/feed': 'viewer',
  'DELETE /schedules/{id}/feed': 'viewer',
  // The address is the secret.
  'GET /calendars/{feed}': 'anyone',
  'GET /alerting': 'viewer',
  'GET /people': 'viewer',
  'PUT /people/{id}': 'on-call admin',
  'GET /system': 'viewer',
  'GET /config': 'admin',
  'GET /deadletters': 'planner+',
  'GET /deadletters/counts': 'planner+',
  'GET /deadletters/unknown': 'planner+',
  'POST /deadletters/replay': 'planner+ import',
  'POST /deadletters/{id}/replay': 'planner+ import',
  'POST /imports/{kind}': 'planner+ import',
  // Overrides name transformers of any area.
  'GET /rules': 'planner+',
  // Reckons over history and changes nothing.
  'POST /replays': 'planner read',
  'GET /readiness': 'viewer',
  'GET /tonight': 'viewer',
  // A run is of the whole grid.
  'POST /readiness': 'planner+',
  'GET /readiness/{runId}': 'viewer',
  'GET /readiness/{runId}/areas': 'viewer',
  'GET /readiness/{runId}/areas.csv': 'viewer',
  'GET /readiness/{runId}/transformers/{transformerId}': 'viewer',
  'GET /readiness/{runId}/ranking.csv': 'viewer',
  'GET /readiness/{runId}/ranking.xlsx': 'viewer',
  'GET /readiness/{runId}/budget': 'viewer',
  'GET /readiness/{runId}/budget-curve': 'viewer',
  'GET /readiness/{runId}/protection': 'viewer',
  'GET /backtests': 'viewer',
  'GET /measures': 'viewer',
  'POST /measures': 'planner',
  'PUT /measures/{id}': 'planner',
  'POST /measures/{id}/verify': 'planner',
  'POST /backups': 'admin',
} as const satisfies Readonly<Record<string, Written>>;

/** A route as the table names it. */
export type RouteName = keyof typeof RIGHTS;

const BASE = '/api/v1';

interface Rule {
  name: RouteName;
  method: string;
  pattern: RegExp;
  right: Right;
}

const rules: readonly Rule[] = Object.entries(RIGHTS).map(([route, needed]) => {
  const [method, path] = route.split(' ') as [string, string];
  const escaped = path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+');
  const pattern = new RegExp(`^${BASE}${escaped}$`);
  return { name: route as RouteName, method, pattern, right: rightFrom(needed, method) };
});

function rightFrom(written: Written, method: string): Right {
  if (written === 'anyone') return 'anyone';
  const [who, scope] = written.split(' ') as [`${Role}${'' | '+'}`, Scope?];
  const role = who.replace('+', '') as Role;
  return { role, everywhere: who.endsWith('+'), scope: scope ?? usualScope(method, role) };
}

/** The scope that tells apart what a role may change; every look is `read`. What viewers change is their own, and a token has nothing. */
function usualScope(method: string, role: Role): Scope {
  if (method === 'GET') return 'read';
  return ({ viewer: 'admin', 'on-call': 'incidents:act', planner: 'plan', admin: 'admin' } as const)[role];
}

/** Routes that someone may ask for; of what, the route itself decides. */
export function allowed(who: Pick<Principal, 'role' | 'areaIds' | 'scopes'>): RouteName[] {
  const may = (right: Right): boolean =>
    right === 'anyone' ||
    (reaches(who.role, right.role) &&
      (!right.everywhere || who.areaIds === null) &&
      inScope(who, right.scope));
  return rules.filter(({ right }) => may(right)).map(({ name }) => name);
}

/** What a request needs; null: there is no such route. Templates (`{id}`) count as a path. */
export function rightOf(method: string, path: string): Right | null {
  const asked = method === 'HEAD' ? 'GET' : method;
  return rules.find((rule) => rule.method === asked && rule.pattern.test(path))?.right ?? null;
}
