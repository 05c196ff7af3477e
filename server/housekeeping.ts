import type { Config } from './config.ts';
import { PROOF_ID } from './core/proofEngine.ts';
import type { Clock, Database, Logger, ReadingStore } from './ports.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Keeps what is kept within its retention, once an hour. The result ends it. */
export function housekeeping(parts: {
  config: Pick<Config, 'retention'>;
  clock: Clock;
  log: Logger;
  store: Pick<ReadingStore, 'deleteBefore'>;
  database: Pick<Database, 'deadLetters' | 'events' | 'outbox' | 'incidents'>;
}): () => void {
  const { config, clock, log, store, database } = parts;
  let cancel = clock.after(HOUR_MS, sweep);
  let lastDay = Number.NaN;

  function sweep(): void {
    cancel = clock.after(HOUR_MS, sweep);
    void tidyUp().catch((error: unknown) =>
      log.warn({ err: error }, 'old data could not be removed; tried again in an hour'),
    );
  }

  async function tidyUp(): Promise<void> {
    const gone = await database.deadLetters.prune(config.retention.deadLettersMax);
    if (gone > 0)
      log.warn(
        { gone },
        'the oldest dead letters were removed: there are more than retention.deadLettersMax',
      );
    await database.outbox.pruneOf(PROOF_ID, clock.nowMs() - DAY_MS);
    const day = Math.floor(clock.nowMs() / DAY_MS);
    if (day === lastDay) return;
    await database.events.prune(clock.nowMs() - config.retention.eventsDays * DAY_MS);
    await database.incidents.prune(clock.nowMs() - config.retention.eventsDays * DAY_MS);
    await store.deleteBefore(clock.nowMs() - config.retention.readingsDays * DAY_MS);
    lastDay = day;
  }

  return () => cancel();
}
