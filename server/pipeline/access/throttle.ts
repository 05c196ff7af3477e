import type { LoginFailures } from '../../ports.ts';

/**
 * Guessing is slowed, nobody is locked out: after some failures each further try waits twice as long, up to a few
 * minutes, and an hour without a failure forgets all (ASVS 5.0 6.3.1).
 */
const LIMITS = {
  /** A person mistypes this often. */
  account: { free: 5, waitMsMax: 5 * 60_000 },
  /** One address may be a whole office. */
  address: { free: 30, waitMsMax: 15 * 60_000 },
} as const;
const FIRST_WAIT_MS = 1_000;
const FORGET_MS = 60 * 60_000;

export interface LoginTry {
  login: string;
  address: string;
}

export class LoginThrottle {
  readonly #failures: LoginFailures;

  constructor(failures: LoginFailures) {
    this.#failures = failures;
  }

  /** How long this try has to wait, ms; 0: go on. Counts it as failed until {@link succeeded}: many at once are many. */
  async begin(attempt: LoginTry, nowMs: number): Promise<number> {
    const keys = keysOf(attempt);
    const waits = await Promise.all(keys.map(([kind, key]) => this.#waitMs(kind, key, nowMs)));
    const waitMs = Math.max(...waits);
    if (waitMs > 0) return waitMs;
    for (const [, key] of keys) await this.#failures.add(key, nowMs, nowMs - FORGET_MS);
    return 0;
  }

  async succeeded(attempt: LoginTry): Promise<void> {
    const [[, account], [, address]] = keysOf(attempt);
    await this.#failures.clear(account);
    // Others behind the same address may be guessing: only this try is taken back.
    await this.#failures.undo(address);
  }

  prune(nowMs: number): Promise<void> {
    return this.#failures.prune(nowMs - FORGET_MS);
  }

  async #waitMs(kind: keyof typeof LIMITS, key: string, nowMs: number): Promise<number> {
    const known = await this.#failures.get(key);
    if (known === null || known.lastMs < nowMs - FORGET_MS) return 0;
    const { free, waitMsMax } = LIMITS[kind];
    if (known.failures < free) return 0;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (known.failures - free), waitMsMax);
    return Math.max(0, known.lastMs + waitMs - nowMs);
  }
}

function keysOf({ login, address }: LoginTry) {
  return [
    ['account', `account:${login}`],
    ['address', `address:${address}`],
  ] as const;
}
