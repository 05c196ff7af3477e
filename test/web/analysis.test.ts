import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationCurve, shareBelow } from '../../web/lib/analysis/duration.ts';
import { fitVoltage } from '../../web/lib/analysis/fit.ts';
import { hourByDay } from '../../web/lib/analysis/hourDay.ts';
import { envelope, linePoints, lowestPhase, outageBands, stepFor } from '../../web/lib/analysis/series.ts';
import { panSpan, SPAN_MS_MAX, SPAN_MS_MIN, zoomSpan } from '../../web/lib/analysis/span.ts';
import { fromWall, toWall } from '../../web/lib/analysis/zonedTime.ts';
import { series } from './fixtures.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

describe('the fit of voltage over current', () => {
  test('finds source and slope of an exact line, whatever they are', () => {
    const slope = fc.double({ min: -0.2, max: 0.05, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 200, max: 240, noNaN: true }), slope, (sourceV, slopeVPerA) => {
        const amps = Array.from({ length: 40 }, (_, i) => i * 11);
        const fit = fitVoltage(
          amps,
          amps.map((a) => sourceV + slopeVPerA * a),
        );
        expect(fit?.sourceV).toBeCloseTo(sourceV, 6);
        expect(fit?.slopeVPerA).toBeCloseTo(slopeVPerA, 8);
      }),
    );
  });

  test('of a noisy line minimises the squared error: no neighbouring line is better', () => {
    const amps = Array.from({ length: 60 }, (_, i) => 40 + i * 5);
    const volts = amps.map((a, i) => 231 - 0.012 * a + Math.sin(i * 12.9898) * 2);
    const fit = fitVoltage(amps, volts)!;
    const loss = (source: number, slope: number): number =>
      amps.reduce((sum, a, i) => sum + (volts[i]! - source - slope * a) ** 2, 0);
    const best = loss(fit.sourceV, fit.slopeVPerA);
    for (const [source, slope] of [
      [0.01, 0],
      [-0.01, 0],
      [0, 1e-4],
      [0, -1e-4],
    ] as const) {
      expect(loss(fit.sourceV + source, fit.slopeVPerA + slope)).toBeGreaterThan(best);
    }
    expect(fit.r2).toBeGreaterThan(0.1);
    expect(fit.r2).toBeLessThan(1);
  });

  test('leaves out pairs in which either is not measured', () => {
    const amps = Array.from({ length: 20 }, (_, i) => i);
    const fit = fitVoltage([...amps, null, 500], [...amps.map((a) => 230 - a), 100, null]);
    expect(fit).toMatchObject({ points: 20, minA: 0, maxA: 19 });
    expect(fit?.slopeVPerA).toBeCloseTo(-1, 9);
  });

  test.each([
    ['too few points', [1, 2, 3], [230, 229, 228]],
    ['a current that does not vary', Array(30).fill(100), Array.from({ length: 30 }, (_, i) => 220 + i)],
  ])('%s: none', (_, amps, volts) => {
    expect(fitVoltage(amps, volts)).toBeNull();
  });
});

describe('the duration curve', () => {
  test('falls from the highest to the lowest value over 0 to 100 %', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 170, max: 250 }), { minLength: 2, maxLength: 900 }), (volts) => {
        const curve = durationCurve(volts);
        expect(curve[0]).toEqual([0, Math.max(...volts)]);
        expect(curve.at(-1)).toEqual([100, Math.min(...volts)]);
        for (let i = 1; i < curve.length; i++) {
          expect(curve[i]![0]).toBeGreaterThanOrEqual(curve[i - 1]![0]);
          expect(curve[i]![1]).toBeLessThanOrEqual(curve[i - 1]![1]);
        }
      }),
    );
  });

  test('knows nothing of nothing', () => {
    expect(durationCurve([null, null])).toEqual([]);
    expect(shareBelow([null], 198)).toBeNull();
    expect(shareBelow([190, 198, 210, null], 198)).toBeCloseTo(100 / 3, 9);
  });
});

