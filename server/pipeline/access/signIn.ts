import { createHash } from 'node:crypto';
import { passwordFault, type PasswordFault, type Principal } from '../../core/access.ts';
import type { AuditFact } from '../../core/audit.ts';
import type { AccessStore, Clock, PasswordHasher, Session, User, UserRecord } from '../../ports.ts';
import { LoginThrottle } from './throttle.ts';

/** A night watch does not log in twice. */
export const SESSION_IDLE_MS = 12 * 3_600_000;
/** Whatever is done: once a week one says who one is. */
export const SESSION_MS = 7 * 24 * 3_600_000;
/** "Seen" is written at most this often. */
const SEEN_MS = 60_000;
const AGENT_CHARS_MAX = 200;
/** Marks our tokens for people and for scanners of leaked secrets. */
export const TOKEN_PREFIX = 'pvt_';

export interface AccessParts {
  clock: Clock;
  store: AccessStore;
  hasher: PasswordHasher;
  /** 256 random bits as text. */
  newSecret(): string;
  newId(): string;
}

/** From where someone signs in. */
export interface Visitor {
  address: string;
  agent: string;
}

export type LoginOutcome =
  | { kind: 'in'; token: string; user: User }
  /** Wrong, unknown, disabled: it is not said which. */
  | { kind: 'refused' }
  | { kind: 'wait'; afterMs: number };

export type PasswordOutcome =
  { kind: 'in'; token: string; user: User } | { kind: 'refused' } | { kind: 'unfit'; fault: PasswordFault };

/** Someone known, with the session that says so. */
export interface SignedIn {
  principal: Principal;
  session: Session | null;
}

/** Passwords, one-time links and sessions. Secrets are handed out once and kept as SHA-256: they have 256 bits. */
export class SignIn {
  readonly #parts: AccessParts;
  readonly #throttle: LoginThrottle;

  constructor(parts: AccessParts) {
    this.#parts = parts;
    this.#throttle = new LoginThrottle(parts.store.failures);
  }

  async bySession(token: string): Promise<SignedIn | null> {
    const { store, clock } = this.#parts;
    const session = await store.sessions.byToken(secretHash(token));
    const nowMs = clock.nowMs();
    if (session === null || nowMs >= session.expiresMs || nowMs >= session.lastSeenMs + SESSION_IDLE_MS) {
      return null;
    }
    const user = await store.users.find({ id: session.userId });
    if (user === null || user.disabled) return null;
    if (nowMs - session.lastSeenMs >= SEEN_MS) await store.sessions.seen(session.id, nowMs);
    const { id, name, role, areaIds } = user;
    return { principal: { id, name, role, areaIds, via: 'session' }, session };
  }

  async byToken(secret: string): Promise<SignedIn | null> {
    if (!secret.startsWith(TOKEN_PREFIX)) return null;
    const { store, clock } = this.#parts;
    const token = await store.tokens.byToken(secretHash(secret));
    const nowMs = clock.nowMs();
    if (token === null || token.revokedMs !== null || nowMs >= token.expiresMs) return null;
    if (token.lastUsedMs === null || nowMs - token.lastUsedMs >= SEEN_MS) {
      await store.tokens.used(token.id, nowMs);
    }
    const { id, name, role, areaIds, scopes } = token;
    const principal: Principal = {
      id,
      name,
      role,
      areaIds,
      via: 'token',
      ...(scopes === null ? {} : { scopes }),
    };
    return { principal, session: null };
  }

