import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { HasherBusyError } from '../accessPorts.ts';
import type { PasswordHasher } from '../ports.ts';

/** OWASP's first choice for scrypt: N = 2^17, r = 8, p = 1, i.e. 128 MB and some tenths of a second a guess. */
const COST: Cost = { n: 2 ** 17, r: 8, p: 1 };
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Each takes its 128 MB: more at once would be a way to exhaust the machine. */
const AT_ONCE = 2;
const WAITING_MAX = 64;

interface Cost {
  n: number;
  r: number;
  p: number;
}

/** Passwords by scrypt, as `scrypt$n$r$p$salt$key`. `cost` is lowered by tests only. */
export function createPasswordHasher(cost: Cost = COST): PasswordHasher {
  const turn = turns(AT_ONCE, WAITING_MAX);
  const derive = (password: string, salt: Buffer, by: Cost): Promise<Buffer> =>
    turn(() => keyOf(password, salt, by));
  // Of a password that nobody knows: an unknown user costs what a known one does.
  const decoy = { salt: randomBytes(SALT_BYTES), key: randomBytes(KEY_BYTES), cost };
  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      const key = await derive(password, salt, cost);
      return ['scrypt', cost.n, cost.r, cost.p, salt.toString('base64'), key.toString('base64')].join('$');
    },
    async verify(password, hash) {
      const known = hash === null ? null : parse(hash);
      const { salt, key, cost: by } = known ?? decoy;
      const equal = timingSafeEqual(await derive(password, salt, by), key);
      return known !== null && equal;
    },
    isOutdated(hash) {
      const known = parse(hash);
      return known === null || known.cost.n < cost.n || known.cost.r < cost.r || known.cost.p < cost.p;
    },
  };
}

function parse(hash: string): { salt: Buffer; key: Buffer; cost: Cost } | null {
  const [name, n, r, p, salt, key] = hash.split('$');
  if (name !== 'scrypt' || salt === undefined || key === undefined) return null;
  const cost = { n: Number(n), r: Number(r), p: Number(p) };
  return { salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64'), cost };
}

function keyOf(password: string, salt: Buffer, { n, r, p }: Cost): Promise<Buffer> {
  // One text, one key, however the keyboard composed its letters.
  const text = password.normalize('NFC');
  return new Promise((resolve, reject) => {
    scrypt(text, salt, KEY_BYTES, { N: n, r, p, maxmem: 256 * n * r }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/** Runs at most `atOnce`; at most `waitingMax` more wait for their turn. */
function turns(atOnce: number, waitingMax: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(run: () => Promise<T>): Promise<T> => {
    if (running >= atOnce) {
      if (waiting.length >= waitingMax) throw new HasherBusyError();
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
