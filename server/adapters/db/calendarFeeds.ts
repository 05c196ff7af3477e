import type { CalendarFeed, CalendarFeedStore } from '../../ports.ts';
import type { AccessTables } from './accessTables.ts';
import type { Db } from './schema.ts';
import { storable } from './upsert.ts';

export function createCalendarFeeds(db: () => Db): CalendarFeedStore {
  return {
    async put({ id, userId, scheduleId, secretHash, createdMs, lastUsedMs }) {
      const row = { id, secret_hash: secretHash, created_ms: createdMs, last_used_ms: lastUsedMs };
      await db()
        .insertInto('calendar_feed')
        .values({ ...row, user_id: userId, schedule_id: storable(scheduleId) })
        .onConflict((conflict) => conflict.columns(['user_id', 'schedule_id']).doUpdateSet(row))
        .execute();
    },
    async bySecret(secretHash) {
      const row = await db()
        .selectFrom('calendar_feed')
        .selectAll()
        .where('secret_hash', '=', secretHash)
        .executeTakeFirst();
      return row === undefined ? null : feedOf(row);
    },
    async of(userId, scheduleId) {
      const row = await db()
        .selectFrom('calendar_feed')
        .selectAll()
        .where('user_id', '=', userId)
        .where('schedule_id', '=', storable(scheduleId))
        .executeTakeFirst();
      return row === undefined ? null : feedOf(row);
    },
    async used(id, nowMs) {
      await db().updateTable('calendar_feed').set({ last_used_ms: nowMs }).where('id', '=', id).execute();
    },
    async remove(userId, scheduleId) {
      const [removed] = await db()
        .deleteFrom('calendar_feed')
        .where('user_id', '=', userId)
        .where('schedule_id', '=', storable(scheduleId))
        .execute();
      return Number(removed?.numDeletedRows ?? 0) > 0;
    },
  };
}

function feedOf(row: AccessTables['calendar_feed']): CalendarFeed {
  return {
    id: row.id,
    userId: row.user_id,
    scheduleId: row.schedule_id,
    createdMs: row.created_ms,
    lastUsedMs: row.last_used_ms,
  };
}
