import type { TonightItem, TonightReport } from '../../../server/core/forecast/tonight.ts';
import { DAY_MS } from '../../../server/core/localTime.ts';
import { START_MS } from '../timeline.ts';

/** The local day (UTC) on which timelines begin: 1 July 2026. */
export const TODAY = START_MS / DAY_MS;

/** A transformer with its chance of a low hour on each of the three days; each day 10 V lower than surely fine. */
export function tonightItem(
  transformerId: string,
  areaId: string,
  chances: readonly number[],
  over: Partial<TonightItem> = {},
): TonightItem {
  return {
    transformerId,
    areaId,
    feederId: `F-${areaId}`,
    customers: 100,
    days: chances.map((pLow, d) => ({
      day: TODAY + d,
      pLow,
      p10V: 200 - 20 * pLow,
      p50V: 203 - 20 * pLow,
      p90V: 206 - 20 * pLow,
    })),
    ...over,
  };
}

/** What the run of the morning of {@link TODAY} found. */
export function tonightReport(over: Partial<TonightReport> = {}): TonightReport {
  return {
    originDay: TODAY - 1,
    items: [
      tonightItem('T1', 'east', [0.9, 0.4, 0.6]),
      tonightItem('T2', 'east', [0.3, 0.7, 0.2]),
      tonightItem('T3', 'west', [0.2, 0.5, 0.1]),
      tonightItem('T4', 'north', [0.3, 0.4, 0.1]),
    ],
    unlikely: ['T7'],
    unknown: [
      { transformerId: 'T5', areaId: 'east', reason: 'low-coverage' },
      { transformerId: 'T6', areaId: 'west', reason: 'no-history' },
    ],
    weather: [
      {
        stationId: 'W1',
        forecastOf: 'W1',
        areaIds: ['east', 'north'],
        days: [31.4, 33, 34.6].map((maxC, d) => ({ day: TODAY + d, minC: 24.2, maxC })),
      },
      {
        stationId: 'W2',
        forecastOf: 'W2',
        areaIds: ['west'],
        days: [27, 28, null].map((maxC, d) => ({ day: TODAY + d, minC: -0.4, maxC })),
      },
    ],
    unusedForecasts: [],
    ...over,
  };
}
