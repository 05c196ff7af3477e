import { describe, expect, it } from 'vitest';
import type { FittedPhysics, TransformerForecast } from '../../../server/core/forecast/forecast.ts';
import type { Transformer } from '../../../server/core/grid.ts';
import { MEASURE_SETTINGS, measurePlan } from '../../../server/core/measures/catalogue.ts';
import { chooseMeasure } from '../../../server/core/measures/choose.ts';
import { MEASURE_COSTS, reconductorCost, standardKva } from '../../../server/core/measures/cost.ts';
import { MEASURE_KINDS } from '../../../server/core/measures/finding.ts';
import { findingSentence } from '../../../server/core/measures/findingWords.ts';
import { transformer } from '../timeline.ts';
import { forecastOf, quantilesAround, rerunOf } from './forecasts.ts';

const NAMEPLATE = {
  capacityKva: 200,
  tapPosition: 3,
  tapStepPct: 2.5,
  tapCount: 5,
  customers: 100,
  lvRadiusM: 600,
  ukPct: 4,
};

function choice(
  over: Partial<TransformerForecast>,
  physics: Partial<FittedPhysics> = {},
  nameplate: Partial<Transformer> = {},
) {
  const t = transformer('T1', { ...NAMEPLATE, ...nameplate });
  const forecast = forecastOf('T1', over, physics);
  const plan = measurePlan(t, forecast);
  const after = plan.candidates.map(({ change }) => rerunOf(forecast)(change));
  return chooseMeasure({ transformer: t, forecast, lowPu: 0.9, highPu: 1.07 }, plan, after);
}

const chosen = (found: ReturnType<typeof choice>) =>
  found.recommended === null ? null : found.measures[found.recommended]!;

describe('chooseMeasure', () => {
  it.each<[string, string, Partial<TransformerForecast>, Partial<FittedPhysics>, Partial<Transformer>]>([
    ['tap', 'one step is enough', { minHourV: quantilesAround(196) }, {}, {}],
    [
      'rebalance',
      'no tap left',
      { minHourV: quantilesAround(197) },
      { phaseShare: [0.6, 0.2, 0.2], unbalancePct: 67, ownDropV: 14 },
      { tapPosition: 5 },
    ],
    [
      'capacitors',
      'reactive load',
      { minHourV: quantilesAround(199) },
      { powerFactor: 0.75 },
      { tapPosition: 5, customers: 10 },
    ],
    [
      'reconductor',
      'a long line',
      { minHourV: quantilesAround(194) },
      { lineMeasured: true, lineDropV: 24 },
      { tapPosition: 5 },
    ],
    [
      'capacity',
      'overload',
      { peakLoadPct: { p50: 120, p90: 135 }, minHourV: quantilesAround(195) },
      { ownDropV: 16 },
      { tapPosition: 5, customers: 10 },
    ],
    [
      'new-point',
      'many customers far away',
      { minHourV: quantilesAround(188) },
      { ownDropV: 16, lineMeasured: true, lineDropV: 20 },
      { tapPosition: 5 },
    ],
    [
      'feeder',
      'a long feeder',
      { minHourV: quantilesAround(193) },
      { feederDropV: 20 },
      { tapPosition: 5, customers: 10 },
    ],
  ])('%s: %s', (kind, _, over, physics, nameplate) => {
    const measure = chosen(choice(over, physics, nameplate))!;
    expect(measure.kind).toBe(kind);
    expect(measure.after.pLow).toBeLessThanOrEqual(0.1);
    expect(measure.avoidedCustomerHours).toBeGreaterThan(0);
    expect(MEASURE_KINDS).toContain(measure.kind);
  });

  it('takes two steps where one is not enough, and lists the cheap before the dear', () => {
    const found = choice({ minHourV: quantilesAround(191), highestV: 222 });
    expect(chosen(found)).toMatchObject({ kind: 'tap', detail: { from: 3, to: 5 } });
    const costs = found.measures.map(({ cost }) => cost);
    expect(costs).toEqual(costs.toSorted((a, b) => a - b));
  });

  it('does not raise a tap into over-voltage at night', () => {
    const found = choice({ minHourV: quantilesAround(196), highestV: 232 });
    const tap = found.measures.find(({ kind }) => kind === 'tap')!;
    expect(tap.suffices).toBe(false);
    expect(tap.after.pLow).toBeLessThan(0.1);
    expect(tap.notes).toMatchObject([
      { code: 'over-voltage', values: { volts: 232 + 5.775, limitV: 235.4 } },
    ]);
    expect(chosen(found)?.kind).not.toBe('tap');
  });

  it('lets a night stay as high as it was', () => {
    const found = choice(
      { minHourV: quantilesAround(194), highestV: 237 },
      { lineMeasured: true, lineDropV: 24 },
      { tapPosition: 5 },
    );
    expect(chosen(found)?.kind).toBe('reconductor');
  });

  it('says so when none suffices', () => {
    const found = choice({ minHourV: quantilesAround(170) });
    expect(found.recommended).toBeNull();
    expect(found.notes[0]).toMatchObject({ code: 'none-suffices', values: { tried: found.measures.length } });
    expect(findingSentence(found.notes[0]!, 'en')).toContain('none of');
    // What is not certain is not said to be.
    const left = { code: 'risk-left', values: { pct: 99.95, limitPct: 10 } };
    expect(findingSentence(left, 'en')).toBe('a risk of >99 % is left (10 % would do)');
    expect(findingSentence(left, 'zh-CN')).toContain('剩余风险 >99%（');
  });

  it('says what it does not know: the tap, the line end', () => {
    const found = choice({ estimatedTailV: quantilesAround(186) }, {}, { tapPosition: null });
    expect(found.measures.map(({ kind }) => kind)).not.toContain('tap');
    expect(found.notes.map(({ code }) => code)).toContain('tap-unknown');
    expect(found.measures[0]!.notes.map(({ code }) => code)).toContain('line-not-measured');
    const highest = choice({}, {}, { tapPosition: 5 });
    expect(highest.notes.map(({ code }) => code)).toContain('tap-highest');
  });

  it('tries nothing without a model', () => {
    const forecast = { ...forecastOf('T1'), physics: null };
    const input = { transformer: transformer('T1', NAMEPLATE), forecast, lowPu: 0.9, highPu: 1.07 };
    expect(chooseMeasure(input, measurePlan(input.transformer, forecast), [])).toEqual({
      measures: [],
      recommended: null,
      notes: [],
    });
  });
});

