import { readFileSync, writeFileSync } from 'node:fs';

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
