import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Condition } from '../../server/core/condition.ts';
import { CONDITION_ORDER } from '../../web/lib/condition.ts';
import { rgbOf } from '../../web/lib/tokens.ts';

type Theme = 'dark' | 'light';
const THEMES: readonly Theme[] = ['dark', 'light'];
const css = readFileSync('web/styles/tokens.css', 'utf8');

/** The colours in force in a theme: what all themes share, then its own. */
function tokensOf(theme: Theme): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, selector, body] of css.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    const named = /data-theme='(\w+)'/.exec(selector!)?.[1];
    if (named !== undefined && named !== theme) continue;
    for (const [, name, color] of body!.matchAll(/--([\w-]+):\s*(#[0-9a-f]{3,6})\b/gi))
      found.set(name!, color!);
  }
  return found;
}

const linear = (byte: number): number => {
  const c = byte / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
};
type Rgb = readonly [number, number, number];
const linearOf = (hex: string): Rgb => rgbOf(hex).map(linear) as unknown as Rgb;
/** Relative luminance (WCAG 2.2, definition). */
const luminance = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
const contrast = (a: string, b: string): number => {
  const [x, y] = [luminance(linearOf(a)), luminance(linearOf(b))];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
};

/** Grounds on which text and symbols stand. `land` is the area under the map's points. */
const GROUNDS = ['ground', 'panel', 'raised'];
const TEXTS = ['text', 'quiet', 'accent', 'danger', 'phase-a', 'phase-b', 'phase-c'];

test('the contrast of black and white is 21', () => {
  expect(contrast('#000', '#ffffff')).toBeCloseTo(21, 9);
  expect(contrast('#777777', '#fff')).toBeCloseTo(4.48, 2);
});

describe.each(THEMES)('in the %s theme', (theme) => {
  const tokens = tokensOf(theme);
  const pairs = (names: readonly string[], grounds: readonly string[]) =>
    names.flatMap((name) => grounds.map((ground) => [name, ground] as const));
  const of = (name: string, ground: string): number => contrast(tokens.get(name)!, tokens.get(ground)!);

  test.each([
    ...pairs(TEXTS, GROUNDS),
    ...pairs(['text', 'quiet'], ['land']),
    ['on-accent', 'accent'] as const,
  ])('%s on %s is read: 4.5 (WCAG 1.4.3)', (name, ground) => {
    expect(of(name, ground)).toBeGreaterThanOrEqual(4.5);
  });

  test('the chosen span (text on a line) and the banner of alarm (white on severe) are read', () => {
    expect(of('text', 'line')).toBeGreaterThanOrEqual(4.5);
    expect(contrast('#fff', tokens.get('condition-severe-low')!)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(
    pairs(
      CONDITION_ORDER.map((condition) => `condition-${condition}`),
      [...GROUNDS, 'land'],
    ),
  )('%s on %s is seen: 3, itself or its edge (WCAG 1.4.11)', (name, ground) => {
    // Discs and triangles carry an edge, which alone may tell them from the ground.
    const edge = /mild|serious|over/.test(name) ? of('shape-edge', ground) : 0;
    expect(Math.max(of(name, ground), edge)).toBeGreaterThanOrEqual(3);
  });
});

/**
 * How colours are seen, in linear RGB. The dichromacies are those of Machado, Oliveira and Fernandes, "A
 * Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15(6), 2009, severity 1.0; grey is
 * the luminance alone (a print, total colour blindness).
 */
const SIGHT: Record<string, readonly [Rgb, Rgb, Rgb]> = {
  trichromacy: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
  grey: [
    [0.2126, 0.7152, 0.0722],
    [0.2126, 0.7152, 0.0722],
    [0.2126, 0.7152, 0.0722],
  ],
};

const dot = (a: Rgb, b: Rgb): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const seen = (hex: string, sight: string): Rgb =>
  SIGHT[sight]!.map((row) => Math.min(1, Math.max(0, dot(row, linearOf(hex))))) as unknown as Rgb;

/** CIE 1976 L*a*b* of linear sRGB, D65. */
function lab(rgb: Rgb): Rgb {
  const f = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const x = f(dot([0.4124, 0.3576, 0.1805], rgb) / 0.9505);
  const y = f(dot([0.2126, 0.7152, 0.0722], rgb));
  const z = f(dot([0.0193, 0.1192, 0.9505], rgb) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIE76; 2.3 is a just noticeable difference side by side. */
function difference(a: string, b: string, sight: string): number {
  const [p, q] = [lab(seen(a, sight)), lab(seen(b, sight))];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

/** Four times what can just be noticed: small symbols, apart from each other, on a screen that is no laboratory's. */
const DIFFERENCE_MIN = 9.2;
/** Shapes that a glance may take for one another. Ring and dashed ring, up and down differ in form as well. */
const ALIKE: readonly (readonly [Condition, Condition, boolean])[] = [
  ['serious-low', 'severe-low', true],
  ['normal', 'mild-low', true],
  ['watch', 'no-data', false],
  ['serious-low', 'over-voltage', false],
];

test('the simulated sights are what their authors say: a neutral stays neutral, red and green close in', () => {
  for (const sight of Object.keys(SIGHT)) {
    seen('#808080', sight).forEach((part) => expect(part).toBeCloseTo(linear(0x80), 3));
  }
  expect(difference('#a05020', '#607020', 'deuteranopia')).toBeLessThan(
    difference('#a05020', '#607020', 'trichromacy') / 2,
  );
});

describe.each(Object.keys(SIGHT))('with %s', (sight) => {
  const alike = THEMES.flatMap((theme) => ALIKE.map((pair) => [theme, ...pair] as const));
  test.each(alike.filter(([, , , inGrey]) => sight !== 'grey' || inGrey))(
    'in the %s theme %s and %s are told apart by colour',
    (theme, a, b) => {
      const tokens = tokensOf(theme);
      const [x, y] = [tokens.get(`condition-${a}`)!, tokens.get(`condition-${b}`)!];
      expect(difference(x, y, sight)).toBeGreaterThanOrEqual(DIFFERENCE_MIN);
    },
  );
});
