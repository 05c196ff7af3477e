/** Who asks, and what of the grid they may see. */

/** From least to most: each may do what the one before may. */
export const ROLES = ['viewer', 'on-call', 'planner', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/**
 * What an API token is bounded to beside its role: `read` whatever the role sees, act on incidents, plan (outages,
 * measures), import (registry, history, dead letters), administer.
 */
export const SCOPES = ['read', 'incidents:act', 'plan', 'import', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** User names as they may be given. */
export const LOGIN_PATTERN = /^[\p{L}\p{N}._@-]{2,80}$/u;

/** The person or program behind a request. */
export interface Principal {
  /** User or token id; `local` where the demo signs in by itself. */
  id: string;
  name: string;
  role: Role;
  /** Areas in sight; null: all of them. */
  areaIds: readonly string[] | null;
  via: 'session' | 'token' | 'local';
  /** Of an API token; absent: whatever the role may. */
  scopes?: readonly Scope[];
}

/** The owner of the data folder: at the demo's screen, or with the token that the service leaves in the folder. */
const LOCAL_ID = 'local';

export function localPrincipal(via: 'local' | 'token'): Principal {
  return { id: LOCAL_ID, name: LOCAL_ID, role: 'admin', areaIds: null, via };
}

/** Whether the role reaches at least as far as the other. */
export function reaches(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** Whether the scopes, where there are any, hold this one. */
export function inScope({ scopes }: Pick<Principal, 'scopes'>, needed: Scope): boolean {
  return scopes === undefined || scopes.includes(needed);
}

/** Whether an area is in sight. */
export function seesArea(principal: Pick<Principal, 'areaIds'>, areaId: string): boolean {
  return principal.areaIds === null || principal.areaIds.includes(areaId);
}

/** Why a password is not taken; null when it is. Composition is free (NIST SP 800-63B, ASVS 5.0 6.2). */
export type PasswordFault = 'too-short' | 'too-long' | 'common' | 'like-login';

export const PASSWORD_CHARS_MIN = 12;
export const PASSWORD_CHARS_MAX = 128;

/** Judges a password as it was typed: nothing is cut off, no case is changed. */
export function passwordFault(password: string, login: string): PasswordFault | null {
  const length = [...password].length;
  if (length < PASSWORD_CHARS_MIN) return 'too-short';
  if (length > PASSWORD_CHARS_MAX) return 'too-long';
  const plain = password.toLowerCase();
  if (COMMON_STEMS.has(plain.replace(/[^a-z]+/g, '')) || COMMON.has(plain) || isRun(plain)) return 'common';
  if (
    login.length >= 4 &&
    plain.replace(/[^\p{L}]+/gu, '') === login.toLowerCase().replace(/[^\p{L}]+/gu, '')
  )
    return 'like-login';
  return null;
}

/** Words that stay guessable whatever digits and signs stand around them. */
const COMMON_STEMS = new Set(
  (
    'password passwort passwd passw motdepasse contrasena mima admin administrator root letmein welcome login iloveyou ' +
    'woaini aini qwerty qwertyuiop qwertyuiopasdfghjkl asdfghjkl asdf zxcvbnm qazwsx qazwsxedc qwe abc abcd abcdef ' +
    'monkey dragon sunshine princess football baseball superman batman master shadow trustno changeme default secret ' +
    'temppassword newpassword mypassword passwordpassword adminadmin test testtest guest user peakvolt peakvoltadmin ' +
    'voltage transformer electric power state grid stategrid sgcc dianli dianya gongdian'
  ).split(' '),
);
/** Of the lists of leaked passwords, those of this length that no rule above finds. */
const COMMON = new Set(
  (
    '123456789012 1234567890123 12345678901234 123123123123 121212121212 112233445566 147258369147 147258369000 ' +
    '123654789987 159357159357 987654321098 987654321000 1q2w3e4r5t6y 1qaz2wsx3edc 1q2w3e4r5t6y7u zaq12wsxcde3 ' +
    'qwer1234asdf 1234qwerasdf q1w2e3r4t5y6 a1b2c3d4e5f6 a123456789012 aa123456789 1qazxsw23edc qweasdzxc123 ' +
    'p@ssw0rd1234 p@ssw0rd123! passw0rd1234 iloveyou1234 5201314520131 woaini5201314 woaini1314520 52013145201314'
  ).split(' '),
);

/** One sign over and over, or signs in a row. */
function isRun(text: string): boolean {
  const codes = [...text].map((sign) => sign.codePointAt(0)!);
  const steps = new Set(codes.slice(1).map((code, i) => code - codes[i]!));
  return steps.size === 1 && Math.abs([...steps][0]!) <= 1;
}
