import { profileOf, type SsoProfile, type SsoRules } from '../../core/sso.ts';
import type { Logger, SsoAttempt, SsoFailure, SsoIdentity, SsoProvider, UserRecord } from '../../ports.ts';
import type { AccessParts, SignIn, Visitor } from './signIn.ts';

/** For whom the role is set here: what they get at first. */
const FIRST_ROLE = 'viewer';

export type SsoRefusal =
  | SsoFailure
  /** The provider vouches for them, and they have no account here that is active. */
  | 'unknown'
  /** The rules let in others: another domain, group, area, or a stronger login. */
  | 'forbidden';

export type SsoOutcome = { kind: 'in'; token: string } | { kind: 'out'; why: SsoRefusal };

export interface SingleSignOnParts {
  provider: SsoProvider;
  rules: SsoRules;
  /** Whether someone who is not known yet becomes a user. */
  creates: boolean;
  /** A session ends at the latest this long after the login at the provider; null: as any other. */
  maxAgeMs: number | null;
  access: Pick<AccessParts, 'clock' | 'store' | 'newId'>;
  signIn: SignIn;
  log: Pick<Logger, 'info'>;
}

/** The second way to the same users: the provider says who someone is, the rules and the accounts here what they may. */
export class SingleSignOn {
  readonly #parts: SingleSignOnParts;

  constructor(parts: SingleSignOnParts) {
    this.#parts = parts;
  }

  begin(callbackUrl: string): ReturnType<SsoProvider['begin']> {
    return this.#parts.provider.begin(callbackUrl);
  }

  /** Takes the provider's answer; whoever it vouches for and who fits gets a new session. */
  async finish(attempt: SsoAttempt, answer: URL, visitor: Visitor): Promise<SsoOutcome> {
    const { provider, rules, signIn, log } = this.#parts;
    const outcome = await provider.finish(attempt, answer);
    if (outcome.kind === 'failed') return { kind: 'out', why: outcome.why };
    const { identity } = outcome;
    const judged = profileOf(identity.claims, rules);
    if (judged.kind === 'unfit') {
      log.info({ subject: identity.subject, reason: judged.reason }, 'single sign-on: not let in');
      await this.#refuse(null, judged.reason, visitor);
      return { kind: 'out', why: 'forbidden' };
    }
    const user = await this.#userFor(identity, judged.profile);
    if (user === null || user.disabled) {
      await this.#refuse(user, user === null ? 'unknown' : 'disabled', visitor);
      return { kind: 'out', why: 'unknown' };
    }
    const told = await this.#asTold(user, judged.profile);
    const { idToken } = identity;
    return {
      kind: 'in',
      token: await signIn.enter(told, visitor, { idToken, untilMs: this.#untilMs(identity) }),
    };
  }

  /** Where the login at the provider ends as well; null: the session is none of single sign-on, or there is no such place. */
  async logoutUrl(sessionId: string, returnUrl: string): Promise<string | null> {
    const idToken = await this.#parts.access.store.sessions.idTokenOf(sessionId);
    return idToken === null ? null : this.#parts.provider.logoutUrl(idToken, returnUrl);
  }

  #untilMs({ authenticatedMs }: SsoIdentity): number {
    const { maxAgeMs } = this.#parts;
    return maxAgeMs === null || authenticatedMs === null ? Infinity : authenticatedMs + maxAgeMs;
  }

  /** Known by issuer and subject; at the first login by the user name, if nobody else came by it. */
  async #userFor({ issuer, subject }: SsoIdentity, profile: SsoProfile): Promise<UserRecord | null> {
    const { users } = this.#parts.access.store;
    const ssoSubject = `${issuer} ${subject}`;
    const bound = await users.find({ ssoSubject });
    if (bound !== null) return bound;
    const named = await users.find({ login: profile.login });
    if (named === null) return this.#parts.creates ? this.#create(ssoSubject, profile) : null;
    // Whoever has this user name at the provider now is not who had it first.
    if (named.ssoSubject !== null) return null;
    if (named.disabled) return named;
    const change = { ssoSubject, linkHash: null, linkExpiresMs: null };
    await users.change(named.id, change);
    await this.#audit('user.bind', named, { subject: ssoSubject });
    return { ...named, ...change };
  }

  async #create(ssoSubject: string, { login, name, role, areas }: SsoProfile): Promise<UserRecord | null> {
    const { store, clock, newId } = this.#parts.access;
    const user: UserRecord = {
      id: newId(),
      login,
      name,
      role: role ?? FIRST_ROLE,
      areaIds: role === 'admin' ? null : (areas?.ids ?? null),
      disabled: false,
      createdMs: clock.nowMs(),
      passwordHash: null,
      linkHash: null,
      linkExpiresMs: null,
      ssoSubject,
    };
    // Of two first logins at once one adds the user, and the other finds it.
    if (!(await store.users.add(user))) return store.users.find({ ssoSubject });
    await this.#audit('user.add', user, { login, name, role: user.role, areaIds: user.areaIds });
    return user;
  }

  /** Role and areas as the provider tells them today, where it is the one to tell. */
  async #asTold(user: UserRecord, { role, areas }: SsoProfile): Promise<UserRecord> {
    const told = { role: role ?? user.role, areaIds: areas === null ? user.areaIds : areas.ids };
    if (told.role === 'admin') told.areaIds = null;
    const same = told.role === user.role && JSON.stringify(told.areaIds) === JSON.stringify(user.areaIds);
    if (same) return user;
    await this.#parts.access.store.users.change(user.id, told);
    await this.#audit('user.change', user, { login: user.login, ...told, by: 'sso' });
    return { ...user, ...told };
  }

  #refuse(user: UserRecord | null, reason: string, { address }: Visitor): Promise<void> {
    return this.#audit('session.refuse', user, { by: 'sso', reason, address });
  }

  async #audit(action: string, user: UserRecord | null, detail: Record<string, unknown>): Promise<void> {
    const { store, clock } = this.#parts.access;
    const actor = { id: user?.id ?? '', name: user?.name ?? '' };
    await store.audit.add({ actor, action, subject: actor.id, detail }, clock.nowMs());
  }
}
