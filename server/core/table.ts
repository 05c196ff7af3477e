/** Rows of numbers kept by column in typed arrays: no object a row, no work for the garbage collector. */

export type NumberArray = Float64Array | Float32Array | Uint32Array | Uint16Array | Uint8Array;

/** One column: the type of its cells, how many a row has, and what an empty cell holds. */
export interface Column<A extends NumberArray> {
  make: (length: number) => A;
  width: number;
  empty: number;
}
export type Layout = Record<string, Column<NumberArray>>;
export type Columns<L extends Layout> = { [K in keyof L]: L[K] extends Column<infer A> ? A : never };

export const f64 = (empty = 0, width = 1): Column<Float64Array> => ({
  make: (n) => new Float64Array(n),
  width,
  empty,
});
export const f32 = (empty = 0, width = 1): Column<Float32Array> => ({
  make: (n) => new Float32Array(n),
  width,
  empty,
});
export const u32 = (empty = 0, width = 1): Column<Uint32Array> => ({
  make: (n) => new Uint32Array(n),
  width,
  empty,
});
export const u16 = (empty = 0, width = 1): Column<Uint16Array> => ({
  make: (n) => new Uint16Array(n),
  width,
  empty,
});
export const u8 = (empty = 0, width = 1): Column<Uint8Array> => ({
  make: (n) => new Uint8Array(n),
  width,
  empty,
});

/** "No row", in columns that point at rows. */
export const NONE = 0xffff_ffff;

/** Room grows by an eighth: little to copy on average, little to waste. */
const GROWTH = 1 / 8;
const ROOM_MIN = 64;

/** A growable table. `columns` stays the same object; its arrays are replaced when it grows. */
export class Table<L extends Layout> {
  readonly columns: Columns<L>;
  #layout: L;
  /** The layout as a list: rows are cleared too often to make it each time. */
  #named: readonly (readonly [name: string, column: Column<NumberArray>])[];
  #room = 0;
  #rows = 0;

  constructor(layout: L) {
    this.#layout = layout;
    this.#named = Object.entries(layout);
    this.columns = Object.fromEntries(
      Object.entries(layout).map(([name, column]) => [name, column.make(0)]),
    ) as Columns<L>;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Bytes of the arrays, room for growth included. */
  get bytes(): number {
    return Object.values(this.columns).reduce((sum, array) => sum + (array as NumberArray).byteLength, 0);
  }

  /** Appends an empty row and returns its index. */
  push(): number {
    if (this.#rows === this.#room) {
      this.#resize(this.#rows + Math.max(ROOM_MIN, Math.ceil(this.#rows * GROWTH)));
    }
    return this.#rows++;
  }

  /** Makes the table exactly `rows` long; rows beyond the present ones are empty. */
  setRows(rows: number): void {
    this.#rows = Math.min(this.#rows, rows);
    this.#resize(rows);
    this.#rows = rows;
  }

  /** Empties one row. */
  clearRow(row: number): void {
    for (let k = 0; k < this.#named.length; k++) {
      const [name, { width, empty }] = this.#named[k]!;
      const array = this.#array(name);
      for (let at = row * width, end = at + width; at < end; at++) array[at] = empty;
    }
  }

  /** Keeps these rows, in this order; {@link NONE} makes an empty one. */
  rearrange(rows: ArrayLike<number>): void {
    for (const [name, column] of Object.entries(this.#layout)) {
      const { width } = column;
      const before = this.#array(name);
      const after = column.make(rows.length * width);
      for (let to = 0; to < rows.length; to++) {
        const from = rows[to]!;
        if (from === NONE) after.fill(column.empty, to * width, (to + 1) * width);
        else after.set(before.subarray(from * width, (from + 1) * width), to * width);
      }
      this.#replace(name, after);
    }
    this.#rows = rows.length;
    this.#room = rows.length;
  }

  /** Bytes that {@link write} makes of so many rows. */
  usedBytes(rows: number): number {
    return Object.entries(this.#layout).reduce(
      (sum, [name, { width }]) => sum + this.#array(name).BYTES_PER_ELEMENT * width * rows,
      0,
    );
  }

  /** An empty table of the same layout. */
  sibling(): Table<L> {
    return new Table(this.#layout);
  }

  /** Takes over the rows of a {@link sibling}. */
  adopt(other: Table<L>): void {
    Object.assign(this.columns, other.columns);
    this.#rows = other.#rows;
    this.#room = other.#room;
  }

  /** Copies the rows out, column by column. */
  write(into: Uint8Array): void {
    let at = 0;
    for (const [name, { width }] of Object.entries(this.#layout)) {
      const used = this.#array(name).subarray(0, this.#rows * width);
      into.set(new Uint8Array(used.buffer, used.byteOffset, used.byteLength), at);
      at += used.byteLength;
    }
  }

  /** Replaces all rows by what {@link write} made. */
  read(from: Uint8Array, rows: number): void {
    this.setRows(0);
    this.setRows(rows);
    let at = 0;
    for (const name of Object.keys(this.#layout)) {
      const array = this.#array(name);
      const cells = new Uint8Array(array.buffer);
      cells.set(from.subarray(at, at + cells.length));
      at += cells.length;
    }
  }

  #resize(room: number): void {
    for (const [name, column] of Object.entries(this.#layout)) {
      const used = this.#rows * column.width;
      const array = column.make(room * column.width);
      array.set(this.#array(name).subarray(0, used));
      if (column.empty !== 0) array.fill(column.empty, used);
      this.#replace(name, array);
    }
    this.#room = room;
  }

  #array(name: string): NumberArray {
    return (this.columns as Record<string, NumberArray>)[name]!;
  }

  #replace(name: string, array: NumberArray): void {
    (this.columns as Record<string, NumberArray>)[name] = array;
  }
}
