import { describe, expect, it } from 'vitest';
import type { FittedPhysics, TransformerForecast } from '../../../server/core/forecast/forecast.ts';
import { findCause } from '../../../server/core/measures/cause.ts';
import { unbalanceDropV } from '../../../server/core/measures/signatures.ts';
import { findingSentence } from '../../../server/core/measures/findingWords.ts';
import { transformer } from '../timeline.ts';
import { forecastOf, quantilesAround } from './forecasts.ts';

const HEALTHY = ['ready', 'ready', 'watch', 'ready'] as const;
const SICK = ['at_risk', 'at_risk', 'at_risk', 'ready'] as const;

/** Without load, and with little, a 2.5 % step below the neighbours. */
const STEP_BELOW: Partial<FittedPhysics> = { sourceV: [222, 222, 222], lightLoadOffsetV: -6.5 };

function causeOf(
  over: Partial<TransformerForecast>,
  physics: Partial<FittedPhysics> | null,
  neighbours: readonly TransformerForecast['status'][] = HEALTHY,
) {
  return findCause({
    transformer: transformer('T1', { capacityKva: 200, lvRadiusM: 600 }),
    forecast: forecastOf('T1', over, physics),
    neighbours: neighbours.map((status, i) => forecastOf(`N${i}`, { status })),
    lowPu: 0.9,
  });
}

