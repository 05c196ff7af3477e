import { expect, it } from 'vitest';
import { AreaRollUp, isSameRollUp } from '../../server/core/areaRollUp.ts';
import { CONDITION_CODE } from '../../server/core/condition.ts';

it('an area is a low-voltage area by the share of its customers, as configured', () => {
  const low = CONDITION_CODE['mild-low'];
  const areas = new AreaRollUp(2, 10);
  areas.add(0, low, 10);
  areas.add(0, CONDITION_CODE.normal, 90);
  areas.add(1, CONDITION_CODE.outage, 40);
  areas.add(1, CONDITION_CODE.normal, 60);
  const isLow = (): (boolean | undefined)[] => [0, 1].map((area) => areas.rollUp(area, 190).isLowArea);
  expect(isLow()).toEqual([true, undefined]);
  const before = areas.rollUp(0, 190);
  areas.move(0, low, CONDITION_CODE.normal, 10);
  areas.move(0, CONDITION_CODE.normal, low, 9);
  expect(isLow()).toEqual([undefined, undefined]);
  expect(isSameRollUp(before, areas.rollUp(0, 190))).toBe(false);
  const feeders = new AreaRollUp(1);
  feeders.add(0, low, 10);
  expect(feeders.rollUp(0, 190).isLowArea).toBeUndefined();
  expect(new AreaRollUp(1, 10).rollUp(0, Infinity).isLowArea).toBeUndefined();
});
