import type {
  FittedPhysics,
  ModelChange,
  SeasonDistribution,
  TransformerForecast,
} from '../../../server/core/forecast/forecast.ts';

/** Forecasts of transformers that a test describes by what is out of the ordinary. */

const PHYSICS: FittedPhysics = {
  sourceV: [228, 228, 228],
  slopeVPerA: [0.02, 0.02, 0.02],
  nameplateVPerA: 0.02,
  phaseShare: [0.35, 0.33, 0.32],
  unbalancePct: 9,
  ownDropV: 5,
  feederDropV: 5,
  lineDropV: NaN,
  lineMeasured: false,
  lightLoadOffsetV: 0,
  powerFactor: 0.95,
  growthPctPerYear: 2,
  sensitivityPctPerK: 1,
  seasonalLoadRatio: 1.4,
};

export function forecastOf(
  transformerId: string,
  over: Partial<TransformerForecast> = {},
  physics: Partial<FittedPhysics> | null = {},
): TransformerForecast {
  return {
    transformerId,
    status: 'at_risk',
    unknownReason: null,
    coveragePct: 100,
    estimatedTailV: null,
    physics: physics === null ? null : { ...PHYSICS, ...physics },
    fan: null,
    pLow: 0.8,
    expectedLowHours: 60,
    minHourV: quantilesAround(194),
    highestV: 229,
    peakLoadPct: { p50: 60, p90: 68 },
    ...over,
  };
}

export function quantilesAround(p50: number): SeasonDistribution['minHourV'] {
  return { p05: p50 - 5, p10: p50 - 4, p50, p90: p50 + 4, p95: p50 + 5 };
}

/** The season again by arithmetic: every volt of rise is a volt at the lowest hour. */
export function rerunOf(forecast: TransformerForecast): (change: ModelChange) => SeasonDistribution {
  const { ownDropV, lineDropV, feederDropV, phaseShare } = forecast.physics!;
  const lineV = Number.isNaN(lineDropV) ? 0 : lineDropV;
  return (change) => {
    const worstShare = 1 - change.balanceShare * (1 - 1 / 3 / Math.max(...phaseShare));
    const own = ownDropV * change.transformerScale * change.loadScale * worstShare;
    const line = lineV * change.lineScale * change.loadScale * worstShare;
    const riseV =
      ownDropV - own + (lineV - line) + feederDropV * (1 - change.feederScale) + change.sourceShiftV;
    const p50 = forecast.minHourV.p50 + riseV;
    const pLow = 1 / (1 + Math.exp((p50 - 198) / 1.5));
    const load = change.loadScale * change.transformerScale;
    return {
      pLow,
      expectedLowHours: forecast.expectedLowHours * (pLow / forecast.pLow),
      minHourV: quantilesAround(p50),
      highestV: forecast.highestV + change.sourceShiftV,
      peakLoadPct: { p50: forecast.peakLoadPct.p50 * load, p90: forecast.peakLoadPct.p90 * load },
    };
  };
}
