import { expect, it } from 'vitest';
import { MEAN_INTERVAL_MS } from '../../server/core/summary.ts';
import type { ReadingStore } from '../../server/ports.ts';
import { reading, T0 } from './readingStoreRows.ts';

const SPAN = { transformerId: 'T1', point: 'outlet', fromMs: T0, toMs: T0 + 86_400_000 };

/** What every store makes of a phase without supply beside living ones. */
export function deadPhaseContract(store: () => ReadingStore): void {
  it.each([
    ['from raw readings', 15 * 60_000, false],
    ['from 10-minute means', 30 * 60_000, true],
  ])('leaves a dead phase out of its means %s, and shows it as a minimum', async (_, stepMs, means) => {
    await store().writeReadings([
      reading({ tsMs: T0, uaV: 220, ubV: 0.4, ucV: NaN }),
      reading({ tsMs: T0 + MEAN_INTERVAL_MS, uaV: 220, ubV: 216, ucV: 218 }),
    ]);
    if (means) await store().recompute([SPAN]);
    const { uaV, ubV, ucV, ubMinV, ubMaxV } = await store().series(SPAN, stepMs);
    expect([uaV[0], ubV[0], ucV[0]].map((voltageV) => Math.round(voltageV! * 1e6) / 1e6)).toEqual([
      220, 216, 218,
    ]);
    expect([ubMinV[0]!.toFixed(3), ubMaxV[0]]).toEqual(['0.400', 216]);
  });
}
