/**
 * How columns of strings, numbers and byte blobs are kept as compact bytes, exact to the bit.
 *
 * A column says of itself how it is kept (a constant, small integers above a base in decimal steps, or raw doubles), so
 * an absent column costs nine bytes however many rows there are. Every length that is read is checked against the
 * bytes that are there before anything is allocated.
 */

/** Bytes that are not what our writer writes: cut short, altered or of another version. */
export class CorruptBytesError extends Error {
  constructor(detail: string) {
    super(`The batch is damaged: ${detail}.`);
    this.name = 'CorruptBytesError';
  }
}

/** Rows of one table; far above any batch, far below what would exhaust the memory. */
export const ROWS_MAX = 1_000_000;
/** How a column is kept. */
export const MODE = { constant: 0, u8: 1, u16: 2, u32: 4, raw: 8, ascii: 16, utf16: 17 } as const;

/** Decimal steps that devices send: whole, 0.1, 0.01 and 0.001. */
export const SCALES = [1, 10, 100, 1000] as const;
/** Highest code of each width; the one above it stands for NaN. */
export const CODE_MAX = { 1: 0xfe, 2: 0xff_fe, 4: 0xff_ff_ff_fe } as const;
