import { describe, expect, it } from 'vitest';
import type { FittedPhysics, TransformerForecast } from '../../../server/core/forecast/forecast.ts';
import { findCause, unbalanceDropV } from '../../../server/core/measures/cause.ts';
import { findingSentence } from '../../../server/core/measures/findingWords.ts';
import { transformer } from '../timeline.ts';
import { forecastOf, quantilesAround } from './forecasts.ts';

const HEALTHY = ['ready', 'ready', 'watch', 'ready'] as const;
const SICK = ['at_risk', 'at_risk', 'at_risk', 'ready'] as const;

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
    ['tap', 'below its neighbours at light load by a step', {}, { lightLoadOffsetV: -6.5 }, HEALTHY],
    [
      'tap',
      'two steps, at some load',
      { peakLoadPct: { p50: 75, p90: 85 } },
      { lightLoadOffsetV: -11 },
      HEALTHY,
    ],
    [
      'unbalance',
      'one phase carries most',
      {},
      { phaseShare: [0.58, 0.24, 0.18], unbalancePct: 69, ownDropV: 16 },
      HEALTHY,
    ],
    ['lv-line', 'outlet fine, line end low', {}, { lineMeasured: true, lineDropV: 22 }, HEALTHY],
    ['reactive', 'power factor of pumps', {}, { powerFactor: 0.78, sensitivityPctPerK: 0 }, HEALTHY],
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

  it('names none where nothing stands out, and where nothing was fitted', () => {
    expect(causeOf({}, { feederDropV: 2, ownDropV: 3 })).toBeNull();
    expect(causeOf({}, null)).toBeNull();
  });

  it("does not blame the load where the slope is not the transformer's", () => {
    const over = { peakLoadPct: { p50: 90, p90: 99 } };
    expect(causeOf(over, { feederDropV: 14, ownDropV: 6 }, SICK)!.kind).toBe('upstream');
    const fine = causeOf(over, {})!;
    const steep = causeOf(over, { slopeVPerA: [0.2, 0.2, 0.2] })!;
    expect(steep.confidence).toBeLessThan(fine.confidence);
  });

  it('keeps silent about numbers that nobody knows', () => {
    const cause = causeOf({ peakLoadPct: { p50: 110, p90: NaN } }, { growthPctPerYear: NaN })!;
    expect(cause.kind).toBe('overload');
    expect(cause.evidence.map(({ code }) => code)).not.toContain('peak-load');
  });

  it('reckons what unbalance costs the worst phase', () => {
    const { physics } = forecastOf('T1', {}, { phaseShare: [0.5, 0.3, 0.2], ownDropV: 9, lineDropV: 12 });
    expect(unbalanceDropV(physics!)).toBeCloseTo((1 - 1 / 3 / 0.5) * 21, 9);
    expect(unbalanceDropV({ ...physics!, lineDropV: NaN })).toBeCloseTo(3, 9);
    expect(quantilesAround(200).p50).toBe(200);
  });
});
