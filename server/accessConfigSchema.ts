import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ROLES } from './core/access.ts';

/** The part of `peakvolt.yaml` that says who may come in. */

const names = z.array(z.string().min(1).max(200)).max(1_000);

const oidcSchema = z.strictObject({
  /** As the provider writes it itself; `/.well-known/openid-configuration` is asked below it. */
  issuer: z.url({ protocol: /^https?$/ }),
  clientId: z.string().min(1),
  /** The environment (OIDC_CLIENT_SECRET) or a file is the place for it; absent: a public client, by PKCE alone. */
  clientSecret: z.string().min(1).optional(),
  clientSecretFile: z.string().min(1).optional(),
  /** What the button says after "Log in with". */
  label: z.string().trim().min(1).max(60).optional(),
  scopes: names.default(['openid', 'profile', 'email']),
  /** `known`: those whom an administrator added; `create`: whoever fits is added at the first login. */
  users: z.enum(['known', 'create']).default('known'),
  loginClaim: z.string().min(1).default('email'),
  nameClaim: z.string().min(1).default('name'),
  emailDomains: z.array(z.string().toLowerCase().min(1)).max(100).default([]),
  roleClaim: z.string().min(1).optional(),
  roles: z.partialRecord(z.enum(ROLES), names).default({}),
  defaultRole: z.enum(ROLES).optional(),
  areasClaim: z.string().min(1).optional(),
  areas: z.record(z.string(), names).optional(),
  acr: names.default([]),
  /** At least this often the password is asked for at the provider; our session ends then. */
  maxAgeS: z.number().int().min(60).max(604_800).optional(),
  timeoutS: z.number().min(1).max(60).default(10),
});

export const accessConfigShape = {
  auth: z
    .strictObject({
      /** Stands for the owner of the data folder (PEAKVOLT_TOKEN); absent: a new one at each start, left in the folder. */
      ownerToken: z.string().min(32, 'at least 32 characters are expected').optional(),
      /** Single sign-on by OpenID Connect; absent: there is none. */
      oidc: oidcSchema.optional(),
    })
    .prefault({}),
};

type Oidc = z.infer<typeof oidcSchema>;

/** Faults between the keys of `auth.oidc`, and with the address of the pages. */
export function oidcFaults(
  oidc: Oidc,
  { publicUrl, onLoopback }: { publicUrl: string | undefined; onLoopback: boolean },
): string[] {
  const faults: string[] = [];
  const { protocol, hostname } = new URL(oidc.issuer);
  if (protocol === 'http:' && !['127.0.0.1', '[::1]', 'localhost'].includes(hostname)) {
    faults.push('auth.oidc.issuer: https is expected; http only for a provider on this machine');
  }
  if (publicUrl === undefined && !onLoopback) {
    faults.push('auth.oidc: http.publicUrl is expected, the provider sends people back to it');
  }
  if (!oidc.scopes.includes('openid')) faults.push('auth.oidc.scopes: openid is expected among them');
  if (oidc.clientSecret !== undefined && oidc.clientSecretFile !== undefined) {
    faults.push('auth.oidc: clientSecret and clientSecretFile exclude each other');
  }
  if (oidc.roleClaim === undefined && Object.keys(oidc.roles).length > 0) {
    faults.push('auth.oidc: roles need roleClaim');
  }
  if (oidc.roleClaim !== undefined && Object.keys(oidc.roles).length === 0) {
    faults.push('auth.oidc: roleClaim needs roles');
  }
  if (oidc.areasClaim === undefined && oidc.areas !== undefined) {
    faults.push('auth.oidc: areas need areasClaim');
  }
  return faults;
}

/** The secret, from where it is kept; or why it cannot be read. */
export function clientSecretOf(oidc: Oidc): { secret: string | undefined } | { fault: string } {
  if (oidc.clientSecretFile === undefined) return { secret: oidc.clientSecret };
  try {
    const secret = readFileSync(oidc.clientSecretFile, 'utf8').trim();
    return secret === '' ? { fault: 'auth.oidc.clientSecretFile: the file is empty' } : { secret };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return { fault: `auth.oidc.clientSecretFile: cannot be read (${code})` };
  }
}
