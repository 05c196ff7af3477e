import { runLiveLoad } from './liveLoad.ts';
import type { BenchResult } from './main.ts';

/** P5: from arrival to detection, to the browser's delta, and to the store, at the load of P1. */
export async function run(): Promise<BenchResult> {
  const { samples, store, seconds, points } = await runLiveLoad();
  const detectionMs = Math.max(...samples.map((s) => s.status.detectionP99Ms ?? Infinity));
  // A delta carries all that was detected before it: the wait is at most the gap between two.
  const browserMs = detectionMs + Math.max(...samples.map((s) => s.deltaGapMsMax));
  const ages = samples.map((s) => s.status.spool.oldestAgeMs ?? 0).toSorted((a, b) => a - b);
  const queryableMs = ages[Math.ceil(ages.length * 0.99) - 1]!;
  return {
    name: 'latency',
    bars: [
      {
        id: 'P5',
        what: 'detection, p99',
        value: detectionMs,
        unit: 'ms',
        bar: '≤250',
        met: detectionMs <= 250,
      },
      {
        id: 'P5',
        what: 'browser, at most',
        value: browserMs,
        unit: 'ms',
        bar: '≤1500',
        met: browserMs <= 1_500,
      },
      {
        id: 'P5',
        what: 'queryable, p99',
        value: queryableMs,
        unit: 'ms',
        bar: '≤2000',
        met: queryableMs <= 2_000,
      },
    ],
    detail: { store, seconds, points, samples: samples.length },
  };
}
