import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarise } from '../../server/core/aggregate.ts';
import { withoutDeadPhases } from '../../server/core/deadPhase.ts';
import { Engine } from '../../server/core/engine.ts';
import { resolveLimits } from '../../server/core/limits.ts';
import { zoneOffset } from '../../server/core/localTime.ts';
import { READING_FLAG, type Reading } from '../../server/core/reading.ts';
import { gridOf, MINUTE_MS, readingAt, START_MS, transformer } from './timeline.ts';

const LIMITS = resolveLimits('gbt-12325', 220);
const utc = { offset: () => 0, limits: LIMITS };

describe('summarise', () => {
  it('takes the root of the mean square, not the mean', () => {
    const [mean] = summarise([readingAt(0, { uaV: 200 }), readingAt(1, { uaV: 240 })], utc).means;
    expect(mean!.uaV).toBeCloseTo(220.907, 3);
    expect(mean).toMatchObject({ tsMs: START_MS, count: 2, uaMinV: 200, uaMaxV: 240, ubV: NaN });
  });

  it('masks a dead phase out of its own voltages, and leaves its minimum', () => {
    const dead = { uaV: 221, ubV: 0.2, ucV: 223, intervalS: 300, iaA: 10, ibA: 0 };
    const { means, dailies } = summarise(
      [readingAt(0, { ...dead, ubV: 219, ubMinV: 217 }), readingAt(5, dead)],
      utc,
    );
    expect(means[0]).toMatchObject({ uaV: 221, ubV: 219, ubMinV: 0.2, ubMaxV: 219, ibA: 0, count: 2 });
    // The other phases were qualified all the while, and no hour was low.
    expect(dailies[0]).toMatchObject({
      ubMinHourV: 219,
      ubMeanV: 219,
      lowHours: 0,
      monitoredMin: 10,
      qualifiedMin: 10,
      outageCount: 0,
    });
    const whole = summarise([readingAt(0, dead), readingAt(5, dead)], utc);
    expect(whole.means[0]).toMatchObject({ ubV: NaN, ubMinV: 0.2, ubMaxV: NaN });
    expect(whole.dailies[0]).toMatchObject({ ubMinHourV: NaN, lowHours: 0, validHours: 1 });
  });

  it.each<{ what: string; volts: [number, number, number]; kept: [number, number, number] }>([
    { what: 'all alive', volts: [220, 170, 231], kept: [220, 170, 231] },
    {
      what: 'half a voltage, an open phase of the 10 kV side',
      volts: [220, 115, 116],
      kept: [220, 115, 116],
    },
    { what: 'one dead', volts: [220, 21.9, 231], kept: [220, NaN, 231] },
    { what: 'two dead', volts: [0, 0, 231], kept: [NaN, NaN, 231] },
    { what: 'one dead, one not measured', volts: [NaN, 0, 231], kept: [NaN, NaN, 231] },
    { what: 'one phase alone', volts: [12, NaN, NaN], kept: [12, NaN, NaN] },
    { what: 'none', volts: [0, 0, 0], kept: [0, 0, 0] },
  ])('$what', ({ volts, kept }) => {
    const [uaV, ubV, ucV] = volts;
    const seen = withoutDeadPhases(readingAt(0, { uaV, ubV, ucV }));
    expect([seen.uaV, seen.ubV, seen.ucV]).toEqual(kept);
  });

  it('masks outages out of voltages and monitored time, not out of loads and counts', () => {
    const outage = readingAt(5, { uaV: 0, iaA: 0, intervalS: 300, flags: READING_FLAG.outage });
    const { means, dailies } = summarise([readingAt(0, { uaV: 220, iaA: 10, intervalS: 300 }), outage], utc);
    expect(means[0]).toMatchObject({ uaV: 220, uaMinV: 220, iaA: 5, count: 2, flags: READING_FLAG.outage });
    expect(dailies[0]).toMatchObject({ monitoredMin: 5, qualifiedMin: 5, outageCount: 1, count: 2 });
  });

  it('takes the interval minimum where it is lower', () => {
    const [mean] = summarise([readingAt(0, { uaV: 220, uaMinV: 191.5 })], utc).means;
    expect(mean!.uaMinV).toBe(191.5);
  });

  it('puts a long reading whole into the window of its start', () => {
    const { means } = summarise(
      [readingAt(0, { uaV: 220, intervalS: 3600 }), readingAt(60, { uaV: 210 })],
      utc,
    );
    expect(means.map((mean) => mean.tsMs)).toEqual([START_MS, START_MS + 60 * MINUTE_MS]);
  });

  it('counts low clock hours by their mean, and exactly 198.0 V is not low', () => {
    const hours = [198, 197.9, 220].flatMap((uaV, hour) =>
      [0, 15, 30, 45].map((minute) => readingAt(hour * 60 + minute, { uaV, ubV: 220, intervalS: 900 })),
    );
    const [day] = summarise(hours, utc).dailies;
    expect(day).toMatchObject({ lowHours: 1, validHours: 3, monitoredMin: 180, qualifiedMin: 120 });
    expect(day!.uaMinHourV).toBeCloseTo(197.9, 6);
  });

  it('takes both limits as qualified', () => {
    const readings = [198, 235.4, 197.9, 235.5].map((uaV, i) => readingAt(i * 15, { uaV, intervalS: 900 }));
    expect(summarise(readings, utc).dailies[0]).toMatchObject({ monitoredMin: 60, qualifiedMin: 30 });
  });

  it('cuts days at local midnight', () => {
    const shanghai = { ...utc, offset: zoneOffset('Asia/Shanghai') };
    const readings = [readingAt(15 * 60 + 59, { uaV: 220 }), readingAt(16 * 60, { uaV: 220 })];
    expect(summarise(readings, shanghai).dailies.map((day) => day.dayMs)).toEqual([
      Date.UTC(2026, 5, 30, 16),
      Date.UTC(2026, 6, 1, 16),
    ]);
  });

  it('gives a reading without a length the distance to the one before, at most 15 minutes', () => {
    const readings = [0, 5, 60].map((minute) => readingAt(minute, { uaV: 220 }));
    expect(summarise(readings, utc).dailies[0]!.monitoredMin).toBe(15 + 5 + 15);
  });
});

