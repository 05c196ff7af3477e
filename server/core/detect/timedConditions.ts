import type { ConditionEvent } from '../event.ts';
import type { DetectionSettings } from '../settings.ts';
import { NONE } from '../table.ts';
import { ConditionRecords, type RecordOwner } from './conditionRecords.ts';
import {
  heldLevel,
  isNear,
  LEVELS_MAX,
  MASKED,
  onLevel,
  shownCode,
  SKIP,
  type Detector,
  type Repeats,
  type Sample,
} from './detector.ts';

/** An event but for the names of its point, which the engine knows. */
export type Transition = Omit<ConditionEvent, 'transformerId' | 'point'> & { p: number };

/** A detector with its settings applied. All have one shape, so that the loop over them finds its way at once. */
interface Watch {
  rests: Detector['rests'];
  judge: Detector['judge'];
  channels: number;
  levels: number;
  onDelaysMs: readonly number[];
  offDelayMs: number;
  repeats: Repeats | undefined;
}

/** Keeps the time of all conditions of all points. */
export class TimedConditions {
  readonly records: ConditionRecords;
  #owner: RecordOwner;
  #detectors: readonly Detector[];
  #watches: readonly Watch[];
  #settings: DetectionSettings;
  #emit: (transition: Transition) => void;

  constructor(
    owner: RecordOwner,
    detectors: readonly Detector[],
    settings: DetectionSettings,
    emit: (transition: Transition) => void,
  ) {
    this.#owner = owner;
    this.records = new ConditionRecords(owner);
    this.#detectors = detectors;
    this.#settings = settings;
    this.#watches = detectors.map((d) => ({
      rests: d.rests,
      judge: d.judge,
      channels: d.channels.length,
      levels: d.levels.length,
      onDelaysMs: d.onDelaysMs(settings),
      offDelayMs: d.offDelayMs(settings),
      repeats: d.repeats?.(settings),
    }));
    this.#emit = emit;
  }

  /** Takes one live reading; whether some channel is near its limit or below it. */
  step(sample: Sample): boolean {
    let near = false;
    const settings = this.#settings;
    const watches = this.#watches;
    const running = this.records.detectors(this.#owner.record[sample.p]!);
    for (let d = 0; d < watches.length; d++) {
      const watch = watches[d]!;
      if ((running & (1 << d)) === 0 && watch.rests(sample, settings)) continue;
      for (let channel = 0; channel < watch.channels; channel++) {
        const judged = watch.judge(sample, channel, settings);
        if (judged === SKIP) continue;
        let record = this.#owner.record[sample.p]!;
        if (record !== NONE) record = this.records.find(record, d, channel);
        if (judged === MASKED) {
          if (record !== NONE) this.#end(record, sample, sample.tsMs, 'outage');
          continue;
        }
        near = near || isNear(judged);
        if (record === NONE) {
          if (onLevel(judged) === 0) continue;
          record = this.records.begin(sample.p, d, channel);
        }
        this.#advance(record, sample, judged);
      }
    }
    return near;
  }

  /** Most urgent code of what is raised at a point, or whose on-delay runs. */
  code(p: number): number {
    const { next, detector, level } = this.records.columns;
    let code = 0;
    for (let record = this.#owner.record[p]!; record !== NONE; record = next[record]!) {
      const shown = shownCode(this.#detectors[detector[record]!]!, level[record]!);
      if (shown > code) code = shown;
    }
    return code;
  }

  /** When the condition that shows this code began, event time; NaN when none does. */
  sinceMs(p: number, code: number): number {
    const { next, detector, level, sinceMs } = this.records.columns;
    let since = NaN;
    for (let record = this.#owner.record[p]!; record !== NONE; record = next[record]!) {
      if (level[record] === 0) continue;
      if (shownCode(this.#detectors[detector[record]!]!, level[record]!) !== code) continue;
      if (!(since <= sinceMs[record]!)) since = sinceMs[record]!;
    }
    return since;
  }

  /** Forgets running delays of a point (its clock went back); what is raised stays raised. */
  restart(p: number): void {
    const { next, level, onSinceMs, offSinceMs } = this.records.columns;
    for (let record = this.#owner.record[p]!; record !== NONE;) {
      const following = next[record]!;
      onSinceMs.fill(NaN, record * LEVELS_MAX, (record + 1) * LEVELS_MAX);
      offSinceMs.fill(NaN, record * LEVELS_MAX, (record + 1) * LEVELS_MAX);
      if (level[record] === 0) this.records.release(record, p);
      record = following;
    }
  }

  /** Gives back all records of a point that is no longer watched. */
  drop(p: number): void {
    while (this.#owner.record[p] !== NONE) this.records.release(this.#owner.record[p]!, p);
  }

  #advance(record: number, sample: Sample, judged: number): void {
    const columns = this.records.columns;
    const { levels, onDelaysMs, offDelayMs, repeats } = this.#watches[columns.detector[record]!]!;
    if (repeats !== undefined) {
      this.#count(record, sample, onLevel(judged) > 0, repeats, offDelayMs);
      return;
    }
    const on = onLevel(judged);
    const held = heldLevel(judged);
    const at = record * LEVELS_MAX - 1;
    const level = columns.level[record]!;
    let rise = level;
    for (let k = 1; k <= levels; k++) {
      columns.onSinceMs[at + k] = since(columns.onSinceMs[at + k]!, on >= k, sample);
      columns.offSinceMs[at + k] = since(columns.offSinceMs[at + k]!, held < k, sample);
      if (on >= k && sample.endMs - columns.onSinceMs[at + k]! >= onDelaysMs[k - 1]!) {
        rise = Math.max(rise, k);
      }
    }
    if (rise > level) {
      const tsMs = level === 0 ? columns.onSinceMs[at + 1]! : columns.onSinceMs[at + rise]!;
      if (level === 0) columns.sinceMs[record] = tsMs;
      columns.level[record] = rise;
      this.#tell(record, sample, level === 0 ? 'raised' : 'changed', rise, tsMs);
      return;
    }
    let fall = level;
    while (fall > 0 && sample.endMs - columns.offSinceMs[at + fall]! >= offDelayMs) fall--;
    if (fall === 0) {
      if (level > 0) this.#end(record, sample, columns.offSinceMs[at + 1]!, 'recovery');
      else if (on === 0) this.records.release(record, sample.p);
    } else if (fall < level) {
      columns.level[record] = fall;
      this.#tell(record, sample, 'changed', fall, columns.offSinceMs[at + fall + 1]!);
    }
  }

  /** Advances a condition that is made of blows: the first begins the time in which they must come. */
  #count(
    record: number,
    sample: Sample,
    blow: boolean,
    { times, withinMs }: Repeats,
    offDelayMs: number,
  ): void {
    const { count, level, sinceMs, onSinceMs, offSinceMs } = this.records.columns;
    const at = record * LEVELS_MAX;
    if (level[record] === 1) {
      offSinceMs[at] = since(offSinceMs[at]!, !blow, sample);
      if (sample.endMs - offSinceMs[at]! >= offDelayMs) {
        this.#end(record, sample, offSinceMs[at]!, 'recovery');
      }
      return;
    }
    const isOver = sample.restart || !(sample.tsMs - onSinceMs[at]! < withinMs);
    if (isOver && !blow && count[record]! > 0) {
      this.records.release(record, sample.p);
      return;
    }
    if (!blow) return;
    if (isOver) {
      onSinceMs[at] = sample.tsMs;
      count[record] = 0;
    }
    count[record] = count[record]! + 1;
    if (count[record]! < times) return;
    level[record] = 1;
    sinceMs[record] = onSinceMs[at]!;
    this.#tell(record, sample, 'raised', 1, onSinceMs[at]!);
  }

  #tell(record: number, sample: Sample, kind: 'raised' | 'changed', level: number, tsMs: number): void {
    const detector = this.#detectors[this.records.columns.detector[record]!]!;
    const channel = this.records.columns.channel[record]!;
    this.#emit({
      p: sample.p,
      condition: detector.condition,
      phase: detector.channels[channel]!,
      kind,
      severity: detector.levels[level - 1]!.severity,
      tsMs,
      detectedMs: sample.detectedMs,
      valueV: detector.valueV(sample, channel),
      limitV: detector.limitV(sample, level),
    });
  }

  #end(record: number, sample: Sample, tsMs: number, endedBy: 'recovery' | 'outage'): void {
    const { detector: detectors, channel: channels, level } = this.records.columns;
    const detector = this.#detectors[detectors[record]!]!;
    const channel = channels[record]!;
    if (level[record]! > 0) {
      this.#emit({
        p: sample.p,
        condition: detector.condition,
        phase: detector.channels[channel]!,
        kind: 'cleared',
        severity: null,
        tsMs,
        detectedMs: sample.detectedMs,
        valueV: detector.valueV(sample, channel),
        limitV: detector.limitV(sample, 1),
        endedBy,
      });
    }
    this.records.release(record, sample.p);
  }
}

/** Continues, starts or stops a timer. */
function since(beforeMs: number, runs: boolean, sample: Sample): number {
  if (!runs) return NaN;
  return Number.isNaN(beforeMs) || sample.restart ? sample.tsMs : beforeMs;
}