describe('findCause', () => {
  it.each<
    [string, string, Partial<TransformerForecast>, Partial<FittedPhysics>, typeof HEALTHY | typeof SICK]
  >([
    ['upstream', 'most of the feeder at risk, little by own load', {}, { feederDropV: 16 }, SICK],
    [
      'overload',
      'load over capacity, neighbours fine',
      { peakLoadPct: { p50: 112, p90: 130 } },
      { ownDropV: 9 },
      HEALTHY,
    ],
    [
      'overload',
      'the same on a feeder that is low too',
      { peakLoadPct: { p50: 125, p90: 140 } },
      { ownDropV: 11, feederDropV: 7 },
      SICK,
    ],
    ['tap', 'a step below its neighbours, loaded or not', {}, STEP_BELOW, HEALTHY],
    [
      'tap',
      'the same under a load that it would carry a step higher',
      { peakLoadPct: { p50: 130, p90: 140 } },
      { ...STEP_BELOW, ownDropV: 11 },
      HEALTHY,
    ],
    [
      'upstream',
      'a step below, on a feeder whose end is low on any tap',
      { peakLoadPct: { p50: 60, p90: 70 } },
      { ...STEP_BELOW, feederDropV: 22 },
      SICK,
    ],
    [
      'overload',
      'below its neighbours at light load only, for the load is heavy then too',
      { peakLoadPct: { p50: 140, p90: 150 } },
      { lightLoadOffsetV: -7, ownDropV: 12 },
      HEALTHY,
    ],
    [
      'unbalance',
      'one phase carries most',
      {},
      { phaseShare: [0.58, 0.24, 0.18], unbalancePct: 69, ownDropV: 16 },
      HEALTHY,
    ],
    [
      'unbalance',
      'the same over capacity: to rebalance costs less than a larger unit',
      { peakLoadPct: { p50: 125, p90: 140 } },
      { phaseShare: [0.58, 0.24, 0.18], unbalancePct: 69, ownDropV: 16 },
      HEALTHY,
    ],
    [
      'overload',
      'phases as uneven as everywhere',
      { peakLoadPct: { p50: 150, p90: 165 } },
      { phaseShare: [0.37, 0.33, 0.3], unbalancePct: 19, ownDropV: 14 },
      HEALTHY,
    ],
    ['lv-line', 'outlet fine, line end low', {}, { lineMeasured: true, lineDropV: 22 }, HEALTHY],
    [
      'overload',
      'a line that loses much because it carries two and a half times the load',
      { peakLoadPct: { p50: 250, p90: 270 } },
      { lineMeasured: true, lineDropV: 12, ownDropV: 15 },
      HEALTHY,
    ],
    [
      'upstream',
      'a line behind an outlet that is low itself',
      {},
      { lineMeasured: true, lineDropV: 7, feederDropV: 20 },
      SICK,
    ],
    ['reactive', 'power factor of pumps', {}, { powerFactor: 0.78, ownDropV: 8 }, HEALTHY],
    ['upstream', 'pumps at the end of a weak feeder', {}, { powerFactor: 0.78, feederDropV: 22 }, SICK],
    [
      'seasonal',
      'a load that pumps double for a few weeks, and the neighbours have none',
      { peakLoadPct: { p50: 150, p90: 165 } },
      { seasonalLoadRatio: 2.4, ownDropV: 12 },
      HEALTHY,
    ],
    [
      'overload',
      'the same where a middle day is over capacity too',
      { peakLoadPct: { p50: 280, p90: 300 } },
      { seasonalLoadRatio: 2.4, ownDropV: 22 },
      HEALTHY,
    ],
    [
      'upstream',
      'pumps that the transformer carries, at the end of a weak feeder',
      { peakLoadPct: { p50: 60, p90: 70 } },
      { seasonalLoadRatio: 8, feederDropV: 22 },
      SICK,
    ],
    ['seasonal', 'a few hours at a festival', { expectedLowHours: 5 }, { sensitivityPctPerK: 3 }, HEALTHY],
  ])('%s: %s', (kind, _, over, physics, neighbours) => {
    const cause = causeOf(over, physics, neighbours)!;
    expect(cause.kind).toBe(kind);
    expect(cause.confidence).toBeGreaterThan(0.45);
    expect(cause.confidence).toBeLessThanOrEqual(0.95);
    expect(cause.evidence.length).toBeGreaterThan(0);
    for (const piece of cause.evidence) {
      expect(findingSentence(piece, 'en')).toMatch(/\d/);
      expect(findingSentence(piece, 'zh-CN')).toMatch(/\d.*|[\u4e00-\u9fff]/);
    }
  });

  it('does not call a load of its own what doubles at the neighbours too', () => {
    const festival = (others: number[]) =>
      findCause({
        transformer: transformer('T1', { capacityKva: 200 }),
        forecast: forecastOf('T1', { peakLoadPct: { p50: 150, p90: 165 } }, { seasonalLoadRatio: 2.4 }),
        neighbours: others.map((seasonalLoadRatio, i) => forecastOf(`N${i}`, {}, { seasonalLoadRatio })),
        lowPu: 0.9,
      })!;
    expect(festival([1.3, 1.4, 1.5, 2.1])).toMatchObject({
      kind: 'seasonal',
      evidence: [{ code: 'seasonal-load', values: { ratio: 2.4, others: 1.45, p50: 150 } }],
    });
    expect(festival([1.7, 1.9, 2.1, 1.4]).kind).toBe('overload');
    // Too few to say what is usual there.
    expect(festival([1.3, 1.4]).kind).toBe('overload');
    expect(festival([NaN, NaN, 1.4, 1.3]).kind).toBe('overload');
  });

  it('names the tap before what costs more to cure only where a step is enough', () => {
    const uneven = {
      phaseShare: [0.58, 0.24, 0.18] as [number, number, number],
      unbalancePct: 69,
      ownDropV: 16,
    };
    const physics = { ...STEP_BELOW, ...uneven };
    expect(causeOf({ minHourV: quantilesAround(194) }, physics)!.kind).toBe('tap');
    expect(causeOf({ minHourV: quantilesAround(190) }, physics)).toMatchObject({
      kind: 'unbalance',
      second: { kind: 'tap' },
    });
  });

  it('names none where nothing stands out, and where nothing was fitted', () => {
    expect(causeOf({}, { feederDropV: 2, ownDropV: 3 })).toBeNull();
    expect(causeOf({}, null)).toBeNull();
  });

  it("does not blame the load where the slope is not the transformer's", () => {
    const over = { peakLoadPct: { p50: 90, p90: 99 } };
    expect(causeOf(over, { feederDropV: 14, ownDropV: 6 }, SICK)!.kind).toBe('upstream');
    const steep = { slopeVPerA: [0.2, 0.2, 0.2] as [number, number, number] };
    expect(causeOf(over, {})!.kind).toBe('overload');
    expect(causeOf(over, steep)).toBeNull();
    const heavier = { peakLoadPct: { p50: 112, p90: 120 } };
    expect(causeOf(heavier, steep)!.confidence).toBeLessThan(causeOf(heavier, {})!.confidence);
  });

  it('keeps silent about numbers that nobody knows', () => {
    const cause = causeOf({ peakLoadPct: { p50: 110, p90: NaN } }, { growthPctPerYear: NaN })!;
    expect(cause.kind).toBe('overload');
    expect(cause.evidence.map(({ code }) => code)).not.toContain('peak-load');
  });

  it('names what contributes beside it, and nothing beside what stands alone', () => {
    const over = { peakLoadPct: { p50: 150, p90: 170 } };
    const both = causeOf(over, { feederDropV: 20, ownDropV: 14 }, SICK)!;
    expect(both).toMatchObject({ kind: 'overload', second: { kind: 'upstream' } });
    expect(both.second!.evidence.map(({ code }) => code)).toContain('feeder-drop');
    const alone = causeOf(over, { feederDropV: 4, ownDropV: 14 })!;
    expect(alone.second).toBeUndefined();
    expect(alone.confidence).toBeGreaterThan(both.confidence);
  });

  it('says in how few weeks it is low, and what the others keep', () => {
    const fan = {
      weekDay: Int32Array.from({ length: 13 }, (_, week) => 20_000 + 7 * week),
      p10V: Float32Array.from({ length: 13 }, (_, week) => (week >= 10 ? 190 : 206)),
      p50V: new Float32Array(13).fill(210),
      p90V: new Float32Array(13).fill(214),
    };
    const cause = causeOf({ peakLoadPct: { p50: 150, p90: 170 }, fan }, { ownDropV: 14 })!;
    expect(cause.evidence).toContainEqual({
      code: 'few-weeks',
      values: { weeks: 3, total: 13, otherV: 206 },
    });
    const always = { ...fan, p10V: new Float32Array(13).fill(190) };
    const low = causeOf({ peakLoadPct: { p50: 150, p90: 170 }, fan: always }, { ownDropV: 14 })!;
    expect(low.evidence.map(({ code }) => code)).not.toContain('few-weeks');
  });

  it('points at the neutral where phases differ without load', () => {
    const unevenly = {
      phaseShare: [0.58, 0.24, 0.18] as [number, number, number],
      unbalancePct: 69,
      ownDropV: 16,
    };
    const codes = (physics: Partial<FittedPhysics>) =>
      causeOf({}, { ...unevenly, ...physics })!.evidence.map(({ code }) => code);
    expect(codes({ sourceV: [224, 229, 230] })).toContain('spread-unloaded');
    expect(codes({ sourceV: [228, 229, 229] })).not.toContain('spread-unloaded');
  });

  it('reckons what unbalance costs the worst phase, the slopes of the phases included', () => {
    const { physics } = forecastOf('T1', {}, { phaseShare: [0.5, 0.3, 0.2], ownDropV: 9 });
    expect(unbalanceDropV(physics!)).toBeCloseTo((1 - 1 / 3 / 0.5) * 9, 9);
    // 900 A in all; a neutral that moves lets the loaded phase fall the steeper.
    const moved = { ...physics!, slopeVPerA: [0.04, 0.01, 0.01] as [number, number, number], ownDropV: 18 };
    expect(unbalanceDropV(moved)).toBeCloseTo(18 - 0.02 * 300, 9);
    expect(quantilesAround(200).p50).toBe(200);
  });
});
