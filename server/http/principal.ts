import type { Context } from 'hono';
import type { Principal } from '../core/access.ts';

const LOCAL: Principal = { id: 'local', name: 'local', role: 'admin', areaIds: null, via: 'local' };

/** Who asks. Nobody signs in yet, so whoever reaches the port is the administrator; only a test says otherwise. */
export function principalOf(c: Context): Principal {
  const bindings = c.env as { principal?: Principal } | undefined;
  return bindings?.principal ?? LOCAL;
}
