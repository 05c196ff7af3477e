import { readFileSync, writeFileSync } from 'node:fs';
import type { Interval } from '../../server/core/forecast/bootstrap.ts';

/** docs/forecastReal.md: what a bench measured on real files stands between two marks of its name. */

const DOCUMENT = 'docs/forecastReal.md';

/**
 * The document with the part of that name replaced.
 *
 * @throws Error when the document has no such part
 */
export function withPart(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${DOCUMENT} has no part "${name}"`);
  return `${document.slice(0, from)}${begin}\n\n${text.trim()}\n\n${document.slice(to)}`;
}

export function writePart(name: string, text: string): void {
  writeFileSync(DOCUMENT, withPart(readFileSync(DOCUMENT, 'utf8'), name, text));
}

export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** A number with its 95 % interval. */
export function withInterval({ value, low, high }: Interval, digits: number): string {
  const shown = (x: number | null): string => (x === null ? '–' : x.toFixed(digits));
  return low === null ? shown(value) : `${shown(value)} (${shown(low)}–${shown(high)})`;
}

export function fixed(value: number | null, digits: number): string {
  return value === null || Number.isNaN(value) ? '–' : value.toFixed(digits);
}
