import { describe, expect, it } from 'vitest';
import { mergeBreaks, recordedBreaks } from '../../../server/core/forecast/breaks.ts';
import { levelShifts } from '../../../server/core/forecast/levelShifts.ts';
import type { Transformer } from '../../../server/core/grid.ts';
import { dayStart, zoneOffset } from '../../../server/core/localTime.ts';
import { transformer } from '../timeline.ts';
import { feederYears, FIRST_DAY, type FeederPlan } from './feederYears.ts';

const OFFSET = zoneOffset('Asia/Shanghai');

describe('recordedBreaks', () => {
  const nameplate = { tapPosition: 3, tapStepPct: 2.5, tapCount: 5, capacityKva: 200, lvRadiusM: 400 };
  const versions = (before: Partial<Transformer>, after: Partial<Transformer>) =>
    [before, after].map((over, index) => ({
      transformerId: 'T1',
      validFromMs: index * dayStart(20_000, OFFSET),
      transformer: transformer('T1', { ...nameplate, ...over }),
      changed: [],
    }));

  it.each<[string, Partial<Transformer>, Partial<Transformer>, object[]]>([
    ['a raised tap', {}, { tapPosition: 4 }, [{ kind: 'tap', day: 20_000, shiftV: 5.775 }]],
    ['a lowered tap', {}, { tapPosition: 1 }, [{ kind: 'tap', shiftV: -11.55 }]],
    ['a larger unit', {}, { capacityKva: 400 }, [{ kind: 'capacity' }]],
    ['another feeder', {}, { feederId: 'F2' }, [{ kind: 'feeder' }]],
    ['a shorter line', {}, { lvRadiusM: 250 }, [{ kind: 'radius' }]],
    ['a line measured again', {}, { lvRadiusM: 420 }, []],
    ['a nameplate filled in', { tapPosition: null, capacityKva: null }, {}, []],
    ['another name', {}, { name: 'New' }, []],
    ['two at once', {}, { tapPosition: 2, capacityKva: 315 }, [{ kind: 'tap' }, { kind: 'capacity' }]],
  ])('%s', (_, before, after, expected) => {
    expect(recordedBreaks(versions(before, after), OFFSET)).toMatchObject(expected);
  });

  it('does not tell twice what the registry knows', () => {
    const tap = { transformerId: 'T1', day: 100, kind: 'tap', shiftV: 5.5 } as const;
    const near = { transformerId: 'T1', day: 112, kind: 'level', shiftV: 5 } as const;
    const far = { transformerId: 'T1', day: 40, kind: 'level', shiftV: 5 } as const;
    expect(mergeBreaks([tap], [near, far])).toEqual([far, tap]);
  });
});

describe('levelShifts', () => {
  const shiftsOf = (plan: FeederPlan) => {
    const { histories, transformers } = feederYears(plan);
    return levelShifts(histories, transformers, FIRST_DAY + (plan.days ?? 730) - 1);
  };
  const SEEDS = Array.from({ length: 12 }, (_, seed) => seed + 1);

  it('finds tap steps within days, up and down, at either end of the feeder, in summer and in spring', () => {
    const errors = SEEDS.flatMap((seed) => {
      const steps = [
        { row: 1, fromDay: 200 + seed, shiftV: 5.5 },
        { row: 6, fromDay: 470 + seed, shiftV: -5.5 },
        { row: 11, fromDay: 320 + seed, shiftV: 11 },
      ];
      const found = shiftsOf({ seed, interventions: steps });
      return steps.map(({ row, fromDay, shiftV }) => {
        const near = found.find(
          ({ transformerId, day }) =>
            transformerId === `T${String(row).padStart(2, '0')}` && Math.abs(day - FIRST_DAY - fromDay) <= 3,
        );
        return near === undefined ? NaN : near.shiftV - shiftV;
      });
    });
    const hits = errors.filter((error) => Math.abs(error) < 2).length;
    expect(hits / errors.length).toBeGreaterThanOrEqual(0.9);
  });

  it('alarms at most once in a hundred transformer years without any shift', () => {
    const found = SEEDS.flatMap((seed) => shiftsOf({ seed: 100 + seed }));
    expect(found.length / (SEEDS.length * 12 * 2)).toBeLessThanOrEqual(0.01);
  });

  it("does not take a change of the bus for one transformer's", () => {
    const found = SEEDS.flatMap((seed) => shiftsOf({ seed: 200 + seed, bus: { fromDay: 300, shiftV: 6 } }));
    expect(found.length / (SEEDS.length * 12)).toBeLessThanOrEqual(0.02);
  });

  it('does not take a rebalance, a drift or a fortnight on another feeder for a step', () => {
    const drift = Array.from({ length: 120 }, (_, day) => ({ row: 3, fromDay: 250 + day, shiftV: 0.05 }));
    const fortnight = [
      { row: 5, fromDay: 300, shiftV: -7 },
      { row: 5, fromDay: 313, shiftV: 7 },
    ];
    const rebalance = [{ row: 8, fromDay: 300, spreadFactor: 0.2 }];
    const found = SEEDS.flatMap((seed) =>
      shiftsOf({ seed: 300 + seed, unbalanced: true, interventions: [...drift, ...fortnight, ...rebalance] }),
    );
    expect(found.length / (SEEDS.length * 12)).toBeLessThanOrEqual(0.02);
  });

  it('reads nothing after the last day, and keeps silent on a feeder of three', () => {
    const step = [{ row: 1, fromDay: 300, shiftV: 8 }];
    const { histories, transformers } = feederYears({ seed: 1, interventions: step });
    expect(levelShifts(histories, transformers, FIRST_DAY + 305)).toEqual([]);
    expect(levelShifts(histories, transformers, FIRST_DAY + 340)).toHaveLength(1);
    expect(shiftsOf({ seed: 1, transformers: 3, interventions: step })).toEqual([]);
  });

  it('bridges a month without data', () => {
    const { histories, transformers } = feederYears({
      seed: 4,
      interventions: [{ row: 2, fromDay: 300, shiftV: 8 }],
    });
    for (const column of Object.values(histories[2]!.columns)) column.fill(NaN, 290, 310);
    const [found] = levelShifts(histories, transformers, FIRST_DAY + 729);
    expect(found).toMatchObject({ transformerId: 'T02', day: FIRST_DAY + 310 });
  });
});
