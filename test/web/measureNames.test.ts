import { expect, test } from 'vitest';
import { en } from '../../web/lib/i18n/en.ts';
import { zh } from '../../web/lib/i18n/zh.ts';
import { measureName } from '../../web/lib/measureNames.ts';

const THIN = '\u202f';
const tap = { kind: 'tap', detail: { from: 3, to: 4 } } as const;
const unit = { kind: 'capacity', detail: { fromKva: 200, toKva: 315 }, cost: 68_000 } as const;

test('a measure is named with what it does, a pair with both names', () => {
  expect(measureName({ ...tap, second: null }, en, 'en')).toBe('raise the tap 3 → 4');
  expect(measureName({ ...tap, second: unit }, en, 'en')).toBe(
    `raise the tap 3 → 4 + larger unit 200 → 315${THIN}kVA`,
  );
  expect(measureName({ ...tap, second: unit }, zh, 'zh-CN')).toBe(
    `调分接头 3 → 4 + 增容 200 → 315${THIN}kVA`,
  );
  const even = { kind: 'rebalance', detail: { fromPct: 60, toPct: 15 }, second: null } as const;
  expect(measureName(even, en, 'en')).toBe(`rebalance phases 60 → 15${THIN}%`);
  expect(measureName({ kind: 'feeder', detail: { feeder: 'F1' }, second: null }, en, 'en')).toBe(
    en.measureKinds.feeder,
  );
});
