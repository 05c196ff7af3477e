/** One interval of one measuring point, as every decoder delivers it and every part of Peakvolt understands it. */

/** Name of the measuring point at the transformer's low-voltage outlet; a line-end meter is `tail-<meterId>`. */
export const OUTLET_POINT = 'outlet';
export const TAIL_PREFIX = 'tail-';

/** Bits of {@link Reading.flags}: quality remarks that travel with a reading into the store. Data are flagged, never dropped. */
export const READING_FLAG = {
  /** The device's clock differs from ours by more than the configured skew (contracts.md: 5 min). */
  clockSkew: 1,
  /** The same values to the last digit for longer than a live line can show: a stuck sensor. */
  frozen: 2,
  /** Readings are missing between this one and the one before it. */
  gap: 4,
  /** Sent by the device as history (`hist`, `is_historical`) or older than the live window: stored, never detected on. */
  history: 8,
  /** Line-to-line voltage was converted to phase voltage (÷√3). */
  fromLineVoltage: 16,
  /** The unit was recognised and converted (kV, 0.1 V steps). */
  unitConverted: 32,
  /** Arrived after a later reading of the same point. */
  late: 64,
  /** Every phase under 0.1 pu: an outage, masked out of voltage statistics (domain.md §1, Trap). */
  outage: 128,
} as const;

/**
 * A reading. `NaN` means "not measured": one number type keeps the objects of the hot path alike and the columns typed;
 * `null` stands for it in JSON. Its identity is (transformerId, point, tsMs).
 */
export interface Reading {
  transformerId: string;
  /** Measuring point, {@link OUTLET_POINT} by default. */
  point: string;
  /** Start of the interval, UTC milliseconds. */
  tsMs: number;
  /** Length of the interval in seconds; NaN where the device does not say. */
  intervalS: number;
  /** Mean phase-to-neutral voltage of the interval, V. */
  uaV: number;
  ubV: number;
  ucV: number;
  /** Lowest voltage within the interval, V. */
  uaMinV: number;
  ubMinV: number;
  ucMinV: number;
  /** Mean phase current, A; `inA` is the neutral. */
  iaA: number;
  ibA: number;
  icA: number;
  inA: number;
  /** Three-phase active and reactive power. */
  pKw: number;
  qKvar: number;
  /** Bit set of {@link READING_FLAG}. */
  flags: number;
}

/** The measured columns of a {@link Reading}, in the order in which every codec and table keeps them. */
export const READING_COLUMNS = [
  'uaV',
  'ubV',
  'ucV',
  'uaMinV',
  'ubMinV',
  'ucMinV',
  'iaA',
  'ibA',
  'icA',
  'inA',
  'pKw',
  'qKvar',
] as const;
export type ReadingColumn = (typeof READING_COLUMNS)[number];

/** A reading of which nothing is measured yet; decoders fill in what they find. Fixed property order on purpose. */
export function emptyReading(transformerId: string, point: string, tsMs: number): Reading {
  return {
    transformerId,
    point,
    tsMs,
    intervalS: NaN,
    uaV: NaN,
    ubV: NaN,
    ucV: NaN,
    uaMinV: NaN,
    ubMinV: NaN,
    ucMinV: NaN,
    iaA: NaN,
    ibA: NaN,
    icA: NaN,
    inA: NaN,
    pKw: NaN,
    qKvar: NaN,
    flags: 0,
  };
}

/** Why an input was not taken; the words are stable, they appear in the API, the metrics and the dead-letter list. */
export const REFUSAL_REASONS = [
  'unparsable',
  'unknown-format',
  'too-large',
  'topic-invalid',
  'id-mismatch',
  'unknown-transformer',
  'future',
  'too-old',
  'no-voltage',
  'voltage-range',
  'wrong-unit',
  'value-range',
  'sequence-gap',
  'store-refused',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** An input that could not be taken, kept whole so that it can be replayed after mending. */
export interface DeadLetter {
  /** UUIDv7; set where it is made, so that a replayed spool writes it once. */
  id: string;
  receivedMs: number;
  topic: string;
  /** The payload as it came (for an array: the one element that was refused, as JSON). */
  payload: Uint8Array;
  reason: RefusalReason;
  /** What exactly was wrong, in a sentence, for the operator. Never holds a secret. */
  detail: string;
  /** The transformer it speaks of, where that could be read. */
  transformerId: string | null;
}

/** Weather at a station. */
export interface WeatherSample {
  stationId: string;
  tsMs: number;
  tempC: number;
  /** NaN where not measured. */
  humidityPct: number;
}

/** Weather to come at a station. */
export interface WeatherForecastSample extends WeatherSample {
  /** When the forecast was made, UTC ms; its arrival where it does not say. */
  issuedMs: number;
}

/** What a device says of itself outside its readings: on line or off line, its nameplate, its own events (`status`, `meta`, `event`). */
export interface DeviceReport {
  kind: 'status' | 'meta' | 'event';
  transformerId: string;
  org: string;
  receivedMs: number;
  /** `{online}` or the meta payload; unknown keys are kept. */
  body: Record<string, unknown>;
}

/** All that was understood of some MQTT messages: the unit that is spooled, synced and then acknowledged. */
export interface IngestBatch {
  readings: Reading[];
  deadLetters: DeadLetter[];
  weather: WeatherSample[];
  forecasts: WeatherForecastSample[];
  reports: DeviceReport[];
}
