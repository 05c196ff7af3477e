import { describe, expect, it } from 'vitest';
import { Rules, type PhaseSeries } from './phaseSeries.ts';

const DAYS = 60;

/** Days from day 1000 on; all phases alike, V = 240 − 0.1 I but for what `over` changes. */
function seriesOf(over: (voltageV: Float32Array) => void = () => undefined): PhaseSeries {
  const currentA = Float32Array.from({ length: DAYS }, (_, d) => 50 + 10 * (d % 7));
  const voltageV = currentA.map((a) => 240 - 0.1 * a);
  over(voltageV);
  const phases = <T>(column: T): T[] => [column, column, column];
  return { perDay: 1, first: 1000, last: 1059, voltageV: phases(voltageV), currentA: phases(currentA) };
}

describe('rules', () => {
  it('the line is found, whatever one broken phase says', () => {
    const rules = new Rules(
      seriesOf((v) => (v[20] = 120)),
      1050,
    );
    for (const day of [1051, 1052, 1055]) {
      const { p05, p50, p95 } = rules.line(1, day);
      expect(p50).toBeCloseTo(240 - 0.1 * (50 + 10 * ((day - 1000) % 7)), 3);
      expect(p95 - p05).toBeLessThan(0.01);
    }
  });

  it('knows nothing after the origin', () => {
    const at = (series: PhaseSeries) => {
      const rules = new Rules(series, 1040);
      return [rules.mean(0), rules.line(0, 1050), rules.persistence(0, 1041, 1)];
    };
    expect(at(seriesOf((v) => v.fill(0, 41)))).toEqual(at(seriesOf()));
  });

  it('persistence is the voltage of that day, or the last one measured before it', () => {
    const series = seriesOf((v) => v.fill(NaN, 45, 48));
    const rules = new Rules(series, 1050);
    expect(rules.persistence(0, 1051, 7).p50).toBe(series.voltageV[0]![44]);
    expect(rules.persistence(0, 1054, 3).p50).toBe(series.voltageV[0]![51]);
    expect(rules.persistence(0, 1054, 7).p50).toBe(series.voltageV[0]![44]);
  });

  it('persistence moved along the line follows the current', () => {
    const rules = new Rules(
      seriesOf((v) => v.forEach((value, d) => (v[d] = value + (d >= 40 ? 5 : 0)))),
      1050,
    );
    // The level of the last days stays; what the current took off it that day does not.
    const monday = rules.movedPersistence(0, 1056, 1).p50;
    const sunday = rules.movedPersistence(0, 1055, 1).p50;
    expect(Math.abs(monday - sunday)).toBeGreaterThan(3);
  });

  it('says no band where too few errors are known', () => {
    expect(new Rules(seriesOf(), 1004).persistence(0, 1010, 1).p05).toBeNaN();
  });
});
