import { expect, it } from 'vitest';
import { bookSettings } from '../../../server/core/incident/bookSettings.ts';
import { lowVoltageAreas } from '../../../server/core/incident/lowArea.ts';
import { feedersOf } from './bookRig.ts';

it('an area is low by the share of its customers, as configured', () => {
  const model = feedersOf(10, 4);
  const low = new Set(['F1-1', 'F2-1', 'F2-2']);
  const areas = (sharePct: number) => lowVoltageAreas(model, (id) => low.has(id), sharePct);
  expect(areas(bookSettings().lowAreaSharePct)).toEqual([
    { areaId: 'A1', customers: 100, lowCustomers: 10, sharePct: 10, isLow: true },
    { areaId: 'A2', customers: 40, lowCustomers: 20, sharePct: 50, isLow: true },
  ]);
  expect(areas(20).map((area) => area.isLow)).toEqual([false, true]);
});
