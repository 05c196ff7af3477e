import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONDITION_CODE, CONDITIONS } from '../../server/core/condition.ts';
import { Engine } from '../../server/core/engine.ts';
import type { MapSnapshot, RollUp } from '../../server/core/liveView.ts';
import { gridOf, MINUTE_MS, readingAt, START_MS, transformer } from './timeline.ts';

const TRANSFORMERS = Array.from({ length: 6 }, (_, i) =>
  transformer(`T${i}`, { areaId: `A${i % 2}`, feederId: `F${i % 3}`, customers: 10 * (i + 1) }),
);

/** The same sums, counted anew from the rows. */
function counted(map: MapSnapshot, rows: readonly number[]): RollUp {
  const { condition, customers, worstV } = map.transformers;
  const byCondition = CONDITIONS.map((_, code) => rows.filter((row) => condition[row] === code).length);
  const homes = (shown: readonly string[]): number =>
    rows
      .filter((row) => shown.includes(CONDITIONS[condition[row]!]!))
      .reduce((sum, row) => sum + customers[row]!, 0);
  const volts = rows.flatMap((row) =>
    condition[row] === CONDITION_CODE.outage || worstV[row] === null ? [] : [worstV[row]!],
  );
  return {
    transformers: rows.length,
    customers: rows.reduce((sum, row) => sum + customers[row]!, 0),
    byCondition,
    customersLow: homes(['mild-low', 'serious-low', 'severe-low']),
    customersOut: homes(['outage']),
    worst: CONDITIONS[Math.max(...rows.map((row) => condition[row]!))]!,
    worstV: volts.length === 0 ? null : Math.min(...volts),
  };
}

