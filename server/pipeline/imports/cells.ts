import { decimal } from '../../ingest/quantity.ts';
import { quoted } from '../../ingest/refusal.ts';
import { timeMs } from '../../ingest/timestamp.ts';
import type { Header } from './header.ts';
import type { RowFault } from './report.ts';

/** Ids become levels of MQTT topics (contracts.md), so what has a meaning there cannot be in them. */
const ID_LENGTH_MAX = 64;
const ID_FORBIDDEN = /[/+#\p{Cc}]/u;
const TEXT_LENGTH_MAX = 500;
const WITH_OFFSET = /(?:Z|[+-]\d\d:?\d\d|[T ][\d:.,]+[+-]\d\d)$/i;
const EPOCH = /^-?\d{9,14}(?:\.\d+)?$/;

interface NumberBounds {
  min: number;
  max: number;
  integer?: boolean;
}

/** The cells of one row by name; what is wrong with them is collected, so that a row tells all its faults at once. */
export class RowCells {
  faults: RowFault[] = [];
  readonly #header: Header;
  readonly #cells: readonly string[];

  constructor(header: Header, cells: readonly string[]) {
    this.#header = header;
    this.#cells = cells;
    const width = header.names.length;
    const extra = cells.slice(width).some((cell) => cell.trim() !== '');
    if (cells.length < width || extra) {
      this.fault(null, `the row has ${cells.length} cells, the header ${width}`);
    }
  }

  fault(column: string | null, message: string): void {
    this.faults.push({ column, message });
  }

  /** Whether the column is there at all: an absent column says nothing, an empty cell says "none". */
  has(column: string): boolean {
    return this.#header.indexOf(column) >= 0;
  }

  raw(column: string): string {
    return this.#cells[this.#header.indexOf(column)]?.trim() ?? '';
  }

  /** Columns that no one knows, with what they hold. */
  attributes(): Record<string, string> {
    const filled = this.#header.unknown.map(({ name, index }) => [name, this.#cells[index]?.trim() ?? '']);
    return Object.fromEntries(filled.filter(([, value]) => value !== ''));
  }

  text(column: string): string {
    const text = this.raw(column);
    if (text.length > TEXT_LENGTH_MAX) this.fault(column, `longer than ${TEXT_LENGTH_MAX} characters`);
    return text;
  }

  id(column: string, required: boolean): string {
    const id = this.raw(column);
    if (id === '' && required) this.fault(column, 'empty');
    if (id.length > ID_LENGTH_MAX) this.fault(column, `longer than ${ID_LENGTH_MAX} characters`);
    if (ID_FORBIDDEN.test(id)) this.fault(column, `${quoted(id)} has one of / + # or a control character`);
    return id;
  }

  /** NaN where the cell is empty or says that nothing was measured. */
  number(column: string, { min, max, integer = false }: NumberBounds): number {
    const index = this.#header.indexOf(column);
    const cell = index < 0 ? '' : (this.#cells[index] ?? '');
    if (cell === '') return NaN;
    const value = decimal(cell);
    if (value === null) {
      this.fault(column, `${quoted(cell)} is not a number`);
      return NaN;
    }
    if (value < min || value > max) this.fault(column, `${value} is not between ${min} and ${max}`);
    if (integer && !Number.isNaN(value) && !Number.isInteger(value)) {
      this.fault(column, `${value} is not a whole number`);
    }
    return value;
  }

  numberOrNull(column: string, bounds: NumberBounds): number | null {
    const value = this.number(column, bounds);
    return Number.isNaN(value) ? null : value;
  }

  /** UTC ms. A time without an offset is refused: it would be right or eight hours wrong, and nothing would tell. */
  time(column: string): number {
    const text = this.raw(column);
    const known = WITH_OFFSET.test(text) || EPOCH.test(text);
    const value = known ? timeMs(text, 0) : null;
    if (value !== null) return value;
    const message =
      !known && timeMs(text, 0) !== null
        ? `${quoted(text)} has no offset from UTC: write 2026-07-01T08:00:00+08:00, or epoch milliseconds`
        : `${quoted(text)} is not a time: write 2026-07-01T08:00:00+08:00, or epoch milliseconds`;
    this.fault(column, text === '' ? 'empty' : message);
    return NaN;
  }
}
