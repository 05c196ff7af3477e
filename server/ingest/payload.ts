/** The payload contract (`pq/v1/…`, contracts.md): the one file that the simulator shares with the server. */

/** Body of `pq/v1/{org}/{transformerId}/data`: one of these, or an array of them. Only `ts` and one phase of `u` are required. */
export interface NativeReading {
  v?: 1;
  /** When present, equal to the topic's transformer. */
  id?: string;
  /** Start of the interval, UTC ms. */
  ts: number;
  /** Length of the interval, s. */
  int?: number;
  agg?: 'mean';
  seq?: number;
  /** Mean phase-to-neutral voltage, V. */
  u: { a?: number; b?: number; c?: number };
  /** Lowest voltage in the interval, V. */
  umin?: { a?: number; b?: number; c?: number };
  /** Current, A. */
  i?: { a?: number; b?: number; c?: number; n?: number };
  /** kW and kvar. */
  p?: number;
  q?: number;
  /** Sent late on purpose: history. */
  hist?: boolean;
  /** Measuring point; default `outlet`. */
  pt?: string;
  flags?: string[];
}

/** Body of `…/status`, retained; `{"online":false}` is the last will. */
export interface NativeStatus {
  online: boolean;
  ts?: number;
}

/** Body of `…/meta`, retained: the nameplate as the device knows it; keys as in the registry CSV. */
export interface NativeMeta {
  name?: string;
  capacity_kva?: number;
  nominal_v?: number;
  uk_pct?: number;
  tap_position?: number;
  feeder_id?: string;
  area_id?: string;
  int?: number;
}

/** Body of `weather/v1/{org}/{stationId}`. */
export interface NativeWeather {
  ts: number;
  tempC: number;
  humidityPct?: number;
}

/** Body of `weather/v1/{org}/{stationId}/forecast`. */
export interface NativeWeatherForecast {
  /** When it was made, UTC ms: of two forecasts of an hour the later counts. */
  issued: number;
  hours: NativeWeather[];
}

export const LIMITS = {
  /** contracts.md: 8 KiB a reading, 1 MiB an array payload, 10 topic levels. */
  readingBytesMax: 8 * 1024,
  arrayBytesMax: 1024 * 1024,
  topicLevelsMax: 10,
} as const;
