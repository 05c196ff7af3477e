import { CONDITION_ORDER } from './condition.ts';

/** The tokens of styles/tokens.css as charts and map need them; read again after a change of theme. */
export interface Tokens {
  ground: string;
  panel: string;
  raised: string;
  land: string;
  line: string;
  lineStrong: string;
  text: string;
  quiet: string;
  accent: string;
  feeder: string;
  shapeEdge: string;
  phases: readonly [string, string, string];
  /** By condition code. */
  conditions: readonly string[];
  face: string;
}

export function readTokens(root: Element = document.documentElement): Tokens {
  const style = getComputedStyle(root);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ground: read('ground'),
    panel: read('panel'),
    raised: read('raised'),
    land: read('land'),
    line: read('line'),
    lineStrong: read('line-strong'),
    text: read('text'),
    quiet: read('quiet'),
    accent: read('accent'),
    feeder: read('feeder'),
    shapeEdge: read('shape-edge'),
    phases: [read('phase-a'), read('phase-b'), read('phase-c')],
    conditions: CONDITION_ORDER.map((condition) => read(`condition-${condition}`)),
    face: read('face').replaceAll(/\s+/g, ' '),
  };
}

/** `#rrggbb` (or `#rgb`) as bytes; transparent black for anything else. */
export function rgbOf(hex: string): readonly [number, number, number] {
  const digits = hex.replace('#', '');
  const full = digits.length === 3 ? [...digits].map((d) => d + d).join('') : digits;
  const value = Number.parseInt(full, 16);
  if (full.length !== 6 || Number.isNaN(value)) return [0, 0, 0];
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
