import { CONDITION_CODE } from './condition.ts';
import type { Reading } from './reading.ts';
import { f32, f64, Table, u16, u32, u8, type Columns } from './table.ts';

/** Timestamps kept for telling a duplicate from a late reading. */
export const RING_SIZE = 8;

/** Assumed while a device has neither declared its interval nor sent two readings. */
const INTERVAL_DEFAULT_S = 900;

/** Bits of the `bits` column. */
export const POINT_BIT = {
  /** No data: said, and not yet taken back. */
  silent: 1,
  /** Voltage near the limit. */
  near: 2,
  /** The interval is the device's own word, not learned. */
  declared: 4,
  /** The summary of the running day lacks something (first day seen, late data): made again from the store. */
  partialDay: 8,
} as const;

/** What is kept of each measuring point between readings. */
const POINT_LAYOUT = {
  /** Start of the latest live reading, UTC ms; NaN before the first. */
  lastTsMs: f64(NaN),
  /** When it arrived, for the no-data grace. */
  receivedMs: f64(NaN),
  /** Low 32 bits of the latest timestamps: exact over 49 days, and live data are at most 7 days old. */
  ring: u32(0, RING_SIZE),
  /** Next place in the ring; from RING_SIZE on, the ring is full. */
  ringAt: u8(),
  /** The device's interval, and a rival that was seen `rivalCount` times running; 0 = unknown. */
  intervalS: u16(),
  rivalS: u16(),
  rivalCount: u8(),
  /** Readings running that equal the one before them. */
  unchanged: u16(),
  /** ua ub uc ia ib ic in p q of the latest reading. */
  values: f32(NaN, 9),
  condition: u8(CONDITION_CODE.normal),
  bits: u8(),
  /** First of its running condition records (detect/detector.ts). */
  record: u32(0xffff_ffff),
};

export const VALUE = { ua: 0, ub: 1, uc: 2, ia: 3, ib: 4, ic: 5, in: 6, p: 7, q: 8 } as const;
export const VALUES = 9;

export type PointColumns = Columns<typeof POINT_LAYOUT>;

export class PointStates extends Table<typeof POINT_LAYOUT> {
  constructor() {
    super(POINT_LAYOUT);
  }

  /** The interval of a reading: its own, else the one learned; the default before anything is known. */
  intervalMs(p: number): number {
    return (this.columns.intervalS[p]! || INTERVAL_DEFAULT_S) * 1000;
  }

  hasData(p: number): boolean {
    return this.columns.lastTsMs[p]! > -Infinity && (this.columns.bits[p]! & POINT_BIT.silent) === 0;
  }

  /** Lowest measured phase of the latest reading, V; NaN without one. */
  lowestV(p: number): number {
    const { values } = this.columns;
    const at = p * VALUES;
    let low = NaN;
    for (let phase = 0; phase < 3; phase++) {
      const voltageV = values[at + phase]!;
      if (!(low <= voltageV) && voltageV >= 0) low = voltageV;
    }
    return low;
  }

  /** Apparent power of the latest reading against a rating, %: from P and Q, else from the currents. */
  loadPct(p: number, capacityKva: number): number {
    if (!(capacityKva > 0)) return NaN;
    const { values } = this.columns;
    const at = p * VALUES;
    const pKw = values[at + VALUE.p]!;
    if (!Number.isNaN(pKw)) {
      const qKvar = values[at + VALUE.q]! || 0;
      return (100 * Math.sqrt(pKw * pKw + qKvar * qKvar)) / capacityKva;
    }
    let voltAmperes = NaN;
    for (let phase = 0; phase < 3; phase++) {
      const product = values[at + VALUE.ua + phase]! * values[at + VALUE.ia + phase]!;
      if (!Number.isNaN(product)) voltAmperes = (voltAmperes || 0) + product;
    }
    return voltAmperes / 10 / capacityKva;
  }

  /** Keeps the values; returns whether every one equals the one before. */
  put(p: number, reading: Reading): boolean {
    const { values } = this.columns;
    const at = p * VALUES;
    // Bitwise or, not short circuit: each cell must be written.
    const changed =
      +swap(values, at, reading.uaV) |
      +swap(values, at + 1, reading.ubV) |
      +swap(values, at + 2, reading.ucV) |
      +swap(values, at + 3, reading.iaA) |
      +swap(values, at + 4, reading.ibA) |
      +swap(values, at + 5, reading.icA) |
      +swap(values, at + 6, reading.inA) |
      +swap(values, at + 7, reading.pKw) |
      +swap(values, at + 8, reading.qKvar);
    return changed === 0;
  }
}

/** Writes a cell; whether it changed. NaN equals NaN here. */
function swap(values: Float32Array, at: number, value: number): boolean {
  const before = values[at]!;
  values[at] = value;
  const after = values[at]!;
  return before !== after && (before === before || after === after);
}
