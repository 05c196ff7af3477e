import { randomBytes } from 'node:crypto';
import { createPasswordHasher } from './adapters/passwordHash.ts';
import { newUuid7 } from './adapters/uuid7.ts';
import { isLoopbackHost, type Config } from './config.ts';
import { localPrincipal } from './core/access.ts';
import type { HttpAccess } from './http/deps.ts';
import { Accounts } from './pipeline/access/accounts.ts';
import { CalendarFeeds } from './pipeline/access/calendarFeeds.ts';
import { secretHash, SignIn, type AccessParts } from './pipeline/access/signIn.ts';
import type { Clock, Database, Logger } from './ports.ts';
import { openSso } from './singleSignOn.ts';

/** 256 random bits as text that a URL, a header and a cookie can hold. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What accounts are made of, over a started database. */
export function accessParts(database: Pick<Database, 'access'>, clock: Clock): AccessParts {
  return { clock, store: database.access, hasher: createPasswordHasher(), newSecret, newId: newUuid7 };
}

/** Who may come in: accounts, the owner of the data folder by its token, and in a demo on loopback whoever is here. */
export function openAccess(parts: {
  config: Config;
  clock: Clock;
  log: Logger;
  database: Pick<Database, 'access'>;
  simulated: boolean;
  ownerToken: string;
}): HttpAccess {
  const { config, clock, log, database, simulated, ownerToken } = parts;
  const access = accessParts(database, clock);
  const accounts = new Accounts(access);
  const signIn = new SignIn(access);
  const { publicUrl, metrics } = config.http;
  const signsInByItself = demoSignsIn(config, simulated);
  return {
    signIn,
    accounts,
    feeds: new CalendarFeeds(access),
    async unnamed() {
      return signsInByItself && !(await accounts.hasAdmin()) ? localPrincipal('local') : null;
    },
    ownerTokenHash: secretHash(ownerToken),
    publicOrigin: publicUrl === undefined ? null : new URL(publicUrl).origin,
    sso: openSso(config, { access, signIn, log }),
    metrics,
  };
}

/** Prints the one-time link of the first administrator, as long as there is none and one is needed. */
export async function offerFirstLink(
  access: HttpAccess,
  { config, url, log, simulated }: { config: Config; url: string; log: Logger; simulated: boolean },
): Promise<void> {
  if (demoSignsIn(config, simulated)) return;
  const link = await access.accounts.firstLink();
  if (link === null) return;
  const page = `${access.publicOrigin ?? url}/#/welcome/${link}`;
  log.warn(
    { open: page },
    'there is no administrator yet: open this address within 24 hours to become the first; it works once',
  );
}

/** Simulated data, seen from this machine only: nothing to keep from anyone. */
function demoSignsIn(config: Config, simulated: boolean): boolean {
  return simulated && isLoopbackHost(config.http.host) && config.http.allowedHosts.length === 0;
}
