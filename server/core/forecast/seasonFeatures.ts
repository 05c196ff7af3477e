import type { Transformer } from '../grid.ts';
import type { DailyHistory } from './forecast.ts';
import { worstMinHourV } from './history.ts';
import type { Season } from './season.ts';

/** What a spreadsheet would know of a transformer: the simple features that baselines are made of. NaN where unknown. */
export interface SeasonFeatures {
  /** Lowest hour of the season, V. */
  minHourV: number;
  /** Highest hour of the mean phase current, A; the same as load rate. */
  peakA: number;
  peakLoadRate: number;
  /** (max − min)/max of the phase currents on the days of highest load. */
  unbalance: number;
  radiusM: number;
  /** Growth of the load over the last year, share. */
  growth: number;
  /** Fall of the lowest hour with the mean phase current, V/A. */
  slopeVPerA: number;
}

const PEAK_DAYS = 5;
/** Days that growth is read from: those before the origin, beside the same days a year before. */
const GROWTH_DAYS = 90;
const GROWTH_DAYS_MIN = 45;
/** A year of whole weeks: the same weekdays. */
const YEAR_DAYS = 364;
const GROWTH_MAX = 0.5;
const SLOPE_DAYS_MIN = 30;

/** Features of a season that was, as known on `originDay`: growth is of the year up to it. */
export function seasonFeatures(
  history: DailyHistory | undefined,
  transformer: Transformer,
  season: Season,
  originDay: number,
): SeasonFeatures {
  const blank = {
    minHourV: NaN,
    peakA: NaN,
    peakLoadRate: NaN,
    unbalance: NaN,
    growth: NaN,
    slopeVPerA: NaN,
  };
  const radiusM = transformer.lvRadiusM ?? NaN;
  if (history === undefined) return { ...blank, radiusM };
  const days = Array.from({ length: season.lastDay - season.firstDay + 1 }, (_, index) => {
    const at = season.firstDay + index - history.firstDay;
    return { at, volts: worstMinHourV(history, at), amperes: meanPhaseA(history, at) };
  });
  const loaded = days.filter(({ amperes }) => amperes >= 0).toSorted((a, b) => b.amperes - a.amperes);
  const peakA = loaded[0]?.amperes ?? NaN;
  const unbalances = loaded.slice(0, PEAK_DAYS).map(({ at }) => unbalanceAt(history, at));
  return {
    minHourV: days.reduce((low, { volts }) => (volts >= low || Number.isNaN(volts) ? low : volts), NaN),
    peakA,
    peakLoadRate: (3 * peakA * transformer.nominalV) / 1000 / (transformer.capacityKva ?? NaN),
    unbalance: unbalances.reduce((sum, value) => sum + value, 0) / unbalances.length,
    radiusM,
    growth: growthUpTo(history, originDay),
    slopeVPerA: slopeOf(days),
  };
}

function meanPhaseA({ columns }: DailyHistory, at: number): number {
  const { iaMaxHourA, ibMaxHourA, icMaxHourA } = columns;
  return (iaMaxHourA[at]! + ibMaxHourA[at]! + icMaxHourA[at]!) / 3;
}

function unbalanceAt({ columns }: DailyHistory, at: number): number {
  const phases = [columns.iaMaxHourA[at]!, columns.ibMaxHourA[at]!, columns.icMaxHourA[at]!];
  return 1 - Math.min(...phases) / Math.max(...phases);
}

function growthUpTo(history: DailyHistory, originDay: number): number {
  const now = meanLoad(history, originDay);
  const before = meanLoad(history, originDay - YEAR_DAYS);
  return Math.max(-GROWTH_MAX, Math.min(GROWTH_MAX, now / before - 1));
}

/** Mean of the mean phase current over the days up to one; NaN where too few are measured. */
function meanLoad(history: DailyHistory, lastDay: number): number {
  let sum = 0;
  let count = 0;
  for (let day = lastDay - GROWTH_DAYS + 1; day <= lastDay; day++) {
    const amperes = meanPhaseA(history, day - history.firstDay);
    if (!(amperes >= 0)) continue;
    sum += amperes;
    count += 1;
  }
  return count >= GROWTH_DAYS_MIN ? sum / count : NaN;
}

function slopeOf(days: readonly { volts: number; amperes: number }[]): number {
  const known = days.filter(({ volts, amperes }) => !Number.isNaN(volts + amperes));
  if (known.length < SLOPE_DAYS_MIN) return NaN;
  const meanV = known.reduce((sum, day) => sum + day.volts, 0) / known.length;
  const meanA = known.reduce((sum, day) => sum + day.amperes, 0) / known.length;
  let product = 0;
  let square = 0;
  for (const { volts, amperes } of known) {
    product += (volts - meanV) * (amperes - meanA);
    square += (amperes - meanA) ** 2;
  }
  return square > 0 ? Math.max(0, -product / square) : NaN;
}
