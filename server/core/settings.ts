import { SEVERITY_BANDS, type LimitOverride, type LimitProfile, type SeverityBands } from './limits.ts';
import type { ZoneOffset } from './localTime.ts';

/** What detection is tuned by; the keys of `detection` in the configuration. Names as in ISA-18.2. */
export interface DetectionSettings extends SeverityBands {
  /** How far a voltage must come back inside a limit before it counts as back. */
  deadbandV: number;
  /** Margin above the lower limit in which a point shows "watch". */
  watchMarginV: number;
  /** On-delays: how long a voltage stays in a band before the condition is raised there. */
  mildDelayS: number;
  seriousDelayS: number;
  severeDelayS: number;
  /** Off-delay: how long it stays back before the condition is cleared. */
  clearDelayS: number;
  /** On-delay of an outage or a lost phase. */
  outageDelayS: number;
  /** Load rates above which a transformer is heavily loaded and overloaded, on-delay, and how far they must fall back. */
  heavyLoadPct: number;
  overloadPct: number;
  loadDelayS: number;
  loadDeadbandPct: number;
  /** Phases further apart than this share of nominal mean a bad neutral, while the load rate is under the second. */
  openNeutralSpreadPct: number;
  openNeutralLoadPct: number;
  /** Voltage unbalance: mild and serious above; current unbalance above, while the load rate is above; their on-delay. */
  voltageUnbalancePct: number;
  voltageUnbalanceSeriousPct: number;
  unbalanceDeadbandPct: number;
  currentUnbalancePct: number;
  currentUnbalanceLoadPct: number;
  unbalanceDelayS: number;
  /** Blows above this share of nominal, so many of them in so long: unstable. */
  unstableStepPct: number;
  unstableTimes: number;
  unstableWithinS: number;
  /** Missing data up to this long, or one reading, leave a running delay running; longer ones start it again. */
  holeS: number;
  /** A point has no data after this many of its own intervals … */
  graceIntervals: number;
  /** … and never sooner than this, so that a device sending each second does not flicker. */
  graceMinS: number;
  /** Values unchanged to the last digit for so long (and four readings) are flagged as frozen. */
  frozenAfterS: number;
  /** On-delay of the condition: flagged so long, someone must look at the sensor. */
  frozenDelayS: number;
}

const DETECTION_DEFAULTS: Readonly<DetectionSettings> = Object.freeze({
  ...SEVERITY_BANDS,
  deadbandV: 2,
  watchMarginV: 2,
  // Four consecutive 15-minute points: the "more than one hour" of the SGCC low-voltage treatment principles.
  mildDelayS: 3600,
  seriousDelayS: 900,
  severeDelayS: 60,
  clearDelayS: 900,
  outageDelayS: 0,
  // 重载, 过载: two hours without a break.
  heavyLoadPct: 80,
  overloadPct: 100,
  loadDelayS: 7200,
  loadDeadbandPct: 5,
  openNeutralSpreadPct: 10,
  openNeutralLoadPct: 50,
  // GB/T 15543: 2 %, for a short time 4 %.
  voltageUnbalancePct: 2,
  voltageUnbalanceSeriousPct: 4,
  unbalanceDeadbandPct: 0.3,
  // 三相不平衡台区: over 25 % while the load rate is over 60 %, two hours.
  currentUnbalancePct: 25,
  currentUnbalanceLoadPct: 60,
  unbalanceDelayS: 7200,
  unstableStepPct: 4,
  unstableTimes: 4,
  unstableWithinS: 3600,
  holeS: 900,
  graceIntervals: 2,
  graceMinS: 60,
  frozenAfterS: 3600,
  frozenDelayS: 10_800,
});

/** Rules differ by province: a documented default. */
export const LOW_AREA_SHARE_PCT = 10;

export interface EngineOptions {
  /** Limit profile; default `gbt-12325`. */
  profile?: LimitProfile;
  /** Limits that differ from the profile; the most specific one applies (`overrideOf`). */
  overrides?: readonly LimitOverride[];
  detection?: Partial<DetectionSettings>;
  /** Customers of an area behind low voltage, %, from which it is a low-voltage area; default {@link LOW_AREA_SHARE_PCT}. */
  lowAreaSharePct?: number;
  /** Days and clock hours are cut in this zone ({@link zoneOffset} makes one); default UTC. */
  offset?: ZoneOffset;
  /** Said in every snapshot, for the "simulated data" mark. */
  simulated?: boolean;
}

/**
 * Settings in force. A more severe band never waits longer than a milder one: else two changes of one condition could
 * carry the same time, and the worse would come later.
 */
export function detectionSettings(given: Partial<DetectionSettings> = {}): DetectionSettings {
  const settings = { ...DETECTION_DEFAULTS, ...given };
  settings.seriousDelayS = Math.min(settings.seriousDelayS, settings.mildDelayS);
  settings.severeDelayS = Math.min(settings.severeDelayS, settings.seriousDelayS);
  return settings;
}