describe('a series', () => {
  test('its lowest phase ignores what is not measured', () => {
    expect(
      lowestPhase(
        series({ ubV: [null, 180, 219, null], uaV: [null, 221, 221, 221], ucV: [null, 222, 222, 222] }),
      ),
    ).toEqual([null, 180, 219, 221]);
    expect(envelope(series()).min).toEqual([215, 215, 215, 215]);
    expect(envelope(series()).max).toEqual([226, 226, 226, 226]);
  });

  test('a gap breaks the line; the usual spacing does not', () => {
    const tsMs = [0, 1, 2, 6, 7].map((hour) => hour * HOUR_MS);
    expect(linePoints(tsMs, [1, 2, 3, 4, 5], 600_000)).toEqual([
      [0, 1],
      [HOUR_MS, 2],
      [2 * HOUR_MS, 3],
      [2 * HOUR_MS + 1, null],
      [6 * HOUR_MS, 4],
      [7 * HOUR_MS, 5],
    ]);
  });

  test('a reading every quarter of an hour, in steps of 10 min, is one line', () => {
    const tsMs = [0, 10, 30, 40, 60, 70, 90, 100, 160, 180].map((minute) => minute * 60_000);
    const points = linePoints(
      tsMs,
      tsMs.map(() => 221),
      600_000,
    );
    expect(points.filter(([, value]) => value === null)).toEqual([[100 * 60_000 + 1, null]]);
  });

  test('outages in neighbouring steps are one band', () => {
    expect(outageBands(series({ outageCount: [0, 4, 1, 0] }))).toEqual([[HOUR_MS, 3 * HOUR_MS]]);
    expect(outageBands(series({ outageCount: [2, 0, 0, 2] }))).toEqual([
      [0, HOUR_MS],
      [3 * HOUR_MS, 4 * HOUR_MS],
    ]);
  });

  test.each([
    [3 * HOUR_MS, 60_000],
    [DAY_MS, 120_000],
    [7 * DAY_MS, 1_800_000],
    [365 * DAY_MS, 43_200_000],
  ])('a span of %d ms asks for a value every %d ms', (spanMs, stepMs) => {
    expect(stepFor(spanMs)).toBe(stepMs);
  });
});

describe('the wall clock of a zone', () => {
  test('goes there and back, also across a change of summer time', () => {
    const anyMs = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2027, 0) });
    fc.assert(
      fc.property(anyMs, (ms) => {
        expect(fromWall(toWall(ms, 'Asia/Shanghai'), 'Asia/Shanghai')).toBe(ms);
      }),
    );
    const inBerlin = Date.parse('2026-07-01T10:00:00Z');
    expect(toWall(inBerlin, 'Europe/Berlin') - inBerlin).toBe(2 * HOUR_MS);
    expect(fromWall(toWall(inBerlin, 'Europe/Berlin'), 'Europe/Berlin')).toBe(inBerlin);
  });

  test('sorts hours into local days', () => {
    const eightInTheEvening = Date.parse('2026-07-01T12:00:00Z');
    const halfPastMidnight = Date.parse('2026-07-01T16:30:00Z');
    const table = hourByDay(
      [eightInTheEvening, eightInTheEvening + 60_000, halfPastMidnight, halfPastMidnight + 60_000],
      [200, 190, 215, null],
      'Asia/Shanghai',
    );
    expect(table.daysMs).toEqual([Date.UTC(2026, 6, 1), Date.UTC(2026, 6, 2)]);
    expect(table.cells).toEqual([
      [0, 20, 190],
      [1, 0, 215],
    ]);
  });
});

describe('zoom and pan', () => {
  const spans = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    factor: fc.double({ min: 0.01, max: 50, noNaN: true }),
  });

  test('never leave the bounds nor the past', () => {
    fc.assert(
      fc.property(fc.array(spans, { maxLength: 12 }), (steps) => {
        let span = { fromMs: 1e12 - DAY_MS, toMs: 1e12 };
        for (const { at, factor } of steps) {
          span = panSpan(zoomSpan(span, at, factor, 1e12), factor - 1, 1e12);
          expect(span.toMs).toBeLessThanOrEqual(1e12);
          expect(span.toMs - span.fromMs).toBeGreaterThanOrEqual(SPAN_MS_MIN - 1);
          expect(span.toMs - span.fromMs).toBeLessThanOrEqual(SPAN_MS_MAX + 1);
        }
      }),
    );
  });

  test('what is under the pointer stays there', () => {
    expect(zoomSpan({ fromMs: 0, toMs: 8 * HOUR_MS }, 0.25, 0.5, 1e12)).toEqual({
      fromMs: HOUR_MS,
      toMs: 5 * HOUR_MS,
    });
  });
});
