import { LOW_TOLERANCE_V } from '../aggregate.ts';
import type { Transformer } from '../grid.ts';
import type { LevelBreak } from './breaks.ts';
import type { DailyHistory, ForecastOptions, SeasonOutcome } from './forecast.ts';
import { worstMinHourV } from './history.ts';
import type { Season } from './season.ts';
import { lowLimitV, type OwnLimits } from './supplyLimits.ts';

/** Hours of a day that must be measured at the outlet, else the low one may have been among the missing. */
const VALID_DAY_HOURS_MIN = 18;

export interface OutcomeOptions {
  /** Lower limit of this transformer, V. */
  lowV: number;
  coverageMinPct: number;
  /** Days from which the transformer was another (`breaks.ts`). */
  breakDays: readonly number[];
}

/** Valid days of a season, % of all its days: days that were not measured, or have not come yet, count against it. */
export function coveragePct(history: DailyHistory | undefined, { firstDay, lastDay }: Season): number {
  if (history === undefined) return 0;
  const { validHours } = history.columns;
  let valid = 0;
  for (let day = firstDay; day <= lastDay; day++) {
    if (validHours[day - history.firstDay]! >= VALID_DAY_HOURS_MIN) valid += 1;
  }
  return (100 * valid) / (lastDay - firstDay + 1);
}

/**
 * What the season was at the worst measured point. Not known (`low` null) where coverage is too thin, also when an hour
 * that was measured is low: else thinly measured transformers would count only when they are low. Not known either where
 * the transformer became another after the origin: the forecast spoke of the one before.
 */
export function seasonOutcome(
  transformerId: string,
  history: DailyHistory | undefined,
  season: Season,
  { lowV, coverageMinPct, breakDays }: OutcomeOptions,
): SeasonOutcome {
  const coverage = coveragePct(history, season);
  if (history === undefined)
    return { transformerId, low: null, lowHours: NaN, minHourV: NaN, coveragePct: 0 };
  const underV = lowV - LOW_TOLERANCE_V;
  let minHourV = NaN;
  let hours = 0;
  let lowDays = 0;
  for (let day = season.firstDay; day <= season.lastDay; day++) {
    const at = day - history.firstDay;
    const dayV = worstMinHourV(history, at);
    if (!(dayV >= minHourV)) minHourV = Number.isNaN(dayV) ? minHourV : dayV;
    if (!(dayV < underV)) continue;
    lowDays += 1;
    hours += history.columns.lowHours[at]! || 0;
  }
  const isBroken = breakDays.some((day) => day > season.originDay && day <= season.lastDay);
  const isKnown = coverage >= coverageMinPct && !isBroken && !Number.isNaN(minHourV);
  return {
    transformerId,
    low: isKnown ? minHourV < underV : null,
    // A store with another limit may have counted none: a low day has one at least.
    lowHours: Number.isNaN(minHourV) ? NaN : Math.max(hours, lowDays),
    minHourV,
    coveragePct: coverage,
  };
}

/** What outcomes are read from. */
export interface MeasuredGrid {
  transformers: readonly Transformer[];
  histories: ReadonlyMap<string, DailyHistory>;
  options: Pick<ForecastOptions, 'lowPu' | 'coverageMinPct'>;
  ownLimits?: OwnLimits | undefined;
}

/** The outcome of every transformer; breaks by transformer where they are known. */
export function seasonOutcomes(
  { transformers, histories, options, ownLimits }: MeasuredGrid,
  season: Season,
  breaks: ReadonlyMap<string, readonly LevelBreak[]> = new Map(),
): Map<string, SeasonOutcome> {
  const { coverageMinPct } = options;
  return new Map(
    transformers.map((transformer) => {
      const { id } = transformer;
      const breakDays = (breaks.get(id) ?? []).map(({ day }) => day);
      const lowV = lowLimitV(transformer, { options, ownLimits });
      return [id, seasonOutcome(id, histories.get(id), season, { lowV, coverageMinPct, breakDays })];
    }),
  );
}
