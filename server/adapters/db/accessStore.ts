import type { AccessStore } from '../../ports.ts';
import { createAudit } from './audit.ts';
import { createCalendarFeeds } from './calendarFeeds.ts';
import type { Db } from './schema.ts';
import { createApiTokens, createLoginFailures, createSessions } from './sessions.ts';
import { createUsers } from './users.ts';

export function createAccessStore(db: () => Db): AccessStore {
  return {
    users: createUsers(db),
    sessions: createSessions(db),
    tokens: createApiTokens(db),
    feeds: createCalendarFeeds(db),
    failures: createLoginFailures(db),
    audit: createAudit(db),
  };
}
