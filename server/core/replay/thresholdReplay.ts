import { emptySample } from '../detect/detector.ts';
import { DETECTORS } from '../detect/detectors.ts';
import { TimedConditions, type Transition } from '../detect/timedConditions.ts';
import { severityRank } from '../incident/severity.ts';
import type { Limits } from '../limits.ts';
import { READING_FLAG } from '../reading.ts';
import { detectionSettings, type DetectionSettings } from '../settings.ts';
import { MEAN_INTERVAL_MS, type MeanColumns } from '../summary.ts';
import { NONE } from '../table.ts';
import type { Episode } from './episode.ts';

/**
 * Steps the live detectors over stored 10-minute means. Only what is judged by voltage limits is replayed: the other
 * conditions need what a mean does not hold. A window that was dark in part counts as dark first and served after.
 */
const REPLAYED: ReadonlySet<string> = new Set(['under-voltage', 'over-voltage', 'outage', 'phase-loss']);
const CHANNELS = ['a', 'b', 'c'] as const;

/** One rule over one stretch of history, point by point: nothing is kept of a point once it is done. */
export class ThresholdReplay {
  #owner = { record: new Uint32Array([NONE]) };
  #settings: DetectionSettings;
  #timed: TimedConditions;
  #onEpisode: (episode: Episode) => void;
  #open: Episode[] = [];
  #sample = emptySample();
  #columns: MeanColumns | null = null;
  #lowV = new Float64Array(3);
  #highV = new Float64Array(3);

  constructor(detection: Partial<DetectionSettings>, onEpisode: (episode: Episode) => void) {
    this.#settings = detectionSettings(detection);
    this.#onEpisode = onEpisode;
    const detectors = DETECTORS.filter(({ condition }) => REPLAYED.has(condition));
    this.#timed = new TimedConditions(this.#owner, detectors, this.#settings, (t) => this.#take(t));
  }

  /** All means of one point, ascending. */
  addPoint(columns: MeanColumns, limits: Limits): void {
    const { tsMs, uaV, ubV, ucV, uaMinV, ubMinV, ucMinV, flags } = columns;
    const { lowV, highV, outageV } = limits;
    const { record } = this.#owner;
    this.#columns = columns;
    this.#sample.limits = limits;
    let intervalMs = NaN;
    for (let i = 0; i < tsMs.length; i++) {
      // Most rows are within the limits and nothing runs: no detector could begin anything.
      if (record[0] === NONE && (flags[i]! & READING_FLAG.outage) === 0) {
        const a = uaV[i]!;
        const b = ubV[i]!;
        const c = ucV[i]!;
        if (!(a < lowV || b < lowV || c < lowV || a > highV || b > highV || c > highV)) {
          // A dead phase has no mean, only a minimum.
          if (!(uaMinV[i]! < outageV || ubMinV[i]! < outageV || ucMinV[i]! < outageV)) continue;
        }
      }
      if (Number.isNaN(intervalMs)) intervalMs = intervalOf(tsMs);
      this.#step(columns, i, intervalMs);
    }
    for (const episode of this.#open) this.#onEpisode(this.#measured(episode));
    this.#open = [];
    while (record[0] !== NONE) this.#timed.records.release(record[0]!, 0);
  }

  #step(columns: MeanColumns, i: number, intervalMs: number): void {
    const { tsMs, uaV, ubV, ucV, flags } = columns;
    const sample = this.#sample;
    const gapMs = i === 0 ? Infinity : tsMs[i]! - tsMs[i - 1]!;
    const missingMs = gapMs - intervalMs;
    sample.restart = missingMs >= 2 * intervalMs && missingMs > this.#settings.holeS * 1000;
    sample.tsMs = tsMs[i]!;
    sample.endMs = endOf(tsMs, i, intervalMs);
    sample.detectedMs = sample.endMs;
    if ((flags[i]! & READING_FLAG.outage) !== 0) {
      this.#put(0, 0, 0, true);
      this.#timed.step(sample);
      if (Number.isNaN(uaV[i]!) && Number.isNaN(ubV[i]!) && Number.isNaN(ucV[i]!)) return;
      sample.restart = false;
      sample.tsMs += MEAN_INTERVAL_MS / 2;
    }
    this.#put(this.#phaseV(0, i), this.#phaseV(1, i), this.#phaseV(2, i), false);
    this.#widen(columns, i);
    this.#timed.step(sample);
  }