describe('the catalogue', () => {
  it.each([
    [100, 60, [200, 315]],
    [100, 75, [200, 315]],
    [200, 110, [315, 400]],
    [200, 150, [630, 800]],
    [630, 120, []],
    [1000, 90, []],
  ])('%d kVA with a peak of %d %% becomes one of %j', (capacityKva, p50, sizes) => {
    const forecast = forecastOf('T1', { peakLoadPct: { p50, p90: p50 } });
    const { candidates } = measurePlan(transformer('T1', { ...NAMEPLATE, capacityKva }), forecast);
    const found = candidates.filter(({ kind }) => kind === 'capacity').map(({ detail }) => detail.toKva);
    expect(found).toEqual(sizes);
  });

  it('lowers the drop of a larger unit by its own table', () => {
    const forecast = forecastOf('T1', { peakLoadPct: { p50: 130, p90: 150 } });
    const { candidates } = measurePlan(transformer('T1', NAMEPLATE), forecast);
    const larger = candidates.find(({ kind }) => kind === 'capacity')!;
    expect(larger.detail).toMatchObject({ fromKva: 200, toKva: 400 });
    expect(larger.change.transformerScale).toBeGreaterThan(0.4);
    expect(larger.change.transformerScale).toBeLessThan(0.52);
  });

  it('sizes capacitors by the reactive load of the peak', () => {
    const forecast = forecastOf('T1', { peakLoadPct: { p50: 100, p90: 110 } }, { powerFactor: 0.8 });
    const { candidates } = measurePlan(transformer('T1', NAMEPLATE), forecast);
    // 160 kW from tan φ 0.75 to 0.203: 87.5 kvar.
    expect(candidates.find(({ kind }) => kind === 'capacitors')).toMatchObject({
      detail: { kvar: 90 },
      cost: 5_000 + 120 * 90,
    });
  });

  it('takes costs and thresholds from the settings', () => {
    const settings = { ...MEASURE_SETTINGS, costs: { ...MEASURE_COSTS, tap: 7, capacityByKva: { 1250: 9 } } };
    const forecast = forecastOf('T1', { peakLoadPct: { p50: 100, p90: 110 } });
    const { candidates } = measurePlan(transformer('T1', NAMEPLATE), forecast, settings);
    expect(candidates.slice(0, 3).map(({ cost }) => cost)).toEqual([7, 7, 9]);
    expect(standardKva(settings.costs)).toEqual([1250]);
    expect(reconductorCost(transformer('T1'), MEASURE_COSTS)).toBe(160 * 500);
  });
});
