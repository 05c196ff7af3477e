import { f64, NONE, Table, u32, u8 } from '../table.ts';
import { LEVELS_MAX } from './detector.ts';

/** A condition that is under way on one channel of one point; a point at rest has none, so rest costs nothing. */
const RECORD_LAYOUT = {
  /** Next record of the same point, or next free one. */
  next: u32(NONE),
  detector: u8(),
  channel: u8(),
  /** Raised level; 0 while an on-delay runs. */
  level: u8(),
  /** Blows counted of a condition that is made of repeats. */
  count: u8(),
  /** When the raised condition began, event time. */
  sinceMs: f64(NaN),
  /** Since when each level is reached, and since when it is left behind; NaN = is not. */
  onSinceMs: f64(NaN, LEVELS_MAX),
  offSinceMs: f64(NaN, LEVELS_MAX),
};

export interface RecordOwner {
  /** First record of each point. */
  record: Uint32Array;
}

/** The records of all points: a list of each point's, and one of those that are free. */
export class ConditionRecords extends Table<typeof RECORD_LAYOUT> {
  #owner: RecordOwner;
  #free = NONE;

  constructor(owner: RecordOwner) {
    super(RECORD_LAYOUT);
    this.#owner = owner;
  }

  /** The table was read from a snapshot: records that no point owns are free. */
  rebuildFree(): void {
    const used = new Uint8Array(this.rows);
    for (const first of this.#owner.record) {
      for (let record = first; record !== NONE; record = this.columns.next[record]!) used[record] = 1;
    }
    this.#free = NONE;
    for (let record = this.rows - 1; record >= 0; record--) {
      if (used[record] === 1) continue;
      this.clearRow(record);
      this.columns.next[record] = this.#free;
      this.#free = record;
    }
  }

  /** Which detectors a list of records belongs to: bit `d` for detector `d`. */
  detectors(first: number): number {
    const { next, detector } = this.columns;
    let bits = 0;
    for (let record = first; record !== NONE; record = next[record]!) bits |= 1 << detector[record]!;
    return bits;
  }

  find(first: number, detector: number, channel: number): number {
    const columns = this.columns;
    let record = first;
    while (record !== NONE) {
      if (columns.detector[record] === detector && columns.channel[record] === channel) return record;
      record = columns.next[record]!;
    }
    return NONE;
  }

  /** Takes a free record, or a new one. */
  begin(p: number, detector: number, channel: number): number {
    let record = this.#free;
    if (record === NONE) record = this.push();
    else this.#free = this.columns.next[record]!;
    const columns = this.columns;
    columns.detector[record] = detector;
    columns.channel[record] = channel;
    columns.next[record] = this.#owner.record[p]!;
    this.#owner.record[p] = record;
    return record;
  }

  release(record: number, p: number): void {
    const { next } = this.columns;
    if (this.#owner.record[p] === record) {
      this.#owner.record[p] = next[record]!;
    } else {
      let before = this.#owner.record[p]!;
      while (next[before] !== record) before = next[before]!;
      next[before] = next[record]!;
    }
    this.#clear(record);
    next[record] = this.#free;
    this.#free = record;
  }

  /** What `clearRow` does, column by column: conditions that only touch their limit come and go with every reading. */
  #clear(record: number): void {
    const { detector, channel, level, count, sinceMs, onSinceMs, offSinceMs } = this.columns;
    detector[record] = 0;
    channel[record] = 0;
    level[record] = 0;
    count[record] = 0;
    sinceMs[record] = NaN;
    for (let at = record * LEVELS_MAX; at < (record + 1) * LEVELS_MAX; at++) {
      onSinceMs[at] = NaN;
      offSinceMs[at] = NaN;
    }
  }
}
