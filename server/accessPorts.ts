import type { Role, Scope } from './core/access.ts';
import type { AuditEntry, AuditFact, AuditVerdict } from './core/audit.ts';
import type { Claims } from './core/sso.ts';

/** Accounts as the program sees them; secrets are here only as hashes. Imported through ports.ts. */

export interface User {
  id: string;
  /** Lower case; what they type. */
  login: string;
  name: string;
  role: Role;
  /** Null: all areas. */
  areaIds: readonly string[] | null;
  disabled: boolean;
  createdMs: number;
}

/** A user with what their credentials are checked against. */
export interface UserRecord extends User {
  /** With the parameters that it was made by; null: no password yet, or single sign-on only. */
  passwordHash: string | null;
  /** SHA-256 of the one-time link in force. */
  linkHash: string | null;
  linkExpiresMs: number | null;
  /** `issuer subject` of single sign-on. */
  ssoSubject: string | null;
}

export interface Users {
  list(): Promise<UserRecord[]>;
  find(by: { id: string } | { login: string } | { ssoSubject: string }): Promise<UserRecord | null>;
  /** False: the login is taken. */
  add(user: UserRecord): Promise<boolean>;
  /** False: there is no such user. */
  change(id: string, change: Partial<Omit<UserRecord, 'id' | 'login' | 'createdMs'>>): Promise<boolean>;
  /** Whose link it is; null when it is unknown, used or over. */
  byLink(linkHash: string, nowMs: number): Promise<UserRecord | null>;
  /** Sets the password and takes the link away in one step: of two at once, one gets the user. */
  useLink(linkHash: string, nowMs: number, passwordHash: string): Promise<UserRecord | null>;
}

export interface Session {
  id: string;
  userId: string;
  createdMs: number;
  lastSeenMs: number;
  /** Whatever is done: it ends then. */
  expiresMs: number;
  address: string;
  agent: string;
}

export interface Sessions {
  /** `idToken`: what single sign-on began it with, to end it there as well. */
  add(session: Session & { tokenHash: string; idToken: string | null }): Promise<void>;
  idTokenOf(id: string): Promise<string | null>;
  byToken(tokenHash: string): Promise<Session | null>;
  seen(id: string, nowMs: number): Promise<void>;
  of(userId: string): Promise<Session[]>;
  /** Ends one of the user's; false when they have no such one. */
  end(userId: string, id: string): Promise<boolean>;
  /** Ends all of the user's but one. */
  endAll(userId: string, exceptId: string | null): Promise<void>;
  prune(nowMs: number): Promise<void>;
}

export interface ApiToken {
  id: string;
  name: string;
  role: Role;
  areaIds: readonly string[] | null;
  /** Null: whatever the role may, of tokens older than scopes. */
  scopes: readonly Scope[] | null;
  createdBy: string;
  createdMs: number;
  expiresMs: number;
  lastUsedMs: number | null;
  revokedMs: number | null;
}

export interface ApiTokens {
  add(token: ApiToken & { tokenHash: string }): Promise<void>;
  byToken(tokenHash: string): Promise<ApiToken | null>;
  list(): Promise<ApiToken[]>;
  used(id: string, nowMs: number): Promise<void>;
  /** False: there is none, or it was revoked before. */
  revoke(id: string, nowMs: number): Promise<boolean>;
}

/** A secret address by which one person's calendar program reads one rota. */
export interface CalendarFeed {
  id: string;
  userId: string;
  scheduleId: string;
  createdMs: number;
  lastUsedMs: number | null;
}

export interface CalendarFeedStore {
  /** One for each person and rota: takes the place of the one before. */
  put(feed: CalendarFeed & { secretHash: string }): Promise<void>;
  bySecret(secretHash: string): Promise<CalendarFeed | null>;
  of(userId: string, scheduleId: string): Promise<CalendarFeed | null>;
  used(id: string, nowMs: number): Promise<void>;
  /** False: there was none. */
  remove(userId: string, scheduleId: string): Promise<boolean>;
}

/** Failed logins by key (an account, an address); shared by all processes. */
export interface LoginFailures {
  get(key: string): Promise<{ failures: number; lastMs: number } | null>;
  /** Counts one more; forgets what is older than `forgetBeforeMs` first. */
  add(key: string, nowMs: number, forgetBeforeMs: number): Promise<void>;
  /** Takes one back: it was no failure. */
  undo(key: string): Promise<void>;
  clear(key: string): Promise<void>;
  prune(beforeMs: number): Promise<void>;
}

export interface AuditLog {
  /** Appends; there is no other way to write. */
  add(fact: AuditFact, tsMs: number): Promise<AuditEntry>;
  /** Newest first; `before` is the `seq` of the last one seen. */
  list(query: { before?: number; action?: string; limit: number }): Promise<AuditEntry[]>;
  /** Walks the whole chain. */
  verify(): Promise<AuditVerdict>;
}

export interface AccessStore {
  users: Users;
  sessions: Sessions;
  tokens: ApiTokens;
  feeds: CalendarFeedStore;
  failures: LoginFailures;
  audit: AuditLog;
}

/** A slow hash for passwords; its text carries its own parameters. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** With null: takes the same time and says no. */
  verify(password: string, hash: string | null): Promise<boolean>;
  /** Made with weaker parameters than today's. */
  isOutdated(hash: string): boolean;
}

/** Too many passwords wait to be checked already; the caller says "later". */
export class HasherBusyError extends Error {
  constructor() {
    super('too many passwords are being checked');
    this.name = 'HasherBusyError';
  }
}

/** One login at the provider, from the browser that began it; it alone may bring the answer. */
export interface SsoAttempt {
  state: string;
  nonce: string;
  verifier: string;
  /** Where the provider sends the browser back to; the same at the beginning and at the end. */
  callbackUrl: string;
}

/** Whom the provider vouches for. */
export interface SsoIdentity {
  issuer: string;
  subject: string;
  claims: Claims;
  /** When they last proved who they are; null: the provider does not say. */
  authenticatedMs: number | null;
  idToken: string;
}

export type SsoFailure =
  /** It does not answer, or not in time. */
  | 'away'
  /** It did not let them in, or they turned back. */
  | 'denied'
  /** The answer belongs to no login of this browser, or came too late or twice. */
  | 'stale'
  /** The answer does not hold, or the provider does not take us for its client. */
  | 'distrusted';

/** A provider of single sign-on. Never throws for what the provider does; says what it was. */
export interface SsoProvider {
  begin(
    callbackUrl: string,
  ): Promise<{ kind: 'begun'; url: string; attempt: SsoAttempt } | { kind: 'failed'; why: SsoFailure }>;
  /** `answer`: the address that the provider sent the browser to, with its query. */
  finish(
    attempt: SsoAttempt,
    answer: URL,
  ): Promise<{ kind: 'vouched'; identity: SsoIdentity } | { kind: 'failed'; why: SsoFailure }>;
  /** Where the login at the provider is ended; null: it offers no such place, or is away. */
  logoutUrl(idToken: string, returnUrl: string): Promise<string | null>;
}
