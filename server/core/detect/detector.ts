import { CONDITION_CODE, type Condition } from '../condition.ts';
import type { DetectedCondition, Severity } from '../event.ts';
import type { Limits } from '../limits.ts';
import type { DetectionSettings } from '../settings.ts';

/**
 * The shape of every condition that is judged from readings: a timed condition with severities, deadband, on-delay per
 * severity and off-delay (ISA-18.2), in event time. A detector says how bad one reading is; `TimedConditions` keeps the time.
 */

/** One live reading as detectors see it. One object is used again and again: keep nothing of it. */
export interface Sample {
  p: number;
  /** Its interval, event time. */
  tsMs: number;
  endMs: number;
  /** When it arrived. */
  detectedMs: number;
  uaV: number;
  ubV: number;
  ucV: number;
  /** Lowest and highest measured phase; NaN when none is. */
  lowestV: number;
  highestV: number;
  iaA: number;
  ibA: number;
  icA: number;
  /** Apparent power against the rating, %; NaN elsewhere than at the outlet, or when either is not known. */
  loadPct: number;
  /** Largest change of a phase since the live reading before, and largest fall within the interval; NaN when not known. */
  stepV: number;
  dipV: number;
  /** At a line end: lowest phase at the outlet of the same transformer above its lower limit; NaN when that is not known. */
  outletAboveV: number;
  /** The sensor seems stuck. */
  frozen: boolean;
  /** No phase has supply. */
  outage: boolean;
  /** Readings are missing before this one: what was true in between is not known, so delays start again. */
  restart: boolean;
  limits: Limits;
}

/** A sample of which nothing is known. */
export function emptySample(): Sample {
  return {
    p: 0,
    tsMs: 0,
    endMs: 0,
    detectedMs: 0,
    uaV: NaN,
    ubV: NaN,
    ucV: NaN,
    lowestV: NaN,
    highestV: NaN,
    iaA: NaN,
    ibA: NaN,
    icA: NaN,
    loadPct: NaN,
    stepV: NaN,
    dipV: NaN,
    outletAboveV: NaN,
    frozen: false,
    outage: false,
    restart: false,
    limits: {
      nominalV: 0,
      lowV: 0,
      highV: 0,
      seriousV: 0,
      severeV: 0,
      highSeriousV: 0,
      highSevereV: 0,
      outageV: 0,
    },
  };
}

export type Phase = 'a' | 'b' | 'c';

export interface Detector {
  readonly condition: DetectedCondition;
  /** What it watches: each phase, or the point as a whole. */
  readonly channels: readonly (Phase | null)[];
  /** From mild to severe, with what the map shows; at most {@link LEVELS_MAX}. */
  readonly levels: readonly { severity: Severity | null; shows: Condition }[];
  /** On-delay of each level. */
  onDelaysMs(settings: DetectionSettings): readonly number[];
  offDelayMs(settings: DetectionSettings): number;
  /**
   * Instead of an on-delay: a reading is one blow, and so many of them in so long a time, counted from the first, make the
   * condition. Such a detector has one level.
   */
  repeats?(settings: DetectionSettings): Repeats;
  /**
   * Whether no channel of it has anything to say, near or low: asked first where nothing runs, so that rest costs one
   * comparison a detector. What is not measured is at rest.
   */
  rests(sample: Sample, settings: DetectionSettings): boolean;
  /** How bad the reading is for a channel: {@link verdict}, or {@link SKIP}, or {@link MASKED}. */
  judge(sample: Sample, channel: number, settings: DetectionSettings): number;
  /** The deciding voltage and limit for the record of an event; null where voltage is not the point. */
  valueV(sample: Sample, channel: number): number | null;
  limitV(sample: Sample, level: number): number | null;
}

export interface Repeats {
  times: number;
  withinMs: number;
}

export const LEVELS_MAX = 3;

/** Differences of tenths of a volt are not exact in binary, and a limit itself is still good. */
export const TOLERANCE = 1e-6;

/** Not measured: the state stays as it is. */
export const SKIP = -1;
/** There is no supply: the condition cannot be, and ends if it was. */
export const MASKED = -2;

/**
 * A judgement in one number, so that judging allocates nothing. `on`: level that the reading reaches (0 = none); `held`:
 * level out of which it has not come back, deadband included (≥ on); `near`: close to the limit.
 */
export function verdict(on: number, held: number, near: boolean): number {
  return on | (held << 2) | (near ? 16 : 0);
}
export const onLevel = (judged: number): number => judged & 3;
export const heldLevel = (judged: number): number => (judged >> 2) & 3;
export const isNear = (judged: number): boolean => (judged & 16) !== 0;

/** Voltage of a phase channel. */
export function phaseV(sample: Sample, channel: number): number {
  return channel === 0 ? sample.uaV : channel === 1 ? sample.ubV : sample.ucV;
}

/** Whether all three phases are measured. */
export function isThreePhase({ uaV, ubV, ucV }: Sample): boolean {
  return uaV >= 0 && ubV >= 0 && ucV >= 0;
}

/**
 * Code that a level shows. While an on-delay runs (level 0) it is "watch", but for what is no more than "watch" when it
 * is raised.
 */
export function shownCode(detector: Detector, level: number): number {
  if (level > 0) return CONDITION_CODE[detector.levels[level - 1]!.shows];
  return detector.levels[0]!.shows === 'watch' ? CONDITION_CODE.normal : CONDITION_CODE.watch;
}
