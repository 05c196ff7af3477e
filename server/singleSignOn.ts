import { randomBytes } from 'node:crypto';
import { createOidcProvider } from './adapters/oidc.ts';
import type { Config } from './config.ts';
import type { SsoRules } from './core/sso.ts';
import type { HttpSso } from './http/deps.ts';
import type { AccessParts, SignIn } from './pipeline/access/signIn.ts';
import { SingleSignOn } from './pipeline/access/singleSignOn.ts';
import type { Logger } from './ports.ts';

type OidcConfig = NonNullable<Config['auth']['oidc']>;

/** Single sign-on as it is configured; the provider is not asked for anything yet. */
export function openSso(
  config: Pick<Config, 'auth'>,
  { access, signIn, log }: { access: AccessParts; signIn: SignIn; log: Logger },
): HttpSso | null {
  const { oidc } = config.auth;
  if (oidc === undefined) return null;
  const provider = createOidcProvider({ ...oidc, log, nowMs: () => access.clock.nowMs() });
  const signOn = new SingleSignOn({
    provider,
    rules: rulesOf(oidc),
    creates: oidc.users === 'create',
    maxAgeMs: oidc.maxAgeS === undefined ? null : oidc.maxAgeS * 1_000,
    access,
    signIn,
    log,
  });
  return { signOn, label: oidc.label ?? null, cookieKey: randomBytes(32).toString('base64url') };
}

function rulesOf(oidc: OidcConfig): SsoRules {
  const { roleClaim, defaultRole, areasClaim, areas } = oidc;
  return {
    ...oidc,
    roleClaim: roleClaim ?? null,
    defaultRole: defaultRole ?? null,
    areasClaim: areasClaim ?? null,
    areas: areas ?? null,
  };
}
