import { describe, expect, it } from 'vitest';
import type { FittedPhysics, TransformerForecast } from '../../../server/core/forecast/forecast.ts';
import type { Transformer } from '../../../server/core/grid.ts';
import { MEASURE_SETTINGS, measurePlan } from '../../../server/core/measures/catalogue.ts';
import { chooseMeasure, chooseWithPairs, pairsFor } from '../../../server/core/measures/choose.ts';
import { kindsOf } from '../../../server/core/measures/combine.ts';
import { findingSentence } from '../../../server/core/measures/findingWords.ts';
import { transformer } from '../timeline.ts';
import { forecastOf, quantilesAround, rerunOf } from './forecasts.ts';

const NAMEPLATE = {
  capacityKva: 200,
  tapPosition: 3,
  tapStepPct: 2.5,
  tapCount: 5,
  customers: 10,
  lvRadiusM: 600,
  ukPct: 4,
};

const UNEVEN: Partial<FittedPhysics> = { phaseShare: [0.6, 0.2, 0.2], unbalancePct: 67, ownDropV: 22 };
const LONG_LINE: Partial<FittedPhysics> = { lineMeasured: true, lineDropV: 20 };

function tried(
  over: Partial<TransformerForecast>,
  physics: Partial<FittedPhysics>,
  nameplate: Partial<Transformer> = {},
) {
  const t = transformer('T1', { ...NAMEPLATE, ...nameplate });
  const forecast = forecastOf('T1', { highestV: 222, ...over }, physics);
  const input = { transformer: t, forecast, lowPu: 0.9, highPu: 1.07, settings: MEASURE_SETTINGS };
  const plan = measurePlan(t, forecast);
  const rerun = rerunOf(forecast);
  const after = plan.candidates.map(({ change }) => rerun(change));
  const alone = chooseMeasure(input, plan, after);
  const pairs = pairsFor(input, plan, alone);
  const afterPairs = pairs.map(({ change }) => rerun(change));
  return { alone, pairs, choice: chooseWithPairs(input, plan, after, pairs, afterPairs) };
}

describe('pairs of measures', () => {
  it.each<[string, string, Partial<TransformerForecast>, Partial<FittedPhysics>, Partial<Transformer>]>([
    [
      'tap+rebalance',
      'a step and even phases',
      { minHourV: quantilesAround(189) },
      UNEVEN,
      { tapPosition: 4 },
    ],
    [
      'tap+reconductor',
      'a step and a line',
      { minHourV: quantilesAround(186) },
      LONG_LINE,
      { tapPosition: 4 },
    ],
    [
      'rebalance+capacity',
      'even phases and a larger unit, no tap left',
      { minHourV: quantilesAround(185), peakLoadPct: { p50: 140, p90: 155 } },
      UNEVEN,
      { tapPosition: 5 },
    ],
  ])('%s: %s', (kinds, _, over, physics, nameplate) => {
    const { alone, choice } = tried(over, physics, nameplate);
    expect(alone.recommended).toBeNull();
    const chosen = choice.measures[choice.recommended!]!;
    expect(kindsOf(chosen).join('+')).toBe(kinds);
    expect(chosen.after.pLow).toBeLessThanOrEqual(0.1);
    // The cost is that of both, and no cheaper one suffices.
    const single = (kind: string) => alone.measures.findLast((one) => one.kind === kind)!;
    const cheapest = choice.measures.filter(({ suffices }) => suffices).map(({ cost }) => cost);
    expect(chosen.cost).toBe(Math.min(...cheapest));
    expect(chosen.cost).toBe(
      single(chosen.kind).cost + alone.measures.find(({ cost }) => cost === chosen.second!.cost)!.cost,
    );
    expect(choice.notes[0]).toMatchObject({ code: 'pair-needed', values: { tried: alone.measures.length } });
    expect(findingSentence(choice.notes[0]!, 'zh-CN')).toContain('两项');
    const costs = choice.measures.map(({ cost }) => cost);
    expect(costs).toEqual(costs.toSorted((a, b) => a - b));
  });

  it('are not tried where one measure suffices, or none could be', () => {
    expect(tried({ minHourV: quantilesAround(196) }, {}).pairs).toEqual([]);
    const t = transformer('T1', NAMEPLATE);
    const forecast = { ...forecastOf('T1'), physics: null };
    const input = { transformer: t, forecast, lowPu: 0.9, highPu: 1.07 };
    const plan = measurePlan(t, forecast);
    expect(pairsFor(input, plan, chooseMeasure(input, plan, []))).toEqual([]);
  });

  it('raise no tap over the limit at night, alone or with another measure', () => {
    const over = { minHourV: quantilesAround(189), highestV: 231 };
    const { alone, choice } = tried(over, LONG_LINE);
    expect(alone.measures.filter(({ kind }) => kind === 'tap').every(({ suffices }) => !suffices)).toBe(true);
    expect(kindsOf(choice.measures[choice.recommended!]!)).toEqual(['capacity', 'reconductor']);
    const pairs = choice.measures.filter(({ second }) => second !== undefined);
    expect(pairs.length).toBeGreaterThan(0);
    expect(pairs.flatMap(kindsOf)).not.toContain('tap');
  });

  it('take the highest tap that the nights allow', () => {
    const over = { minHourV: quantilesAround(180), highestV: 226 };
    const { choice } = tried(over, LONG_LINE, { tapPosition: 2, customers: 100 });
    const taps = choice.measures.filter(({ kind, second }) => kind === 'tap' && second !== undefined);
    expect(taps.length).toBeGreaterThan(0);
    // Two steps end at 237 V, one at 232 V.
    for (const { detail } of taps) expect(detail).toEqual({ from: 2, to: 3 });
  });

  it('leave the rise of capacitors out of the night, for they are off then', () => {
    const over = { minHourV: quantilesAround(189), highestV: 229, peakLoadPct: { p50: 110, p90: 120 } };
    const { choice } = tried(over, { powerFactor: 0.75 }, { tapPosition: 4 });
    const pair = choice.measures.find((one) => kindsOf(one).join('+') === 'tap+capacitors')!;
    expect(pair.after.highestV).toBeGreaterThan(235.4);
    expect(pair.notes.map(({ code }) => code)).not.toContain('over-voltage');
  });

  it('are few, and say what is the best that can be reached', () => {
    const over = { minHourV: quantilesAround(150), peakLoadPct: { p50: 180, p90: 200 } };
    const { alone, pairs, choice } = tried(
      over,
      { ...UNEVEN, ...LONG_LINE, powerFactor: 0.8, feederDropV: 15 },
      { customers: 100 },
    );
    expect(pairs).toHaveLength(1);
    expect(choice.recommended).toBeNull();
    const least = Math.min(...choice.measures.map(({ after }) => after.pLow));
    expect(choice.notes[0]).toEqual({
      code: 'no-pair-suffices',
      values: { tried: alone.measures.length, pairs: 1, pct: 100 * least },
    });
    expect(findingSentence(choice.notes[0]!, 'en')).toMatch(/nor does a pair of them \(1 tried\)/);
    const near = tried(
      { minHourV: quantilesAround(172), peakLoadPct: { p50: 180, p90: 200 } },
      { ...UNEVEN, ...LONG_LINE, powerFactor: 0.8, feederDropV: 15 },
      { customers: 100 },
    );
    expect(near.pairs.length).toBeLessThanOrEqual(9);
    expect(new Set(near.pairs.map((pair) => JSON.stringify(pair))).size).toBe(near.pairs.length);
  });
});
