import { CODE_MAX, CorruptBytesError, MODE, ROWS_MAX, SCALES } from './columnFormat.ts';

/** Code units turned into a string at once: the argument list of `fromCharCode` must not overflow the stack. */
const UNITS_AT_ONCE = 8_192;

/** Reads what {@link ByteWriter} wrote; throws {@link CorruptBytesError} on anything else. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get rest(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#bytes[this.#take(1)]!;
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** A copy: the reader's buffer may be reused. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    const at = this.#take(length);
    return this.#bytes.slice(at, at + length) as Uint8Array<ArrayBuffer>;
  }

  /** A number of rows, within bounds. */
  count(): number {
    const count = this.u32();
    if (count > ROWS_MAX) throw new CorruptBytesError(`${count} rows`);
    return count;
  }

  numbers(count: number): Float64Array {
    const mode = this.u8();
    if (mode === MODE.constant) return new Float64Array(count).fill(this.f64());
    if (mode === MODE.raw) {
      const at = this.#take(8 * count);
      const values = new Float64Array(count);
      for (let i = 0; i < count; i++) values[i] = this.#view.getFloat64(at + 8 * i, true);
      return values;
    }
    if (mode !== MODE.u8 && mode !== MODE.u16 && mode !== MODE.u32) {
      throw new CorruptBytesError(`column mode ${mode}`);
    }
    const scale = SCALES[this.u8()];
    if (scale === undefined) throw new CorruptBytesError('unknown decimal step');
    const base = this.f64();
    const at = this.#take(mode * count);
    const none = CODE_MAX[mode] + 1;
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const code = this.#code(mode, at + mode * i);
      values[i] = code === none ? NaN : (base + code) / scale;
    }
    return values;
  }

  strings(count: number): string[] {
    const mode = this.u8();
    if (mode === MODE.constant) return this.#repeat(this.#text(1)[0]!, count);
    if (mode === MODE.raw) return this.#text(count);
    throw new CorruptBytesError(`text mode ${mode}`);
  }

  blobs(count: number): Uint8Array<ArrayBuffer>[] {
    if (4 * count > this.rest) throw new CorruptBytesError('cut short');
    const lengths = Array.from({ length: count }, () => this.u32());
    return lengths.map((length) => this.bytes(length));
  }

  #repeat(text: string, count: number): string[] {
    return Array.from({ length: count }, () => text);
  }

  #code(width: 1 | 2 | 4, at: number): number {
    if (width === 2) return this.#view.getUint16(at, true);
    return width === 4 ? this.#view.getUint32(at, true) : this.#bytes[at]!;
  }

  #text(count: number): string[] {
    const mode = this.u8();
    if (mode !== MODE.ascii && mode !== MODE.utf16) throw new CorruptBytesError(`text mode ${mode}`);
    const unitBytes = mode === MODE.ascii ? 1 : 2;
    const lengths = this.numbers(count);
    let total = 0;
    for (const length of lengths) {
      if (!Number.isSafeInteger(length) || length < 0) throw new CorruptBytesError('a text length');
      total += length;
    }
    const at = this.#take(unitBytes * total);
    const joined = mode === MODE.ascii ? this.#ascii(at, total) : this.#utf16(at, total);
    let from = 0;
    return Array.from(lengths, (length) => joined.slice(from, (from += length)));
  }

  #ascii(at: number, length: number): string {
    return new TextDecoder().decode(this.#bytes.subarray(at, at + length));
  }

  /** Not by TextDecoder, which would replace lone surrogates. */
  #utf16(at: number, length: number): string {
    let joined = '';
    for (let from = 0; from < length; from += UNITS_AT_ONCE) {
      const units = Array.from({ length: Math.min(UNITS_AT_ONCE, length - from) }, (_, k) =>
        this.#view.getUint16(at + 2 * (from + k), true),
      );
      joined += String.fromCharCode(...units);
    }
    return joined;
  }

  #take(size: number): number {
    if (size > this.rest) throw new CorruptBytesError('cut short');
    const at = this.#at;
    this.#at += size;
    return at;
  }
}
