import { describe, expect, it } from 'vitest';
import type { ReadinessRun } from '../../../server/core/forecast/run.ts';
import { zoneOffset } from '../../../server/core/localTime.ts';
import { tellMissed, tellOf, type MorningDigestDeps } from '../../../server/pipeline/plan/morningDigest.ts';
import { runOf } from '../../fixtures/readiness.ts';
import { TODAY, tonightReport } from '../../core/incident/tonightReports.ts';
import { MINUTE_MS, START_MS } from '../../core/timeline.ts';

const run = (fields: Partial<ReadinessRun> = {}): ReadinessRun =>
  runOf('r', { kind: 'tonight', originDay: TODAY - 1, report: tonightReport(), ...fields });

/** What is told, of the runs that are kept; newest first. */
async function told(work: (deps: MorningDigestDeps) => Promise<void>, runs: readonly ReadinessRun[] = []) {
  const reports: unknown[] = [];
  const list = async ({ kind, state, limit }: { kind?: string; state?: string; limit: number }) =>
    runs.filter((one) => one.kind === kind && one.state === state).slice(0, limit);
  await work({
    clock: { nowMs: () => START_MS + 30 * MINUTE_MS },
    offset: zoneOffset('UTC'),
    database: { readiness: { list } } as unknown as MorningDigestDeps['database'],
    tell: async (report) => void reports.push(report),
  });
  return reports;
}

describe('the digest of a run', () => {
  it('is told of one of the next three days that is done', async () => {
    expect(await told((deps) => tellOf(run(), deps))).toEqual([tonightReport()]);
    for (const other of [run({ kind: 'forecast' }), run({ state: 'failed', report: null })]) {
      expect(await told((deps) => tellOf(other, deps))).toEqual([]);
    }
  });

  it('is told of what an earlier version found', async () => {
    const { originDay, items, unknown } = tonightReport();
    const earlier = run({ report: { originDay, items, unknown } });
    expect(await told((deps) => tellOf(earlier, deps))).toEqual([
      { originDay, items, unknown, weather: [], unusedForecasts: [] },
    ]);
  });

  it('is told after a start of what was found this morning, and of nothing older', async () => {
    expect(await told(tellMissed, [run({ state: 'failed' }), run()])).toEqual([tonightReport()]);
    expect(await told(tellMissed, [run({ originDay: TODAY - 2 }), run()])).toEqual([]);
    expect(await told(tellMissed)).toEqual([]);
  });
});
