import type { Principal, Role, Scope } from '../../core/access.ts';
import type { AuditFact } from '../../core/audit.ts';
import type { ApiToken, User, UserRecord } from '../../ports.ts';
import { plainLogin, publicUser, secretHash, TOKEN_PREFIX, type AccessParts } from './signIn.ts';

/** A link that lies about is a way in. */
const LINK_MS = 24 * 3_600_000;
const FIRST_LOGIN = 'admin';

/** Who does it. */
export type Actor = AuditFact['actor'];

export interface UserDraft {
  login: string;
  name: string;
  role: Role;
  areaIds: readonly string[] | null;
}

export interface TokenDraft {
  name: string;
  role: Role;
  areaIds: readonly string[] | null;
  scopes: readonly Scope[];
  expiresMs: number;
}

export type UserChange = Partial<Pick<User, 'name' | 'role' | 'areaIds' | 'disabled'>>;

export type ChangeOutcome =
  | { kind: 'done'; user: User }
  | { kind: 'not-found' }
  /** Nobody would be left to let anyone in. */
  | { kind: 'last-admin' };

/** Users and API tokens, as administrators manage them; every change is in the audit. */
export class Accounts {
  readonly #parts: AccessParts;

  constructor(parts: AccessParts) {
    this.#parts = parts;
  }

  async users(): Promise<(User & { hasPassword: boolean; sso: boolean })[]> {
    const users = await this.#parts.store.users.list();
    return users.map((user) => ({
      ...publicUser(user),
      hasPassword: user.passwordHash !== null || user.ssoSubject !== null,
      sso: user.ssoSubject !== null,
    }));
  }

  /** Whether someone can come in and let others in. */
  async hasAdmin(): Promise<boolean> {
    return (await this.#admins()).length > 0;
  }

  /** The one-time link of the first administrator, made anew; null when there is one already. */
  async firstLink(): Promise<string | null> {
    if (await this.hasAdmin()) return null;
    const { users } = this.#parts.store;
    const actor = { id: '', name: 'first start' };
    const known = await users.find({ login: FIRST_LOGIN });
    if (known === null) {
      const draft = { login: FIRST_LOGIN, name: FIRST_LOGIN, role: 'admin', areaIds: null } as const;
      const made = await this.addUser(draft, actor);
      return made?.link ?? null;
    }
    await users.change(known.id, { role: 'admin', areaIds: null, disabled: false });
    return this.newLink(known.id, actor);
  }

  /** The new user and the link by which they set their password; null when the login is taken. */
  async addUser(draft: UserDraft, actor: Actor): Promise<{ user: User; link: string } | null> {
    const { store, clock, newId, newSecret } = this.#parts;
    const link = newSecret();
    const user: UserRecord = {
      ...draft,
      id: newId(),
      login: plainLogin(draft.login),
      areaIds: draft.role === 'admin' ? null : draft.areaIds,
      disabled: false,
      createdMs: clock.nowMs(),
      passwordHash: null,
      linkHash: secretHash(link),
      linkExpiresMs: clock.nowMs() + LINK_MS,
      ssoSubject: null,
    };
    if (!(await store.users.add(user))) return null;
    const { login, name, role, areaIds } = user;
    await this.#audit('user.add', user.id, { login, name, role, areaIds }, actor);
    return { user: publicUser(user), link };
  }

  /** A new one-time link, e.g. after a forgotten password; the one before is void. Null: no such user. */
  async newLink(userId: string, actor: Actor): Promise<string | null> {
    const { store, clock, newSecret } = this.#parts;
    const link = newSecret();
    const change = { linkHash: secretHash(link), linkExpiresMs: clock.nowMs() + LINK_MS };
    if (!(await store.users.change(userId, change))) return null;
    await this.#audit('user.link', userId, {}, actor);
    return link;
  }

  /** Sessions of a disabled user end at once; a role or scope holds from the next request on. */
  async changeUser(id: string, change: UserChange, actor: Actor): Promise<ChangeOutcome> {
    const { users, sessions } = this.#parts.store;
    const known = await users.find({ id });
    if (known === null) return { kind: 'not-found' };
    const after = { ...known, ...change };
    if (after.role === 'admin') after.areaIds = null;
    if (canAdminister(known) && !canAdminister(after) && (await this.#admins()).length === 1) {
      return { kind: 'last-admin' };
    }
    const { name, role, areaIds, disabled } = after;
    const voided = disabled ? { linkHash: null, linkExpiresMs: null } : {};
    await users.change(id, { name, role, areaIds, disabled, ...voided });
    if (disabled) await sessions.endAll(id, null);
    await this.#audit('user.change', id, { login: known.login, ...change }, actor);
    return { kind: 'done', user: publicUser(after) };
  }

  /** Takes single sign-on from a user, e.g. when the provider knows them anew: the next login by their name ties it again. */
  async unbind(id: string, actor: Actor): Promise<ChangeOutcome> {
    const { users, sessions } = this.#parts.store;
    const known = await users.find({ id });
    if (known === null || known.ssoSubject === null) return { kind: 'not-found' };
    const after = { ...known, ssoSubject: null };
    if (canAdminister(known) && !canAdminister(after) && (await this.#admins()).length === 1) {
      return { kind: 'last-admin' };
    }
    await users.change(id, { ssoSubject: null });
    await sessions.endAll(id, null);
    await this.#audit('user.unbind', id, { login: known.login }, actor);
    return { kind: 'done', user: publicUser(after) };
  }

  tokens(): Promise<ApiToken[]> {
    return this.#parts.store.tokens.list();
  }

  /** The token and its secret, which is told this once. */
  async addToken(draft: TokenDraft, actor: Actor): Promise<{ token: ApiToken; secret: string }> {
    const { store, clock, newId, newSecret } = this.#parts;
    const secret = `${TOKEN_PREFIX}${newSecret()}`;
    const token: ApiToken = {
      ...draft,
      areaIds: draft.role === 'admin' ? null : draft.areaIds,
      id: newId(),
      createdBy: actor.name,
      createdMs: clock.nowMs(),
      lastUsedMs: null,
      revokedMs: null,
    };
    await store.tokens.add({ ...token, tokenHash: secretHash(secret) });
    const { name, role, areaIds, scopes, expiresMs } = token;
    await this.#audit('token.add', token.id, { name, role, areaIds, scopes, expiresMs }, actor);
    return { token, secret };
  }

  /** False: there is none, or it was revoked before. */
  async revokeToken(id: string, actor: Actor): Promise<boolean> {
    const revoked = await this.#parts.store.tokens.revoke(id, this.#parts.clock.nowMs());
    if (revoked) await this.#audit('token.revoke', id, {}, actor);
    return revoked;
  }

  async #admins(): Promise<UserRecord[]> {
    return (await this.#parts.store.users.list()).filter(canAdminister);
  }

  async #audit(
    action: string,
    subject: string,
    detail: AuditFact['detail'],
    { id, name }: Actor,
  ): Promise<void> {
    await this.#parts.store.audit.add(
      { actor: { id, name }, action, subject, detail },
      this.#parts.clock.nowMs(),
    );
  }
}

function canAdminister(user: UserRecord): boolean {
  return user.role === 'admin' && !user.disabled && (user.passwordHash !== null || user.ssoSubject !== null);
}

/** Who acts, as the audit names them. */
export function actorOf({ id, name }: Pick<Principal, 'id' | 'name'>): Actor {
  return { id, name };
}
