import { describe, expect, test } from 'vitest';
import { fitVoltage } from '../../web/lib/analysis/fit.ts';
import type { ChartContext } from '../../web/lib/charts/chartStyle.ts';
import { durationOption, heatOption, scatterOption } from '../../web/lib/charts/studyOptions.ts';
import { trendOption } from '../../web/lib/charts/trendOption.ts';
import { en } from '../../web/lib/i18n/en.ts';
import { readTokens } from '../../web/lib/tokens.ts';
import { series } from './fixtures.ts';

const HOUR_MS = 3_600_000;
const context: ChartContext = { tokens: readTokens(), t: en, locale: 'en', timeZone: 'Asia/Shanghai' };
const limits = { lowV: 198, highV: 235.4, nominalV: 220 };
const span = { fromMs: 0, toMs: 4 * HOUR_MS };
const trend = (change: Parameters<typeof series>[0] = {}) =>
  trendOption({ series: series(change), limits, span, compact: false }, context);

describe('the trend', () => {
  test('spans what was asked for, on the wall clock of the grid', () => {
    expect(trend().xAxis).toMatchObject({ min: 8 * HOUR_MS, max: 12 * HOUR_MS });
  });

  test('has the lines A, B and C, each with its data', () => {
    const lines = trend({ ubV: [219, 180, 181, 219] }).series.filter((line) => 'name' in line);
    expect(lines.map((line) => 'name' in line && line.name)).toEqual(['A', 'B', 'C']);
    expect(lines[1]?.data.map(([, volts]) => volts)).toEqual([219, 180, 181, 219]);
  });

  test('shows both limits and all that was measured', () => {
    const calm = trend().yAxis;
    expect(calm.min).toBeLessThan(limits.lowV);
    expect(calm.max).toBeGreaterThan(limits.highV);
    expect(trend({ ubMinV: [171.3, 171, 172, 173] }).yAxis.min).toBeLessThan(171);
  });

  test('shows an outage as a band and a hole in the line, not as a fall to zero', () => {
    const out = [221, null, null, 221];
    const option = trend({
      uaV: out,
      ubV: out,
      ucV: out,
      uaMinV: out,
      ubMinV: out,
      ucMinV: out,
      outageCount: [0, 4, 4, 0],
    });
    const a = option.series.find((line) => 'name' in line && line.name === 'A');
    expect(a?.data.map(([, volts]) => volts)).toEqual(out);
    const bands = (a as unknown as { markArea: { data: { xAxis?: number }[][] } }).markArea.data.filter(
      ([from]) => from?.xAxis !== undefined,
    );
    expect(bands.map((band) => band.map(({ xAxis }) => xAxis))).toEqual([[9 * HOUR_MS, 11 * HOUR_MS]]);
    expect(option.yAxis.min).toBeGreaterThan(150);
  });

  test('its tooltip is an element that names phases, values and the zone', () => {
    const shown = trend().tooltip.formatter([{ axisValue: 9 * HOUR_MS + 60_000 }]) as HTMLElement;
    expect(shown.textContent).toContain('GMT+8');
    expect(shown.textContent).toContain('Phase B219.0\u202fV');
    expect(shown.querySelectorAll('[style*="expression"]')).toHaveLength(0);
  });

  test('a label is the hour on a day, the day at midnight, the month over a year', () => {
    const label = (spanHours: number, wallMs: number): string =>
      trendOption(
        { series: series(), limits, span: { fromMs: 0, toMs: spanHours * HOUR_MS }, compact: true },
        context,
      ).xAxis.axisLabel.formatter(wallMs);
    expect(label(24, 9 * HOUR_MS)).toBe('09:00');
    expect(label(24, 24 * HOUR_MS)).toBe('Jan 2');
    expect(label(24 * 365, 24 * HOUR_MS)).toBe('Jan 1970');
  });
});

describe('the studies', () => {
  test('a fitted line runs from no current to the highest seen', () => {
    const amps = Array.from({ length: 24 }, (_, i) => i * 10);
    const tsMs = amps.map((_, i) => i * HOUR_MS);
    const data = series({ tsMs, iaA: amps, uaV: amps.map((a) => 230 - a / 100) });
    const fit = fitVoltage(data.iaA, data.uaV);
    const option = scatterOption({ series: data, fits: [fit, null, null], limits }, context);
    const lines = option.series.filter((part) => part.type === 'line');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.data[0]?.[1]).toBeCloseTo(230, 9);
    expect(lines[0]?.data[1]).toEqual([230, expect.closeTo(227.7, 9)]);
  });

  test('duration and heat keep what they were given', () => {
    const curve: [number, number][] = [
      [0, 230],
      [100, 190],
    ];
    expect(durationOption({ curve, limits }, context).yAxis.min).toBeLessThan(190);
    const table = { daysMs: [0, 24 * HOUR_MS], cells: [[1, 20, 188]] as [number, number, number][] };
    const heat = heatOption({ table, limits }, context);
    expect(heat.xAxis.data).toEqual(['Jan 1', 'Jan 2']);
    expect(heat.series[0]?.data).toEqual(table.cells);
    expect(heat.tooltip.formatter({ data: [1, 20, 188] }).textContent).toBe('Jan 2 20:00lowest188.0\u202fV');
  });
});