  /** Starts a new session; one that the browser came with is left to end. */
  async login(login: string, password: string, visitor: Visitor): Promise<LoginOutcome> {
    const { store, hasher, clock } = this.#parts;
    const attempt = { login: plainLogin(login), address: visitor.address };
    const afterMs = await this.#throttle.begin(attempt, clock.nowMs());
    if (afterMs > 0) return { kind: 'wait', afterMs };
    const user = await store.users.find({ login: attempt.login });
    const hash = user === null || user.disabled ? null : user.passwordHash;
    if (!(await hasher.verify(password, hash)) || user === null) {
      // A password typed into the wrong field must not be kept: only names that exist are.
      await this.#audit('session.refuse', user, { address: visitor.address });
      return { kind: 'refused' };
    }
    await this.#throttle.succeeded(attempt);
    if (hash !== null && hasher.isOutdated(hash)) {
      await store.users.change(user.id, { passwordHash: await hasher.hash(password) });
    }
    return { kind: 'in', token: await this.#start(user, visitor, 'password'), user: publicUser(user) };
  }

  /** Someone whom single sign-on vouches for, until then at the latest. */
  async enter(
    user: UserRecord,
    visitor: Visitor,
    vouched: { idToken: string; untilMs: number },
  ): Promise<string> {
    return this.#start(user, visitor, 'sso', vouched);
  }

  /** Whose one-time link it is; null when it is used or over. */
  async linkOwner(link: string): Promise<User | null> {
    const user = await this.#parts.store.users.byLink(secretHash(link), this.#parts.clock.nowMs());
    return user === null ? null : publicUser(user);
  }

  /** Uses a one-time link up: sets the password, ends all sessions, starts one. */
  async useLink(link: string, password: string, visitor: Visitor): Promise<PasswordOutcome> {
    const { store, hasher, clock } = this.#parts;
    const owner = await store.users.byLink(secretHash(link), clock.nowMs());
    if (owner === null) return { kind: 'refused' };
    const fault = passwordFault(password, owner.login);
    if (fault !== null) return { kind: 'unfit', fault };
    const hash = await hasher.hash(password);
    const user = await store.users.useLink(secretHash(link), clock.nowMs(), hash);
    if (user === null) return { kind: 'refused' };
    await store.failures.clear(`account:${user.login}`);
    await this.#audit('password.set', user, { by: 'link', address: visitor.address });
    return this.#afresh(user, visitor);
  }

  /** Ends every session of the user and starts one afresh. */
  async changePassword(
    userId: string,
    { current, next }: { current: string; next: string },
    visitor: Visitor,
  ): Promise<PasswordOutcome | { kind: 'wait'; afterMs: number }> {
    const { store, hasher, clock } = this.#parts;
    const user = await store.users.find({ id: userId });
    if (user === null || user.disabled) return { kind: 'refused' };
    const attempt = { login: user.login, address: visitor.address };
    const afterMs = await this.#throttle.begin(attempt, clock.nowMs());
    if (afterMs > 0) return { kind: 'wait', afterMs };
    if (!(await hasher.verify(current, user.passwordHash))) {
      await this.#audit('password.refuse', user, { address: visitor.address });
      return { kind: 'refused' };
    }
    await this.#throttle.succeeded(attempt);
    const fault = passwordFault(next, user.login);
    if (fault !== null) return { kind: 'unfit', fault };
    await store.users.change(user.id, { passwordHash: await hasher.hash(next) });
    await this.#audit('password.set', user, { by: 'password', address: visitor.address });
    return this.#afresh(user, visitor);
  }

  async logout({ principal, session }: SignedIn): Promise<void> {
    if (session === null) return;
    await this.#parts.store.sessions.end(session.userId, session.id);
    await this.#audit('session.end', principal, {});
  }

  sessionsOf(userId: string): Promise<Session[]> {
    return this.#parts.store.sessions.of(userId);
  }

  /** False: it is none of theirs. */
  async endSession(principal: Pick<Principal, 'id' | 'name'>, id: string): Promise<boolean> {
    const ended = await this.#parts.store.sessions.end(principal.id, id);
    if (ended) await this.#audit('session.end', principal, { session: id });
    return ended;
  }

  /** Ends all sessions of someone, at an administrator's word. */
  async endAll(userId: string, actor: Pick<Principal, 'id' | 'name'>): Promise<void> {
    const { store, clock } = this.#parts;
    await store.sessions.endAll(userId, null);
    const { id, name } = actor;
    await store.audit.add(
      { actor: { id, name }, action: 'session.end', subject: userId, detail: { all: true } },
      clock.nowMs(),
    );
  }

  /** Of expired sessions and forgotten failures. */
  async prune(): Promise<void> {
    const nowMs = this.#parts.clock.nowMs();
    await this.#parts.store.sessions.prune(nowMs);
    await this.#throttle.prune(nowMs);
  }

  async #afresh(user: UserRecord, visitor: Visitor): Promise<PasswordOutcome> {
    await this.#parts.store.sessions.endAll(user.id, null);
    return { kind: 'in', token: await this.#start(user, visitor, 'password'), user: publicUser(user) };
  }

  async #start(
    user: UserRecord,
    { address, agent }: Visitor,
    by: 'password' | 'sso',
    { idToken, untilMs }: { idToken: string | null; untilMs: number } = { idToken: null, untilMs: Infinity },
  ): Promise<string> {
    const { store, clock, newSecret, newId } = this.#parts;
    await this.prune();
    const token = newSecret();
    const nowMs = clock.nowMs();
    await store.sessions.add({
      id: newId(),
      tokenHash: secretHash(token),
      userId: user.id,
      createdMs: nowMs,
      lastSeenMs: nowMs,
      expiresMs: Math.min(nowMs + SESSION_MS, untilMs),
      address,
      agent: agent.slice(0, AGENT_CHARS_MAX),
      idToken,
    });
    await this.#audit('session.start', user, { by, address });
    return token;
  }

  async #audit(
    action: string,
    who: { id: string; name: string } | null,
    detail: AuditFact['detail'],
  ): Promise<void> {
    const actor = who === null ? { id: '', name: '' } : { id: who.id, name: who.name };
    await this.#parts.store.audit.add(
      { actor, action, subject: actor.id, detail },
      this.#parts.clock.nowMs(),
    );
  }
}

/** Fit for secrets of 256 random bits, which cannot be guessed; never for passwords. */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export function plainLogin(login: string): string {
  return login.trim().toLowerCase();
}

/** Without anything that credentials are checked against. */
export function publicUser({ id, login, name, role, areaIds, disabled, createdMs }: UserRecord): User {
  return { id, login, name, role, areaIds, disabled, createdMs };
}
