import type { DailySummary } from '../server/core/summary.ts';

/** A whole day of an outlet within the limits at 15-minute readings, of which only qualification is told. */
export function dailySummary(over: Partial<DailySummary>): DailySummary {
  return {
    transformerId: 'T1',
    point: 'outlet',
    dayMs: 0,
    uaMinHourV: NaN,
    ubMinHourV: NaN,
    ucMinHourV: NaN,
    uaMeanV: NaN,
    ubMeanV: NaN,
    ucMeanV: NaN,
    uaMaxV: NaN,
    ubMaxV: NaN,
    ucMaxV: NaN,
    lowHours: 0,
    validHours: 24,
    iaMaxHourA: NaN,
    ibMaxHourA: NaN,
    icMaxHourA: NaN,
    pMaxHourKw: NaN,
    pMeanKw: NaN,
    qMeanKvar: NaN,
    monitoredMin: 1440,
    qualifiedMin: 1440,
    count: 96,
    outageCount: 0,
    ...over,
  };
}