describe('roll-up', () => {
  it('is what counting again gives, and deltas lead from one snapshot to the next', () => {
    const step = fc.record({
      row: fc.nat(5),
      point: fc.constantFrom('outlet', 'tail-1'),
      uaV: fc.constantFrom(0, 150, 180, 199, 220, 240),
      isTick: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const engine = new Engine();
        engine.setGrid(gridOf(...TRANSFORMERS), START_MS);
        engine.takeDelta(START_MS);
        const followed = engine.mapSnapshot(START_MS);
        steps.forEach(({ row, point, uaV, isTick }, index) => {
          const reading = readingAt(index * 5, { transformerId: `T${row}`, point, uaV, intervalS: 300 });
          engine.step(reading, reading.tsMs + 5 * MINUTE_MS);
          if (isTick) engine.tick(reading.tsMs + 5 * MINUTE_MS);
          const delta = engine.takeDelta(reading.tsMs);
          delta?.row.forEach((changed, i) => {
            followed.transformers.condition[changed] = delta.condition[i]!;
            followed.transformers.worstV[changed] = delta.worstV[i]!;
            followed.transformers.tsMs[changed] = delta.readingMs[i]!;
          });
          delta?.areas.forEach(({ index: area, rollUp }) => (followed.areas[area]!.rollUp = rollUp));
        });
        const map = engine.mapSnapshot(START_MS);
        expect(followed.transformers).toEqual(map.transformers);
        expect(followed.areas).toEqual(map.areas);
        const all = TRANSFORMERS.map((_, row) => row);
        map.areas.forEach(({ rollUp: { isLowArea = false, ...rollUp } }, area) => {
          const sums = counted(
            map,
            all.filter((row) => map.transformers.area[row] === area),
          );
          expect(rollUp).toEqual(sums);
          expect(isLowArea).toBe(sums.customersLow > 0 && sums.customersLow >= 0.1 * sums.customers);
        });
        map.feeders.forEach(({ rollUp }, feeder) =>
          expect(rollUp).toEqual(
            counted(
              map,
              all.filter((row) => map.transformers.feeder[row] === feeder),
            ),
          ),
        );
        const { completenessPct, ...totals } = map.totals;
        expect(totals).toEqual(counted(map, all));
        expect(completenessPct).toBeLessThanOrEqual(100);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the state of points whose transformer stays when the registry changes', () => {
    const engine = new Engine();
    engine.setGrid(gridOf(...TRANSFORMERS), START_MS);
    for (const id of ['T1', 'T2']) {
      engine.step(readingAt(0, { transformerId: id, uaV: 150, intervalS: 900 }), START_MS);
    }
    engine.setGrid({ ...gridOf(TRANSFORMERS[2]!, transformer('new')), version: 2 }, START_MS);
    const map = engine.mapSnapshot(START_MS);
    expect(map.gridVersion).toBe(2);
    expect(map.transformers.condition).toEqual([CONDITION_CODE['severe-low'], CONDITION_CODE['no-data']]);
    expect(map.totals).toMatchObject({ transformers: 2, customersLow: 30, completenessPct: 50 });
    expect(engine.size().points).toBe(1);
  });
});

describe('one transformer', () => {
  function live(over: Parameters<typeof readingAt>[1]) {
    const engine = new Engine();
    engine.setGrid(gridOf(transformer('T1', { capacityKva: 100 })), START_MS);
    engine.step(readingAt(0, { uaV: 221.3, ubV: 220, ucV: 219, ...over }), START_MS);
    return engine.transformerLive('T1')!;
  }

  it.each([
    { name: 'power', over: { pKw: 60, qKvar: 80 }, loadPct: 100 },
    { name: 'active power alone', over: { pKw: 60 }, loadPct: 60 },
    { name: 'currents', over: { uaV: 200, ubV: 200, iaA: 100, ibA: 50 }, loadPct: 30 },
    { name: 'nothing', over: {}, loadPct: null },
  ])('load from $name', ({ over, loadPct }) => {
    expect(live(over).loadPct).toBe(loadPct);
  });

  it('shows what was sent, to the last digit', () => {
    expect(live({ iaA: 310.1, intervalS: 900 }).points).toEqual([
      {
        point: 'outlet',
        tsMs: START_MS,
        intervalS: 900,
        uaV: 221.3,
        ubV: 220,
        ucV: 219,
        iaA: 310.1,
        ibA: null,
        icA: null,
        inA: null,
        pKw: null,
        qKvar: null,
        condition: 'normal',
      },
    ]);
  });

  it('is null when it is not registered', () => {
    expect(new Engine().transformerLive('T1')).toBeNull();
  });

  it('is normal when one line-end meter is silent and the outlet is not', () => {
    const engine = new Engine();
    engine.setGrid(gridOf(transformer('T1')), START_MS);
    engine.step(readingAt(0, { uaV: 220, intervalS: 300 }), START_MS);
    engine.step(readingAt(0, { uaV: 220, intervalS: 300, point: 'tail-1' }), START_MS);
    engine.tick(START_MS);
    engine.step(readingAt(5, { uaV: 220, intervalS: 300 }), START_MS + 11 * MINUTE_MS);
    engine.tick(START_MS + 11 * MINUTE_MS);
    const { condition, points } = engine.transformerLive('T1')!;
    expect([condition, ...points.map((point) => point.condition)]).toEqual(['normal', 'normal', 'no-data']);
    expect(engine.mapSnapshot(START_MS).totals.completenessPct).toBe(50);
  });
});

describe('replay', () => {
  it('keeps the worst of each quarter of an hour for a day', () => {
    const engine = new Engine();
    engine.setGrid(gridOf(transformer('T1')), START_MS);
    const volts = [220, 150, 221, 222];
    volts.forEach((uaV, i) => {
      const reading = readingAt(i * 5, { uaV, ubV: 230, intervalS: 300 });
      engine.step(reading, reading.tsMs);
      engine.tick(reading.tsMs);
    });
    // Three hours asleep.
    engine.tick(START_MS + 180 * MINUTE_MS);
    const { startMs, stepMs, steps, rows, condition, worstDeciV } = engine.replayDay();
    expect({ stepMs, steps, rows }).toEqual({ stepMs: 900_000, steps: 96, rows: 1 });
    const first = (START_MS - startMs) / stepMs;
    expect(Array.from(condition.slice(first, first + 3))).toEqual([
      CONDITION_CODE['severe-low'],
      CONDITION_CODE['severe-low'],
      255,
    ]);
    expect(Array.from(worstDeciV.slice(first, first + 3))).toEqual([1500, 2210, 65_535]);
    expect(condition[95]).toBe(CONDITION_CODE['severe-low']);
    expect(condition[first - 1]).toBe(255);
  });
});
