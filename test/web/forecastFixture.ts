import type { MapForecast, TransformerForecast } from '../../web/lib/forecastApi.ts';

/** 26 November 2026, as a local day since 1970. */
export const ORIGIN_DAY = 20_783;
const season = {
  id: 'winter-2026',
  kind: 'winter' as const,
  year: 2026,
  firstDay: ORIGIN_DAY + 5,
  lastDay: ORIGIN_DAY + 94,
  originDay: ORIGIN_DAY - 26,
};
const run = {
  id: 'R1',
  seasonId: season.id,
  originDay: ORIGIN_DAY,
  finishedMs: 0,
  simulated: true,
  atRiskP: 0.5,
  watchP: 0.1,
};

/** Columns of three rows of the registry of the map's fixture; what a test cares about is given. */
export function mapForecast(change: Partial<MapForecast> = {}): MapForecast {
  return {
    gridVersion: 4,
    season,
    run,
    missing: null,
    firstDay: season.firstDay,
    lastDay: season.lastDay,
    status: ['watch', 'at_risk', 'unknown'],
    pLow: [0.28, 0.996, null],
    ...change,
  };
}

type Row = NonNullable<TransformerForecast['row']>;

/** A transformer at risk, with a cause and a measure that suffices. */
export function forecastRow(change: Partial<Row> = {}): Row {
  const minHourV = { p05: 178, p10: 181, p50: 187, p90: 193, p95: 195 };
  const distribution = {
    pLow: 0.94,
    expectedLowHours: 61.4,
    minHourV,
    highestV: 236,
    peakLoadPct: { p50: 110, p90: 118 },
  };
  return {
    runId: run.id,
    rank: 1,
    transformerId: 'TQ-2',
    areaId: 'A2',
    feederId: 'F1',
    customers: 54,
    importantCustomers: 1,
    status: 'at_risk',
    unknownReason: null,
    coveragePct: 97,
    ...distribution,
    estimatedTailV: null,
    cause: {
      kind: 'overload',
      confidence: 0.8,
      evidence: [{ code: 'load', values: {}, en: 'overload of 118 % at the peak', zh: '峰值负载率 118 %' }],
      second: null,
    },
    recommended: {
      kind: 'capacity',
      detail: { fromKva: 315, toKva: 630 },
      second: null,
      cost: 110_000,
      after: { ...distribution, pLow: 0.04, minHourV: { ...minHourV, p50: 203 } },
      avoidedCustomerHours: 3000,
      suffices: true,
      notes: [],
    },
    measuresTried: 6,
    notes: [],
    measures: [],
    physics: null,
    fan: null,
    ...change,
  };
}

/** The forecast of one transformer, for the season and the next days. */
export function transformerForecast(change: Partial<TransformerForecast> = {}): TransformerForecast {
  const quantiles = { p10V: 190, p50V: 196, p90V: 202 };
  return {
    season,
    run,
    row: forecastRow(),
    tonight: {
      run,
      missing: null,
      status: 'watch',
      unknownReason: null,
      pLow: 0.31,
      days: [
        { day: ORIGIN_DAY + 1, pLow: 0.12, ...quantiles },
        { day: ORIGIN_DAY + 2, pLow: 0.31, ...quantiles },
      ],
    },
    ...change,
  };
}
