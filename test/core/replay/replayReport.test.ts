import { expect, it } from 'vitest';
import { zoneOffset } from '../../../server/core/localTime.ts';
import type { Episode } from '../../../server/core/replay/episode.ts';
import { replayReport } from '../../../server/core/replay/replayReport.ts';
import { MINUTE_MS, START_MS } from '../timeline.ts';

const HOUR_MS = 60 * MINUTE_MS;
const SPAN = { fromMs: START_MS, toMs: START_MS + 48 * HOUR_MS };
const FEEDERS: Record<string, string> = { T1: 'F1', T2: 'F1', T3: 'F2' };
const GROUND = { feederOf: (id: string) => FEEDERS[id], offset: zoneOffset('UTC') };

function episode(
  transformerId: string,
  from: number,
  to: number | null,
  over: Partial<Episode> = {},
): Episode {
  return {
    transformerId,
    point: 'outlet',
    condition: 'under-voltage',
    phase: 'a',
    severity: 'mild',
    fromMs: START_MS + from * MINUTE_MS,
    toMs: to === null ? null : START_MS + to * MINUTE_MS,
    worstV: 195,
    limitV: 198,
    ...over,
  };
}

const report = (...episodes: Episode[]) => replayReport(episodes, SPAN, GROUND);

it('makes one incident of what begins together on a feeder, and tells the worst of it', () => {
  const { list, incidents, pages, digested } = report(
    episode('T2', 40, 200, { severity: 'serious', worstV: 182, limitV: 187 }),
    episode('T1', 0, 120),
    episode('T3', 10, 100),
  );
  expect(
    list.map(({ feederId, transformerIds, severity, worstV, pages: told }) => [
      feederId,
      transformerIds,
      severity,
      worstV,
      told,
    ]),
  ).toEqual([
    ['F1', ['T1', 'T2'], 'serious', 182, true],
    ['F2', ['T3'], 'mild', 195, false],
  ]);
  expect([incidents, pages, digested]).toEqual([2, 1, 1]);
});

it('opens another when the next begins later, and the same again when it comes straight back', () => {
  expect(report(episode('T1', 0, 300), episode('T2', 90, 300)).incidents).toBe(2);
  expect(report(episode('T1', 0, 100), episode('T1', 110, 200)).incidents).toBe(1);
  expect(report(episode('T1', 0, 100), episode('T1', 116, 200)).incidents).toBe(2);
});

it('keeps high, low and lost supply apart; a lost phase is a lost supply', () => {
  const dark = { severity: 'severe', worstV: null, limitV: 22 } as const;
  const { list } = report(
    episode('T1', 0, 100),
    episode('T1', 0, 100, { condition: 'over-voltage', phase: 'b' }),
    episode('T1', 0, 100, { ...dark, condition: 'outage', phase: null }),
    episode('T2', 5, 100, { ...dark, condition: 'phase-loss' }),
  );
  expect(
    list.map(({ condition, transformerIds, pages }) => [condition, transformerIds.length, pages]),
  ).toEqual([
    ['under-voltage', 1, false],
    ['over-voltage', 1, false],
    ['outage', 2, true],
  ]);
});

it('takes a low line end for the matter of its transformer, not of the feeder', () => {
  const tail = { point: 'tail-1' };
  const { list } = report(
    episode('T1', 0, 100, tail),
    episode('T2', 5, 100, tail),
    episode('T2', 10, 100),
    episode('T1', 200, 300),
    episode('T2', 210, 300, tail),
  );
  expect(list.map(({ transformerIds, episodes }) => [transformerIds, episodes])).toEqual([
    [['T1'], 1],
    [['T2'], 2],
    [['T1'], 1],
    [['T2'], 1],
  ]);
});

it('groups nothing of transformers without a feeder', () => {
  expect(report(episode('X1', 0, 100), episode('X2', 0, 100)).incidents).toBe(2);
});

it('counts by local day of the span, empty days too, and ranks the transformers', () => {
  const { days, transformers } = report(
    episode('T1', 0, 100),
    episode('T1', 1500, null, { worstV: 190 }),
    episode('T3', 1500, 1560),
  );
  expect(days.map(({ incidents, pages }) => [incidents, pages])).toEqual([
    [1, 0],
    [2, 0],
  ]);
  expect(transformers).toEqual([
    { transformerId: 'T1', incidents: 2, episodes: 2, minutes: 100 + 2880 - 1500, worstV: 190 },
    { transformerId: 'T3', incidents: 1, episodes: 1, minutes: 60, worstV: 195 },
  ]);
});
