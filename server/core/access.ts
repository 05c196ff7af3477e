/** Who asks, and what of the grid they may see. */

/** From least to most: each may do what the one before may. */
export const ROLES = ['viewer', 'on-call', 'planner', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** The person or program behind a request. */
export interface Principal {
  /** User or token id; `local` where the demo signs in by itself. */
  id: string;
  name: string;
  role: Role;
  /** Areas in sight; null: all of them. */
  areaIds: readonly string[] | null;
  via: 'session' | 'token' | 'local';
}

/** Whether the role reaches at least as far as the other. */
export function reaches(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** Whether an area is in sight. */
export function seesArea(principal: Pick<Principal, 'areaIds'>, areaId: string): boolean {
  return principal.areaIds === null || principal.areaIds.includes(areaId);
}
