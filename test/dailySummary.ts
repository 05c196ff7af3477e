import type { DailyHistory } from '../server/core/forecast/forecast.ts';
import { dayStart, type ZoneOffset } from '../server/core/localTime.ts';
import { TAIL_PREFIX } from '../server/core/reading.ts';
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

/** The rows that a store would give of a history: of the outlet, and of one line end where that is measured. */
export function dailyRows(
  { transformerId, firstDay, columns }: DailyHistory,
  offset: ZoneOffset,
): DailySummary[] {
  return Array.from(columns.uaMinHourV, (uaMinHourV, i) => {
    const dayMs = dayStart(firstDay + i, offset);
    const outlet = dailySummary({
      transformerId,
      dayMs,
      uaMinHourV,
      ubMinHourV: columns.ubMinHourV[i]!,
      ucMinHourV: columns.ucMinHourV[i]!,
      iaMaxHourA: columns.iaMaxHourA[i]!,
      ibMaxHourA: columns.ibMaxHourA[i]!,
      icMaxHourA: columns.icMaxHourA[i]!,
      pMaxHourKw: columns.pMaxHourKw[i]!,
      pMeanKw: columns.pMeanKw[i]!,
      qMeanKvar: columns.qMeanKvar[i]!,
      lowHours: columns.lowHours[i]!,
    });
    const tailV = columns.tailMinHourV[i]!;
    if (Number.isNaN(tailV)) return [outlet];
    return [outlet, dailySummary({ transformerId, dayMs, point: `${TAIL_PREFIX}1`, uaMinHourV: tailV })];
  }).flat();
}
