import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChartContext } from '../../web/lib/charts/chartStyle.ts';
import { labelCounts, thinned, trendAxis } from '../../web/lib/charts/trendAxis.ts';
import { trendOption } from '../../web/lib/charts/trendOption.ts';
import { en } from '../../web/lib/i18n/en.ts';
import { readTokens } from '../../web/lib/tokens.ts';
import { series } from './fixtures.ts';

const HOUR_MS = 3_600_000;
const limits = { lowV: 198, highV: 235.4, nominalV: 220 };
const context: ChartContext = { tokens: readTokens(), t: en, locale: 'en', timeZone: 'UTC' };

/** A year of half days, calm but for the minima named by their index. */
function year(minima: Record<number, number>) {
  const tsMs = Array.from({ length: 730 }, (_, i) => i * 12 * HOUR_MS);
  return series({ tsMs, stepMs: 12 * HOUR_MS, uaMinV: tsMs.map((_, i) => minima[i] ?? 215) });
}

describe('the axis of the trend', () => {
  test('a few minima near zero do not squeeze the rest, and are named', () => {
    const axis = trendAxis(year({ 100: 80, 300: 0 }), limits, false);
    expect(axis).toMatchObject({ minV: 195, maxV: 240, higher: [] });
    expect(axis.lower).toEqual([
      { tsMs: 1200 * HOUR_MS, volts: 80 },
      { tsMs: 3600 * HOUR_MS, volts: 0 },
    ]);
  });

  test('shows everything when asked, when it costs little, and when one looks closely', () => {
    const everything = { minV: 0, lower: [] };
    expect(trendAxis(year({ 100: 0 }), limits, true)).toMatchObject(everything);
    expect(trendAxis(year({ 100: 150 }), limits, false)).toMatchObject({ minV: 145, lower: [] });
    expect(trendAxis(series({ uaMinV: [218, 0, 218, 218] }), limits, false)).toMatchObject(everything);
  });

  test('shows or names each value, and always both limits', () => {
    const volts = fc.oneof(fc.integer({ min: 205, max: 232 }), fc.integer({ min: 0, max: 400 }));
    fc.assert(
      fc.property(fc.array(volts, { minLength: 1, maxLength: 600 }), (minima) => {
        const tsMs = minima.map((_, i) => i * HOUR_MS);
        const axis = trendAxis(series({ tsMs, uaMinV: minima, uaMaxV: minima }), limits, false);
        expect(axis.minV).toBeLessThan(limits.lowV);
        expect(axis.maxV).toBeGreaterThan(limits.highV);
        const named = new Set([...axis.lower, ...axis.higher].map((step) => step.tsMs));
        const beyond = tsMs.filter((_, i) => minima[i]! < axis.minV || minima[i]! > axis.maxV);
        expect(beyond.filter((ts) => !named.has(ts))).toEqual([]);
      }),
    );
  });

  test('puts marks at the edge, and the value into the tooltip', () => {
    const data = year({ 100: 80, 101: 3, 300: 0 });
    const span = { fromMs: 0, toMs: 365 * 24 * HOUR_MS };
    const option = trendOption({ series: data, limits, span, compact: false }, context);
    const marks = option.series.find((part) => part.type === 'scatter');
    expect(marks?.data).toEqual([
      [1212 * HOUR_MS, 195],
      [3600 * HOUR_MS, 195],
    ]);
    const shown = option.tooltip.formatter([{ axisValue: 3600 * HOUR_MS }]) as HTMLElement;
    expect(shown.textContent).toContain('lowest0.0\u202fV');
  });
});

test('of marks that would cover each other the worst stays', () => {
  const steps = [5, 3, 9, 1].map((volts, i) => ({ tsMs: [0, 10, 12, 100][i]!, volts }));
  expect(thinned(steps, 20, (a, b) => a < b).map(({ volts }) => volts)).toEqual([3, 1]);
});

test('a label that would run into the one before is counted there', () => {
  const bands = [0, 30, 40, 200].map((from) => [from, from + 2] as const);
  expect(labelCounts(bands, 100)).toEqual([3, 0, 0, 1]);
  expect(labelCounts([], 100)).toEqual([]);
});
