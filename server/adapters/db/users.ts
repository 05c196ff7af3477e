import type { Role } from '../../core/access.ts';
import type { UserRecord, Users } from '../../ports.ts';
import type { AccountTable } from './accessTables.ts';
import type { Db } from './schema.ts';
import { storable } from './upsert.ts';

export function createUsers(db: () => Db): Users {
  return {
    async list() {
      return (await db().selectFrom('account').selectAll().orderBy('login').execute()).map(userOf);
    },
    async find(by) {
      const [column, value] =
        'id' in by
          ? (['id', by.id] as const)
          : 'login' in by
            ? (['login', by.login] as const)
            : (['sso_subject', by.ssoSubject] as const);
      const row = await db()
        .selectFrom('account')
        .selectAll()
        .where(column, '=', storable(value))
        .executeTakeFirst();
      return row === undefined ? null : userOf(row);
    },
    async add(user) {
      const [added] = await db()
        .insertInto('account')
        .values(rowOf(user))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return Number(added?.numInsertedOrUpdatedRows ?? 0) > 0;
    },
    async change(id, change) {
      const [changed] = await db()
        .updateTable('account')
        .set(columnsOf(change))
        .where('id', '=', storable(id))
        .execute();
      return Number(changed?.numUpdatedRows ?? 0) > 0;
    },
    async byLink(linkHash, nowMs) {
      const row = await db()
        .selectFrom('account')
        .selectAll()
        .where('link_hash', '=', linkHash)
        .where('link_expires_ms', '>', nowMs)
        .where('disabled', '=', 0)
        .executeTakeFirst();
      return row === undefined ? null : userOf(row);
    },
    async useLink(linkHash, nowMs, passwordHash) {
      const row = await db()
        .updateTable('account')
        .set({ password_hash: passwordHash, link_hash: null, link_expires_ms: null })
        .where('link_hash', '=', linkHash)
        .where('link_expires_ms', '>', nowMs)
        .where('disabled', '=', 0)
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? null : userOf(row);
    },
  };
}

/** Areas as they are kept: null for all. */
export function areasText(areaIds: readonly string[] | null): string | null {
  return areaIds === null ? null : JSON.stringify(areaIds);
}

export function areasOf(text: string | null): readonly string[] | null {
  return text === null ? null : (JSON.parse(text) as string[]);
}

function rowOf(user: UserRecord): AccountTable {
  return {
    id: user.id,
    login: storable(user.login),
    name: storable(user.name),
    role: user.role,
    area_ids: areasText(user.areaIds),
    disabled: user.disabled ? 1 : 0,
    created_ms: user.createdMs,
    password_hash: user.passwordHash,
    link_hash: user.linkHash,
    link_expires_ms: user.linkExpiresMs,
    sso_subject: user.ssoSubject,
  };
}

function columnsOf(change: Partial<UserRecord>): Partial<AccountTable> {
  return {
    ...(change.name === undefined ? {} : { name: storable(change.name) }),
    ...(change.role === undefined ? {} : { role: change.role }),
    ...(change.areaIds === undefined ? {} : { area_ids: areasText(change.areaIds) }),
    ...(change.disabled === undefined ? {} : { disabled: change.disabled ? 1 : 0 }),
    ...(change.passwordHash === undefined ? {} : { password_hash: change.passwordHash }),
    ...(change.linkHash === undefined ? {} : { link_hash: change.linkHash }),
    ...(change.linkExpiresMs === undefined ? {} : { link_expires_ms: change.linkExpiresMs }),
    ...(change.ssoSubject === undefined ? {} : { sso_subject: change.ssoSubject }),
  };
}

function userOf(row: AccountTable): UserRecord {
  return {
    id: row.id,
    login: row.login,
    name: row.name,
    role: row.role as Role,
    areaIds: areasOf(row.area_ids),
    disabled: row.disabled !== 0,
    createdMs: row.created_ms,
    passwordHash: row.password_hash,
    linkHash: row.link_hash,
    linkExpiresMs: row.link_expires_ms,
    ssoSubject: row.sso_subject,
  };
}
