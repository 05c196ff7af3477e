import type { ForecastOptions, ReadinessStatus, UnknownReason } from './forecast.ts';
import type { Standing } from './run.ts';

/** What a run of the next three days found. */

/** Days that a run looks ahead. */
export const TONIGHT_DAYS = 3;

/** A transformer that may go low on one of the days. */
export interface TonightItem {
  transformerId: string;
  areaId: string;
  feederId: string;
  customers: number;
  days: readonly {
    /** Local day since 1970. */
    day: number;
    /** Probability of a low clock hour on it. */
    pLow: number;
    /** Its lowest 1-hour mean, V. */
    p10V: number;
    p50V: number;
    p90V: number;
  }[];
}

/** The weather that it was made with, where a measured station has a forecast. */
export interface WeatherAhead {
  stationId: string;
  /** Station that the forecast is of: the same, or one that is known by its forecasts alone. */
  forecastOf: string;
  /** Areas with transformers of this station. */
  areaIds: readonly string[];
  /** °C; null where too few hours are known. */
  days: readonly { day: number; minC: number | null; maxC: number | null }[];
}

export interface TonightReport {
  /** Last local day of history; the three days after it are forecast. */
  originDay: number;
  /** The likeliest on the first day first. */
  items: readonly TonightItem[];
  /** Those that the run found unlikely to go low. Who is in no list was not there when it was made: unknown. */
  unlikely: readonly string[];
  unknown: readonly { transformerId: string; areaId: string; reason: UnknownReason }[];
  weather: readonly WeatherAhead[];
  /** Stations known by their forecasts alone, and by none of the measured ones: which is near which cannot be told. */
  unusedForecasts: readonly string[];
}

/** The days of an item that are not over on the local day `today`. */
export function daysToCome({ days }: TonightItem, today: number): TonightItem['days'] {
  return days.filter(({ day }) => day >= today);
}

/**
 * Where every transformer of a report stands for those of its days that are to come: the likeliest of them counts, by the
 * bounds of the season's forecast (probabilities, 0–1). Who is not in it is unknown.
 */
export function tonightStandings(
  { items, unlikely }: TonightReport,
  today: number,
  { atRiskP, watchP }: Pick<ForecastOptions, 'atRiskP' | 'watchP'>,
): Map<string, Standing> {
  const standings = new Map<string, Standing>();
  for (const id of unlikely) standings.set(id, { status: 'ready', pLow: null });
  for (const item of items) {
    const days = daysToCome(item, today);
    if (days.length === 0) continue;
    const pLow = Math.max(...days.map((day) => day.pLow));
    const status: ReadinessStatus = pLow >= atRiskP ? 'at_risk' : pLow >= watchP ? 'watch' : 'ready';
    standings.set(item.transformerId, { status, pLow });
  }
  return standings;
}