  /** The mean of a phase; of one that was dead all the while, what its minimum kept. */
  #phaseV(phase: number, i: number): number {
    const { mean, min } = PHASE_COLUMNS[phase]!;
    const columns = this.#columns!;
    const meanV = columns[mean][i]!;
    if (!Number.isNaN(meanV)) return meanV;
    return columns[min][i]! < this.#sample.limits.outageV ? columns[min][i]! : NaN;
  }

  #put(uaV: number, ubV: number, ucV: number, outage: boolean): void {
    const sample = this.#sample;
    sample.uaV = uaV;
    sample.ubV = ubV;
    sample.ucV = ucV;
    sample.lowestV = lower(lower(uaV, ubV), ucV);
    sample.highestV = -lower(lower(-uaV, -ubV), -ucV);
    sample.outage = outage;
  }

  /** Extremes of each phase since something began to run at the point. */
  #widen(columns: MeanColumns, i: number): void {
    if (this.#owner.record[0] === NONE) {
      this.#lowV.fill(NaN);
      this.#highV.fill(NaN);
    }
    for (let k = 0; k < 3; k++) {
      const meanV = columns[PHASE_COLUMNS[k]!.mean][i]!;
      const minV = columns[PHASE_COLUMNS[k]!.min][i]!;
      const isDead = minV < this.#sample.limits.outageV;
      this.#lowV[k] = lower(this.#lowV[k]!, isDead ? meanV : lower(meanV, minV));
      this.#highV[k] = -lower(-this.#highV[k]!, -meanV);
    }
  }

  #take({ condition, phase, kind, severity, tsMs, limitV }: Transition): void {
    if (kind === 'raised') {
      const { transformerId, point } = this.#columns!;
      this.#open.push({
        transformerId,
        point,
        condition,
        phase,
        severity: severity ?? 'severe',
        fromMs: tsMs,
        toMs: null,
        worstV: null,
        limitV,
      });
      return;
    }
    const at = this.#open.findIndex((e) => e.condition === condition && e.phase === phase);
    const episode = this.#open[at];
    if (episode === undefined) return;
    if (kind === 'cleared') {
      this.#open.splice(at, 1);
      this.#onEpisode(this.#measured({ ...episode, toMs: tsMs }));
    } else if (severity !== null && severityRank(severity) > severityRank(episode.severity)) {
      episode.severity = severity;
      episode.limitV = limitV;
    }
  }

  #measured(episode: Episode): Episode {
    const extremes =
      episode.condition === 'under-voltage'
        ? this.#lowV
        : episode.condition === 'over-voltage'
          ? this.#highV
          : null;
    if (extremes === null || episode.phase === null) return episode;
    const worstV = extremes[CHANNELS.indexOf(episode.phase)]!;
    return { ...episode, worstV: Number.isNaN(worstV) ? null : worstV };
  }
}

const PHASE_COLUMNS = [
  { mean: 'uaV', min: 'uaMinV' },
  { mean: 'ubV', min: 'ubMinV' },
  { mean: 'ucV', min: 'ucMinV' },
] as const;

/** The lower of two; what is not measured (NaN) does not count. */
function lower(left: number, right: number): number {
  return left <= right || Number.isNaN(right) ? left : right;
}

/**
 * Interval of the device as its windows show it: those of a quarter-hourly one lie 10 and 20 minutes apart in turn, so
 * two steps are taken together, and the shortest such pair has no gap in it.
 */
function intervalOf(tsMs: Float64Array): number {
  let pairMs = Infinity;
  for (let i = 2; i < tsMs.length; i++) pairMs = Math.min(pairMs, tsMs[i]! - tsMs[i - 2]!);
  return pairMs === Infinity ? MEAN_INTERVAL_MS : pairMs / 2;
}

/** A mean holds until the next one, unless that is further away than one is missing. */
function endOf(tsMs: Float64Array, i: number, intervalMs: number): number {
  const nextMs = tsMs[i + 1] ?? Infinity;
  return nextMs - tsMs[i]! < 2 * intervalMs ? nextMs : tsMs[i]! + intervalMs;
}
