import type { UnknownReason } from './forecast.ts';

/** What a run of the next three days found. */

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
  /** The likeliest on the first day first; who is in neither list is unlikely to go low. */
  items: readonly TonightItem[];
  unknown: readonly { transformerId: string; areaId: string; reason: UnknownReason }[];
  weather: readonly WeatherAhead[];
  /** Stations known by their forecasts alone, and by none of the measured ones: which is near which cannot be told. */
  unusedForecasts: readonly string[];
}
