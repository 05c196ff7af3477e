import { runLiveLoad } from './liveLoad.ts';
import type { BenchResult } from './main.ts';

/** P1: sustained ingest with detection, store and live push. */
export async function run(): Promise<BenchResult> {
  const { cores, sent, last, store, seconds, points } = await runLiveLoad();
  const { received, stored, duplicate, error } = last.status.conservation;
  const lost = sent - stored - duplicate;
  return {
    name: 'ingest',
    bars: [
      { id: 'P1', what: 'processor of our process', value: cores, unit: 'cores', bar: '≤1', met: cores <= 1 },
      {
        id: 'P1',
        what: 'readings lost',
        value: lost,
        unit: 'readings',
        bar: '0',
        met: lost === 0 && error === 0,
      },
    ],
    detail: { store, seconds, points, sent, received, stored, duplicate, memoryBytes: last.memoryBytes },
  };
}
