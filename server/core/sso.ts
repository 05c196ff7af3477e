import { LOGIN_PATTERN, reaches, ROLES, type Role } from './access.ts';

/** What a provider of single sign-on says of someone, by the names of the claims. */
export type Claims = Readonly<Record<string, unknown>>;

/** How claims are read; from `auth.oidc` of the configuration. */
export interface SsoRules {
  /** Whose value is the user name here. */
  loginClaim: string;
  nameClaim: string;
  /** Domains of e-mail addresses that are let in; empty: any. */
  emailDomains: readonly string[];
  /** Null: the role is set here, by an administrator. */
  roleClaim: string | null;
  /** Role → values of the claim that give it; the highest counts. */
  roles: Readonly<Partial<Record<Role, readonly string[]>>>;
  /** For whom no value gives a role; null: they are refused. */
  defaultRole: Role | null;
  /** Null: the areas are set here, by an administrator. */
  areasClaim: string | null;
  /** Value of the claim → areas, `*` for all; null: the values are ids of areas. */
  areas: Readonly<Record<string, readonly string[]>> | null;
  /** Ways of authentication (`acr`) of which one is expected; empty: any. */
  acr: readonly string[];
}

/** What the claims make of someone here; null: what an administrator set holds. */
export interface SsoProfile {
  login: string;
  name: string;
  role: Role | null;
  areas: { ids: readonly string[] | null } | null;
}

/** Why someone whom the provider vouches for is not let in. */
export type SsoUnfit =
  | 'login-missing'
  | 'login-unfit'
  | 'email-unverified'
  | 'email-domain'
  | 'no-role'
  | 'no-areas'
  | 'weak-authentication';

const ALL_AREAS = '*';
const NAME_CHARS_MAX = 120;

/** Judges claims by the rules; pure, so that every mapping is a test. */
export function profileOf(
  claims: Claims,
  rules: SsoRules,
): { kind: 'fit'; profile: SsoProfile } | { kind: 'unfit'; reason: SsoUnfit } {
  const unfit = (reason: SsoUnfit) => ({ kind: 'unfit', reason }) as const;
  if (rules.acr.length > 0 && !rules.acr.includes(textOf(claims, 'acr') ?? '')) {
    return unfit('weak-authentication');
  }
  const email = textOf(claims, 'email')?.toLowerCase() ?? null;
  // An address that nobody checked is what its owner typed, and they may have typed someone else's.
  const usesEmail = rules.loginClaim === 'email' || rules.emailDomains.length > 0;
  if (usesEmail && claims['email_verified'] !== true) return unfit('email-unverified');
  if (rules.emailDomains.length > 0 && !rules.emailDomains.includes(email?.split('@').at(-1) ?? '')) {
    return unfit('email-domain');
  }
  const login = textOf(claims, rules.loginClaim)?.trim().toLowerCase() ?? '';
  if (login === '') return unfit('login-missing');
  if (!LOGIN_PATTERN.test(login)) return unfit('login-unfit');
  const role = rules.roleClaim === null ? null : roleFrom(valuesOf(claims, rules.roleClaim), rules);
  if (rules.roleClaim !== null && role === null) return unfit('no-role');
  const areas = rules.areasClaim === null ? null : areasFrom(valuesOf(claims, rules.areasClaim), rules);
  if (areas !== null && areas.ids?.length === 0 && role !== 'admin') return unfit('no-areas');
  const name = textOf(claims, rules.nameClaim)?.trim().slice(0, NAME_CHARS_MAX) ?? '';
  return { kind: 'fit', profile: { login, name: name === '' ? login : name, role, areas } };
}

function roleFrom(values: readonly string[], { roles, defaultRole }: SsoRules): Role | null {
  return ROLES.reduce<Role | null>((highest, role) => {
    const given = roles[role]?.some((value) => values.includes(value)) === true;
    return given && (highest === null || reaches(role, highest)) ? role : highest;
  }, defaultRole);
}

function areasFrom(values: readonly string[], { areas }: SsoRules): { ids: readonly string[] | null } {
  const ids = values.flatMap((value) =>
    areas === null ? [value] : Object.hasOwn(areas, value) ? areas[value]! : [],
  );
  return { ids: ids.includes(ALL_AREAS) ? null : [...new Set(ids)] };
}

/** A claim by its name, or by a path of names with dots (`realm_access.roles`). */
function claimOf(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, key)
          ? (value as Claims)[key]
          : undefined,
      claims,
    );
}

function textOf(claims: Claims, path: string): string | null {
  const value = claimOf(claims, path);
  return typeof value === 'string' ? value : null;
}

function valuesOf(claims: Claims, path: string): string[] {
  const value = claimOf(claims, path);
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
