import type { JudgedBy } from '../limitVersions.ts';

/** What grouping and the life of incidents are tuned by; the keys of `incidents` in the configuration. */
export interface BookSettings {
  /** Onsets that differ by no more than this, beside the interval of the device, are together. */
  togetherS: number;
  /** The same for voltage that sinks slowly (line drop of a hot evening). */
  slowTogetherS: number;
  /** What comes back so soon after recovery reopens the incident instead of opening another. */
  reopenS: number;
  /** A fall of so much between two quarters of an hour is sudden: no load of its own grows like that. Share of nominal. */
  suddenPu: number;
  /** An own cause at least so sure keeps a transformer out of its feeder's incident. */
  ownConfidence: number;
  /** Fallen transformers, and their share of the feeder, that make a feeder's fault of it. */
  feederCount: number;
  feederSharePct: number;
  /** Feeders of a substation, %, whose outage at the same time is that of the substation; two at least. */
  substationSharePct: number;
  /** Share of silent transformers of a feeder that makes an outage of it. */
  silentSharePct: number;
  /** While an incident is younger than this its cause is judged again with every tick that falls due … */
  settleS: number;
  /** … and not more often than this. */
  settleEveryS: number;
  /** Nobody puts an incident to sleep for longer. */
  snoozeS: number;
  /** The synthetic transformer of the self-proof: its incidents are marked and never grouped. */
  testTransformerId: string | null;
  /** The limits in force; null where nobody numbered them. */
  limits: JudgedBy | null;
}

const DEFAULTS: Readonly<BookSettings> = Object.freeze({
  togetherS: 120,
  slowTogetherS: 3600,
  reopenS: 900,
  suddenPu: 0.035,
  ownConfidence: 0.6,
  feederCount: 3,
  feederSharePct: 30,
  substationSharePct: 60,
  silentSharePct: 60,
  settleS: 7200,
  settleEveryS: 60,
  snoozeS: 7 * 86_400,
  testTransformerId: null,
  limits: null,
});

export function bookSettings(given: Partial<BookSettings> = {}): BookSettings {
  return { ...DEFAULTS, ...given };
}
