import type { Context } from 'hono';
import { reaches, type Principal, type Role } from '../core/access.ts';
import { HttpProblem } from './errors.ts';
import { principalOf } from './principal.ts';

/** Routes of alerting with the role that they need; what is not listed here is for every viewer. */
export const ALERT_RIGHTS = {
  'POST /incidents/{id}/acknowledge': 'on-call',
  'POST /incidents/{id}/assign': 'on-call',
  'POST /incidents/{id}/comment': 'on-call',
  'POST /incidents/{id}/snooze': 'on-call',
  'POST /incidents/{id}/unsnooze': 'on-call',
  'POST /incidents/{id}/resolve': 'on-call',
  'POST /incidents/{id}/merge': 'on-call',
  'POST /incidents/{id}/split': 'on-call',
} as const satisfies Record<string, Role>;

/** @throws HttpProblem 403 */
export function requireRight(c: Context, route: keyof typeof ALERT_RIGHTS): Principal {
  const principal = principalOf(c);
  const needed = ALERT_RIGHTS[route];
  if (reaches(principal.role, needed)) return principal;
  throw new HttpProblem(403, 'Not allowed', `This needs the role ${needed}; yours is ${principal.role}.`);
}
