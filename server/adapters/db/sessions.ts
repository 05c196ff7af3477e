import type { Role, Scope } from '../../core/access.ts';
import type { ApiToken, ApiTokens, LoginFailures, Session, Sessions } from '../../ports.ts';
import type { AccessTables } from './accessTables.ts';
import type { Db } from './schema.ts';
import { areasOf, areasText } from './users.ts';
import { storable } from './upsert.ts';

/** Own sessions that are shown; more is a program that should have a token. */
const SESSIONS_SHOWN_MAX = 100;
const TOKENS_MAX = 1_000;

export function createSessions(db: () => Db): Sessions {
  return {
    async add({ id, tokenHash, userId, createdMs, lastSeenMs, expiresMs, address, agent, idToken }) {
      await db()
        .insertInto('session')
        .values({
          id,
          token_hash: tokenHash,
          user_id: userId,
          created_ms: createdMs,
          last_seen_ms: lastSeenMs,
          expires_ms: expiresMs,
          address: storable(address),
          agent: storable(agent),
          id_token: idToken,
        })
        .execute();
    },
    async byToken(tokenHash) {
      const row = await db()
        .selectFrom('session')
        .selectAll()
        .where('token_hash', '=', tokenHash)
        .executeTakeFirst();
      return row === undefined ? null : sessionOf(row);
    },
    async idTokenOf(id) {
      const row = await db()
        .selectFrom('session')
        .select('id_token')
        .where('id', '=', storable(id))
        .executeTakeFirst();
      return row?.id_token ?? null;
    },
    async seen(id, nowMs) {
      await db().updateTable('session').set({ last_seen_ms: nowMs }).where('id', '=', id).execute();
    },
    async of(userId) {
      const rows = await db()
        .selectFrom('session')
        .selectAll()
        .where('user_id', '=', userId)
        .orderBy('last_seen_ms', 'desc')
        .limit(SESSIONS_SHOWN_MAX)
        .execute();
      return rows.map(sessionOf);
    },
    async end(userId, id) {
      const [ended] = await db()
        .deleteFrom('session')
        .where('user_id', '=', userId)
        .where('id', '=', storable(id))
        .execute();
      return Number(ended?.numDeletedRows ?? 0) > 0;
    },
    async endAll(userId, exceptId) {
      await db()
        .deleteFrom('session')
        .where('user_id', '=', userId)
        .where('id', '!=', exceptId ?? '')
        .execute();
    },
    async prune(nowMs) {
      await db().deleteFrom('session').where('expires_ms', '<=', nowMs).execute();
    },
  };
}

function sessionOf(row: AccessTables['session']): Session {
  return {
    id: row.id,
    userId: row.user_id,
    createdMs: row.created_ms,
    lastSeenMs: row.last_seen_ms,
    expiresMs: row.expires_ms,
    address: row.address,
    agent: row.agent,
  };
}

export function createApiTokens(db: () => Db): ApiTokens {
  return {
    async add(token) {
      await db()
        .insertInto('api_token')
        .values({
          id: token.id,
          token_hash: token.tokenHash,
          name: storable(token.name),
          role: token.role,
          area_ids: areasText(token.areaIds),
          scopes: token.scopes === null ? null : token.scopes.join(' '),
          created_by: token.createdBy,
          created_ms: token.createdMs,
          expires_ms: token.expiresMs,
          last_used_ms: token.lastUsedMs,
          revoked_ms: token.revokedMs,
        })
        .execute();
    },
    async byToken(tokenHash) {
      const row = await db()
        .selectFrom('api_token')
        .selectAll()
        .where('token_hash', '=', tokenHash)
        .executeTakeFirst();
      return row === undefined ? null : tokenOf(row);
    },
    async list() {
      const rows = await db()
        .selectFrom('api_token')
        .selectAll()
        .orderBy('created_ms', 'desc')
        .orderBy('id')
        .limit(TOKENS_MAX)
        .execute();
      return rows.map(tokenOf);
    },
    async used(id, nowMs) {
      await db().updateTable('api_token').set({ last_used_ms: nowMs }).where('id', '=', id).execute();
    },
    async revoke(id, nowMs) {
      const [revoked] = await db()
        .updateTable('api_token')
        .set({ revoked_ms: nowMs })
        .where('id', '=', storable(id))
        .where('revoked_ms', 'is', null)
        .execute();
      return Number(revoked?.numUpdatedRows ?? 0) > 0;
    },
  };
}

function tokenOf(row: AccessTables['api_token']): ApiToken {
  return {
    id: row.id,
    name: row.name,
    role: row.role as Role,
    areaIds: areasOf(row.area_ids),
    scopes: row.scopes === null ? null : (row.scopes.split(' ') as Scope[]),
    createdBy: row.created_by,
    createdMs: row.created_ms,
    expiresMs: row.expires_ms,
    lastUsedMs: row.last_used_ms,
    revokedMs: row.revoked_ms,
  };
}

export function createLoginFailures(db: () => Db): LoginFailures {
  return {
    async get(key) {
      const row = await db()
        .selectFrom('login_failure')
        .selectAll()
        .where('key', '=', storable(key))
        .executeTakeFirst();
      return row === undefined ? null : { failures: row.failures, lastMs: row.last_ms };
    },
    async add(key, nowMs, forgetBeforeMs) {
      await db()
        .insertInto('login_failure')
        .values({ key: storable(key), failures: 1, last_ms: nowMs })
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet((eb) => ({
            failures: eb
              .case()
              .when('login_failure.last_ms', '<', forgetBeforeMs)
              .then(1)
              .else(eb('login_failure.failures', '+', 1))
              .end(),
            last_ms: nowMs,
          })),
        )
        .execute();
    },
    async undo(key) {
      await db()
        .updateTable('login_failure')
        .set((eb) => ({ failures: eb('failures', '-', 1) }))
        .where('key', '=', storable(key))
        .where('failures', '>', 0)
        .execute();
    },
    async clear(key) {
      await db().deleteFrom('login_failure').where('key', '=', storable(key)).execute();
    },
    async prune(beforeMs) {
      await db().deleteFrom('login_failure').where('last_ms', '<', beforeMs).execute();
    },
  };
}