describe('the stream', () => {
  it('gives the rows of the batch', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('UTC', 'Asia/Shanghai', 'Asia/Kolkata'),
        arbitraryReadings,
        (zone, readings) => {
          const offset = zoneOffset(zone);
          const engine = new Engine({ offset });
          engine.setGrid(gridOf(transformer('T1')), START_MS);
          // A whole day before: the first day of a point is made again from the store, not told.
          engine.step(readingAt(-3 * 1440, { uaV: 220, intervalS: 60 }), START_MS);
          for (const reading of readings) engine.step(reading, reading.tsMs);
          engine.tick(START_MS + 30 * 1440 * MINUTE_MS);
          const { means, dailies } = engine.takeClosed();
          // The engine has flagged the readings by now, as the store gets them.
          const expected = summarise(readings, { offset, limits: LIMITS });
          expect(differences(means.slice(1), expected.means)).toEqual([]);
          expect(differences(dailies, expected.dailies)).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

const voltage = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1700, max: 2500 }).map((deciV) => deciV / 10) },
  { weight: 1, arbitrary: fc.constantFrom(0, 198, NaN) },
);
const load = fc.oneof(
  fc.integer({ min: 0, max: 4000 }).map((deci) => deci / 10),
  fc.constant(NaN),
);

/** Rising times over some days, readings of all lengths. */
const arbitraryReadings = fc
  .array(
    fc.record({
      pauseMin: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 700 })),
      intervalS: fc.constantFrom(60, 300, 900, NaN),
      uaV: voltage,
      ubV: voltage,
      ucV: fc.constant(220),
      uaMinV: fc.oneof(voltage, fc.constant(NaN)),
      iaA: load,
      icA: load,
      pKw: load,
      qKvar: load,
    }),
    { minLength: 1, maxLength: 120 },
  )
  .map((steps) => {
    let minute = 0;
    return steps.map(({ pauseMin, ...values }): Reading => {
      const reading = readingAt(minute + pauseMin, values);
      minute += pauseMin + (values.intervalS > 0 ? values.intervalS / 60 : 1);
      return reading;
    });
  });

/** Where two lists of rows differ by more than 4-byte sums explain. */
function differences(actual: readonly object[], expected: readonly object[]): string[] {
  if (actual.length !== expected.length) return [`${actual.length} rows for ${expected.length}`];
  return expected.flatMap((row, index) =>
    Object.entries(row).flatMap(([key, value]) => {
      const other = (actual[index] as Record<string, unknown>)[key];
      const isClose = typeof value === 'number' && Math.abs((other as number) - value) <= 0.002;
      return isClose || Object.is(value, other)
        ? []
        : [`${index}.${key}: ${String(other)} for ${String(value)}`];
    }),
  );
}
