import { describe, expect, it } from 'vitest';
import { MEAN_INTERVAL_MS } from '../../server/core/summary.ts';
import type { MeanColumns, MeanScan, ReadingStore } from '../../server/ports.ts';
import { DAY, HOUR, T0, day } from './readingStoreRows.ts';

const SPAN = { transformerId: 'T1', point: 'outlet', fromMs: T0, toMs: T0 + DAY };
const EVERYTHING = { fromMs: 0, toMs: Date.UTC(2100, 0) };

/** What every reading store gives when its means are read in bulk; part of the contract of stores. */
export function meanScanContract(store: () => ReadingStore): void {
  describe('scanning means', () => {
    const scanned = async (scan: Partial<MeanScan> = {}): Promise<MeanColumns[]> => {
      const seen: MeanColumns[] = [];
      await store().scanMeans({ ...EVERYTHING, onPoint: (columns) => seen.push(columns), ...scan });
      return seen.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
    };
    const keyOf = ({ transformerId, point }: MeanColumns): string => `${transformerId} ${point}`;
    const NAMES = ['uaV', 'ubV', 'ucV', 'uaMinV', 'ubMinV', 'ucMinV', 'flags'] as const;

    it('gives each point once and whole, in ascending time, as the means are', async () => {
      for (const transformerId of ['T1', 'T2', 'T3']) {
        await store().writeReadings(day().map((row) => ({ ...row, transformerId })));
      }
      await store().writeReadings(day().map((row) => ({ ...row, transformerId: 'T2', point: 'tail-1' })));
      await store().recomputeAll(0, T0 + 2 * DAY);
      const shares: number[] = [];
      const seen = await scanned({
        transformerIds: new Set(['T1', 'T2', 'T9']),
        onProgress: (share) => shares.push(share),
      });
      expect(seen.map(keyOf)).toEqual(['T1 outlet', 'T2 outlet', 'T2 tail-1']);
      expect(shares.at(-1)).toBe(1);
      const means = await store().means(SPAN);
      for (const columns of seen) {
        expect([...columns.tsMs]).toEqual(means.map(({ tsMs }) => tsMs));
        for (const name of NAMES) expect([...columns[name]]).toEqual(means.map((mean) => mean[name]));
      }
    });

    it('reads up to the end of the span; an ended scan rejects', async () => {
      await store().writeReadings(day());
      await store().recompute([SPAN]);
      const [columns] = await scanned({ fromMs: T0 + HOUR, toMs: T0 + 2 * HOUR });
      expect([columns!.tsMs[0], columns!.tsMs.at(-1)]).toEqual([T0 + HOUR, T0 + 2 * HOUR - MEAN_INTERVAL_MS]);
      expect(await scanned({ fromMs: 0, toMs: T0 })).toEqual([]);
      await expect(scanned({ signal: AbortSignal.abort(new Error('left')) })).rejects.toThrow('left');
    });
  });
}
