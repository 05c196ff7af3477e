import type { Principal } from '../../core/access.ts';
import type { CalendarFeed } from '../../ports.ts';
import { secretHash, type AccessParts } from './signIn.ts';

/** "Used" is written at most this often: calendars ask every hour or so. */
const USED_MS = 60_000;

/** Secret addresses by which somebody's calendar program reads one rota; it cannot log in. */
export class CalendarFeeds {
  readonly #parts: Pick<AccessParts, 'clock' | 'store' | 'newSecret' | 'newId'>;

  constructor(parts: Pick<AccessParts, 'clock' | 'store' | 'newSecret' | 'newId'>) {
    this.#parts = parts;
  }

  standing(userId: string, scheduleId: string): Promise<CalendarFeed | null> {
    return this.#parts.store.feeds.of(userId, scheduleId);
  }

  /** The secret, which is told this once; the one before is void. */
  async make({ id: userId, name }: Pick<Principal, 'id' | 'name'>, scheduleId: string): Promise<string> {
    const { store, clock, newSecret, newId } = this.#parts;
    const secret = newSecret();
    const feed = { id: newId(), userId, scheduleId, createdMs: clock.nowMs(), lastUsedMs: null };
    await store.feeds.put({ ...feed, secretHash: secretHash(secret) });
    await this.#audit('feed.add', { id: userId, name }, scheduleId);
    return secret;
  }

  /** False: there was none. */
  async revoke({ id, name }: Pick<Principal, 'id' | 'name'>, scheduleId: string): Promise<boolean> {
    const revoked = await this.#parts.store.feeds.remove(id, scheduleId);
    if (revoked) await this.#audit('feed.revoke', { id, name }, scheduleId);
    return revoked;
  }

  /** Whose it is, with what they may see today, and which rota; null when it is void, or its owner is disabled. */
  async reader(secret: string): Promise<{ principal: Principal; scheduleId: string } | null> {
    const { store, clock } = this.#parts;
    const feed = await store.feeds.bySecret(secretHash(secret));
    const user = feed === null ? null : await store.users.find({ id: feed.userId });
    if (feed === null || user === null || user.disabled) return null;
    const nowMs = clock.nowMs();
    if (feed.lastUsedMs === null || nowMs - feed.lastUsedMs >= USED_MS)
      await store.feeds.used(feed.id, nowMs);
    const { id, name, role, areaIds } = user;
    const principal: Principal = { id, name, role, areaIds, via: 'token', scopes: ['read'] };
    return { principal, scheduleId: feed.scheduleId };
  }

  async #audit(action: string, actor: { id: string; name: string }, subject: string): Promise<void> {
    const { store, clock } = this.#parts;
    await store.audit.add({ actor, action, subject, detail: {} }, clock.nowMs());
  }
}
