import { expect, it, vi } from 'vitest';
import { loadConfig } from '../server/config.ts';
import { housekeeping } from '../server/housekeeping.ts';
import { handClock, quietLog } from './http/deps.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 6, 1, 12);

function set() {
  const { clock, advance } = handClock(START_MS);
  const pruned: number[] = [];
  const deletedBefore: number[] = [];
  const kept: number[] = [];
  let faults = 0;
  const end = housekeeping({
    config: { retention: { ...loadConfig({ env: {} }).retention, readingsDays: 100, eventsDays: 10 } },
    clock,
    log: quietLog,
    store: {
      deleteBefore: async (tsMs) => {
        if (faults-- > 0) throw new Error('away');
        deletedBefore.push(tsMs);
      },
    },
    database: {
      deadLetters: { prune: async (keep: number) => kept.push(keep) * 0 },
      events: { prune: async (beforeMs: number) => pruned.push(beforeMs) * 0 },
      outbox: { pruneOf: async () => undefined },
      incidents: { prune: async () => 0 },
    } as unknown as Parameters<typeof housekeeping>[0]['database'],
  });
  const hours = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const before = kept.length;
      advance(HOUR_MS);
      await vi.waitFor(() => expect(kept.length).toBe(before + 1));
      await new Promise(setImmediate);
    }
  };
  return { end, advance, hours, pruned, deletedBefore, kept, fail: (times: number) => (faults = times) };
}

it('keeps dead letters within their number each hour, readings and events within their days once a day', async () => {
  const run = set();
  await run.hours(24);
  expect(run.kept).toHaveLength(24);
  const swept = [START_MS + HOUR_MS, START_MS + 12 * HOUR_MS];
  expect(run.deletedBefore).toEqual(swept.map((ms) => ms - 100 * DAY_MS));
  expect(run.pruned).toEqual(swept.map((ms) => ms - 10 * DAY_MS));
});

it('tries again in an hour what failed', async () => {
  const run = set();
  run.fail(2);
  await run.hours(3);
  expect(run.deletedBefore).toEqual([START_MS + 3 * HOUR_MS - 100 * DAY_MS]);
});

it('does nothing more once ended', async () => {
  const run = set();
  await run.hours(1);
  run.end();
  run.advance(48 * HOUR_MS);
  expect(run.kept).toHaveLength(1);
});
