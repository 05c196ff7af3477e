import { CODE_MAX, MODE, SCALES } from './columnFormat.ts';

/** Grows by doubling; little-endian. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(Math.max(64, capacity));
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written, in a buffer of its own that the caller may transfer. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** The bytes so far, shared: valid until the next write. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  u8(value: number): void {
    const at = this.#room(1);
    this.#bytes[at] = value;
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
  }

  f64(value: number): void {
    const at = this.#room(8);
    this.#view.setFloat64(at, value, true);
  }

  bytes(value: Uint8Array): void {
    const at = this.#room(value.length);
    this.#bytes.set(value, at);
  }

  setU32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  /** The numbers of one column, `values[0 … count)`. */
  numbers(values: Float64Array, count: number): void {
    const first = count === 0 ? NaN : values[0]!;
    let constant = true;
    for (let i = 1; i < count && constant; i++) constant = Object.is(values[i], first);
    if (constant) {
      this.u8(MODE.constant);
      this.f64(first);
      return;
    }
    const plan = integerPlan(values, count);
    if (plan === null) {
      this.u8(MODE.raw);
      const at = this.#room(8 * count);
      for (let i = 0; i < count; i++) this.#view.setFloat64(at + 8 * i, values[i]!, true);
      return;
    }
    const { scale, base, width } = plan;
    this.u8(width);
    this.u8(SCALES.indexOf(scale));
    this.f64(base);
    const at = this.#room(width * count);
    const none = CODE_MAX[width] + 1;
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      const code = Number.isNaN(value) ? none : Math.round(value * scale) - base;
      if (width === 2) this.#view.setUint16(at + 2 * i, code, true);
      else if (width === 4) this.#view.setUint32(at + 4 * i, code, true);
      else this.#bytes[at + i] = code;
    }
  }

  /** The strings of one column. Any string of UTF-16 code units survives, lone surrogates too. */
  strings(values: readonly string[]): void {
    const first = values[0] ?? '';
    if (values.every((value) => value === first)) {
      this.u8(MODE.constant);
      this.#text([first]);
      return;
    }
    this.u8(MODE.raw);
    this.#text(values);
  }

  /** Byte blobs. */
  blobs(values: readonly Uint8Array[]): void {
    for (const value of values) this.u32(value.length);
    for (const value of values) this.bytes(value);
  }

  #text(values: readonly string[]): void {
    const lengths = new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) lengths[i] = values[i]!.length;
    const joined = values.join('');
    const mark = this.#room(1);
    this.numbers(lengths, values.length);
    const at = this.#room(joined.length);
    for (let i = 0; i < joined.length; i++) {
      const unit = joined.charCodeAt(i);
      if (unit > 0x7f) {
        this.#bytes[mark] = MODE.utf16;
        this.#room(joined.length);
        for (let k = 0; k < joined.length; k++) this.#view.setUint16(at + 2 * k, joined.charCodeAt(k), true);
        return;
      }
      this.#bytes[at + i] = unit;
    }
    this.#bytes[mark] = MODE.ascii;
  }

  /** Reserves `size` bytes and returns where they begin. Call it before touching the buffer: it may be a new one after. */
  #room(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

interface IntegerPlan {
  scale: (typeof SCALES)[number];
  base: number;
  width: 1 | 2 | 4;
}

/** The narrowest exact integer form of a column, or null where only the doubles themselves are exact. */
function integerPlan(values: Float64Array, count: number): IntegerPlan | null {
  let step = 0;
  let scale: IntegerPlan['scale'] = SCALES[0];
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    if (Object.is(value, -0)) return null;
    while (Math.round(value * scale) / scale !== value) {
      const finer = SCALES[++step];
      if (finer === undefined) return null;
      scale = finer;
    }
  }
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < count; i++) {
    const code = Math.round(values[i]! * scale);
    // A finer step found later can change how an earlier value rounds; the check costs less than a doubt.
    if (code / scale !== values[i]! && !Number.isNaN(code)) return null;
    if (code < low) low = code;
    if (code > high) high = code;
  }
  const span = high - low;
  if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || span > CODE_MAX[4]) return null;
  return { scale, base: low, width: span <= CODE_MAX[1] ? 1 : span <= CODE_MAX[2] ? 2 : 4 };
}
