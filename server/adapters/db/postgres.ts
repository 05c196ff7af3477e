import { PostgresDialect, type Dialect } from 'kysely';
import { Pool, types, type PoolConfig } from 'pg';
import type { Logger } from '../../ports.ts';

/** Connections of one process; the work is short transactions, and a server of 100 connections has ten such processes. */
const CONNECTIONS_MAX = 8;
const CONNECT_TIMEOUT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 60_000;
/** A server that hangs does not keep its own limit: then nobody waits longer than this. */
const SILENT_MS_MAX = 65_000;
const INT8_OID = 20;

/** A parsed `DATABASE_URL`, and the way to speak of it without its password. */
export interface PostgresTarget {
  config: PoolConfig;
  /** `host:port/database`. */
  shown: string;
  /** The text without any form of the password. */
  redact(text: string): string;
}

/**
 * Reads a `DATABASE_URL`. Throws with a sentence that shows no part of it, for a mistyped URL often has the password
 * where the host should be.
 */
export function postgresTarget(url: string): PostgresTarget {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const isPostgres = parsed?.protocol === 'postgres:' || parsed?.protocol === 'postgresql:';
  // `postgres://u:12#4@host/db` parses, with host `u` and port 12: then the @ is left outside of the user part.
  const passwordSpilled = parsed !== null && parsed.username === '' && url.includes('@');
  if (parsed === null || !isPostgres || passwordSpilled) {
    throw new Error(
      'DATABASE_URL is not a PostgreSQL address. Write postgresql://user:password@host:5432/database, ' +
        'with characters such as @ / : # % in the password percent-encoded.',
    );
  }
  const secrets = [parsed.password, decoded(parsed.password), parsed.searchParams.get('password') ?? '', url];
  const redact = (text: string): string =>
    secrets.filter((s) => s !== '').reduce((t, secret) => t.replaceAll(secret, '***'), text);
  const port = parsed.port === '' ? '5432' : parsed.port;
  return {
    config: { connectionString: url },
    shown: redact(`${decoded(parsed.hostname)}:${port}${parsed.pathname}`),
    redact,
  };
}

/** The Kysely dialect on a pool of its own. `bigint` arrives as number: every one of ours is below 2^53. */
export function postgresDialect(target: PostgresTarget, log: Logger, silentMsMax = SILENT_MS_MAX): Dialect {
  const pool = new Pool({
    ...target.config,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: silentMsMax,
    application_name: 'peakvolt',
    types: {
      getTypeParser: (oid, format) => (oid === INT8_OID ? Number : types.getTypeParser(oid, format)),
    },
  });
  // An idle connection that the server closes reports here; without a listener it would end the process.
  pool.on('error', (error) =>
    log.warn({ error: target.redact(error.message) }, 'PostgreSQL connection lost'),
  );
  return new PostgresDialect({
    pool: {
      options: pool.options,
      connect: () => pool.connect().catch((error: unknown) => refuse(target, error)),
      end: () => pool.end(),
    },
  });
}

function refuse(target: PostgresTarget, error: unknown): never {
  const text = error instanceof Error ? error.message || error.name : String(error);
  // AggregateError of a refused connection has an empty message; its code says what happened.
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  throw new Error(target.redact(`PostgreSQL at ${target.shown} did not answer: ${text}${code}`));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
