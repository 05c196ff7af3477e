import type { Interval } from '../../server/core/forecast/bootstrap.ts';

/** What the documents of the benches are written with. */

export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [row(head), `|${'---|'.repeat(head.length)}`, ...rows.map(row)].join('\n');
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** A number with its 95 % interval. */
export function withInterval({ value, low, high }: Interval, digits: number): string {
  const shown = (x: number | null): string => (x === null ? '–' : x.toFixed(digits));
  return low === null ? shown(value) : `${shown(value)} (${shown(low)}–${shown(high)})`;
}

export function fixed(value: number | null, digits: number): string {
  return value === null || Number.isNaN(value) ? '–' : value.toFixed(digits);
}
