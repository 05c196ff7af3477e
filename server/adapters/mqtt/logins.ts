import { createHash, timingSafeEqual } from 'node:crypto';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;

/** A host name or address that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Who may connect to the embedded broker. Passwords are held as digests. */
export class Logins {
  readonly haveUsers: boolean;
  readonly #digests: ReadonlyMap<string, Buffer>;
  readonly #allowAnonymous: boolean;

  /** `allowAnonymous` is by default true only where `host` is this machine. */
  constructor(options: {
    host: string;
    users?: Readonly<Record<string, string>> | undefined;
    allowAnonymous?: boolean | undefined;
  }) {
    const users = Object.entries(options.users ?? {});
    this.#digests = new Map(users.map(([user, password]) => [user, digest(password)]));
    this.haveUsers = users.length > 0;
    this.#allowAnonymous = options.allowAnonymous ?? isLoopback(options.host);
  }

  /** Where there are users, a client without a name must come from this machine. */
  admits(remoteAddress: string, user: string | undefined, password: Uint8Array | undefined): boolean {
    // Without a list of users a name is only a name.
    if (!this.haveUsers) return this.#allowAnonymous;
    if (user === undefined || user === '') return this.#allowAnonymous && isLoopback(remoteAddress);
    const known = this.#digests.get(user);
    // The same work for an unknown user: the time taken must not tell which names exist.
    const matches = timingSafeEqual(digest(password ?? ''), known ?? digest(''));
    return known !== undefined && matches;
  }
}

function digest(password: string | Uint8Array): Buffer {
  return createHash('sha256').update(password).digest();
}
