import { LIMITS } from './payload.ts';

/** What a payload may look like; one decoder file each. */
export type PayloadFamily = 'native' | 'weather' | 'terminal' | 'flat' | 'sparkplug' | 'line';

/** Factors from the device's numbers to V, A and kW/kvar, for devices that send steps (0.1 V is `voltage: 0.1`). */
export interface UnitScale {
  voltage?: number | undefined;
  current?: number | undefined;
  power?: number | undefined;
}

/** One configured subscription: which topics carry which family. The first rule that matches wins. */
export interface RouteRule {
  /** MQTT topic filter; `+` is one level, a final `#` the rest. */
  filter: string;
  family: PayloadFamily;
  /** Topic level (0 is the first) that names the device; absent: the payload names it. */
  idLevel?: number | undefined;
  scale?: UnitScale | undefined;
  /** Zone of times that carry no offset, minutes east of UTC; default {@link DecodeLimits.zoneOffsetMin}. */
  zoneOffsetMin?: number | undefined;
  /** Length of the device's interval, s, where its payload does not say. */
  intervalS?: number | undefined;
  /** Readings without a time take the time of arrival. Off by default: a replayed message would then get a new identity. */
  timeFromArrival?: boolean | undefined;
}

/** Every bound of the decoders; each default is the one of contracts.md where that names one. */
export interface DecodeLimits {
  readingBytesMax: number;
  arrayBytesMax: number;
  topicLevelsMax: number;
  /** A reading further ahead than this is refused (contracts.md: 24 h). */
  futureMsMax: number;
  /** A reading that ends further ahead than this is used, and flagged `clockSkew` (contracts.md: 5 min). */
  skewMs: number;
  /** An older reading is history only (contracts.md: 7 days). */
  historyAfterMs: number;
  /** Before this a clock has lost its battery (they restart in 1970 or 2000), so the time means nothing. */
  oldestMs: number;
  /** Highest credible phase voltage in units of the nominal (contracts.md: 1.5). */
  voltagePuMax: number;
  /** Largest credible magnitudes at the low-voltage side: 2,500 kVA is 3.6 kA, so these leave an order of magnitude. */
  currentAMax: number;
  powerKwMax: number;
  intervalSMax: number;
  /** China Standard Time; the terminals of domain.md §2 send local time. */
  zoneOffsetMin: number;
  /** Refused elements that one message may leave one by one; the rest of the array is then kept as a single dead letter. */
  elementRefusalsMax: number;
  /** Topics whose route is remembered. */
  routesCachedMax: number;
  /** Sparkplug edge nodes, and metrics of one node, whose births are remembered. */
  sparkplugNodesMax: number;
  sparkplugMetricsMax: number;
  /** A rebirth that was asked for and has not come is asked for again after this. */
  rebirthRetryMs: number;
}

export const DECODE_LIMITS: Readonly<DecodeLimits> = Object.freeze({
  ...LIMITS,
  futureMsMax: 24 * 3_600_000,
  skewMs: 5 * 60_000,
  historyAfterMs: 7 * 86_400_000,
  oldestMs: Date.UTC(2001, 0, 1),
  voltagePuMax: 1.5,
  currentAMax: 50_000,
  powerKwMax: 50_000,
  intervalSMax: 86_400,
  zoneOffsetMin: 480,
  elementRefusalsMax: 1_000,
  routesCachedMax: 20_000,
  sparkplugNodesMax: 10_000,
  sparkplugMetricsMax: 5_000,
  rebirthRetryMs: 30_000,
});

export interface DecoderOptions {
  /** Identity of a dead letter (UUIDv7). */
  newId: () => string;
  /** Tried in order before the built-in routes. */
  routes?: readonly RouteRule[];
  /** A device's own name → transformer id; beside the registry attribute `external_id`. */
  aliases?: Readonly<Record<string, string>>;
  limits?: Partial<DecodeLimits>;
}
